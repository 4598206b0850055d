import type { Page } from '@playwright/test'
import { MiB, sampleBytes, sha256 } from './files.ts'
import { keepApart } from './noWay.ts'
import {
  attributesOf,
  bytesOf,
  downloadWhole,
  expect,
  offerFiles,
  rename,
  roomLink,
  shareNamed,
  test,
  waitForPeers,
} from './room.ts'

const file = { name: 'through somebody.bin', bytes: sampleBytes(24 * MiB) }

test('T1 two that find no way to each other exchange through a third, who keeps nothing', async ({
  browser,
  openPage,
}) => {
  const carol = await openPage()
  await rename(carol, 'Carol')
  const link = await roomLink(carol)
  const opened: Page[] = []
  for (const name of ['alice', 'bob']) {
    const context = await browser.newContext()
    await context.addInitScript(keepApart, name)
    const page = await context.newPage()
    await page.goto(link)
    opened.push(page)
  }
  const [alice, bob] = opened as [Page, Page]
  await waitForPeers(carol, 2)
  await offerFiles(alice, file)
  const atBob = shareNamed(bob, file.name)
  await expect(atBob).toContainText(/from (?!.?someone).+ through .?Carol/, { timeout: 60_000 })
  for (const page of [alice, bob]) await waitForPeers(page, 1)
  await atBob.getByRole('button', { name: 'Details' }).click()
  await expect(atBob).toContainText('passes it on from')

  const download = await downloadWhole(atBob)
  expect(sha256(await bytesOf(download))).toBe(sha256(file.bytes))
  const atCarol = await attributesOf(shareNamed(carol, file.name))
  expect(atCarol).toMatchObject({ state: 'offered', haveBytes: 0 })
  for (const page of [alice, bob]) await waitForPeers(page, 1)
  for (const page of opened) await page.context().close()
})
