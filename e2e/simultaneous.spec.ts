import { randomBytes } from 'node:crypto'
import { idBytes } from '../src/shared/ids.ts'
import { addressOf, expect, test, waitForPeers } from './room.ts'

for (const count of [2, 5]) {
  test(`${count} tabs that open the same new link at the same moment find each other`, async ({
    openPage,
    server,
  }) => {
    const link = `${addressOf(server)}#${randomBytes(idBytes).toString('base64url')}`
    const pages = await Promise.all(Array.from({ length: count }, () => openPage(link)))
    for (const page of pages) {
      await waitForPeers(page, count - 1)
      // Nobody twice: no ghost of an attempt that was given up.
      await expect(page.getByTestId('peer')).toHaveCount(count - 1)
    }
  })
}
