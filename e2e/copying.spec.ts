import { addressOf, clipboardOf, expect, roomLink, test } from './room.ts'

test('the room link is copied by one press', async ({ openPage }) => {
  const alice = await openPage()
  const link = await roomLink(alice)
  await alice.getByTestId('copy-link').click()
  await expect(alice.getByTestId('copy-link')).toHaveText('Copied')
  expect(await clipboardOf(alice)).toBe(link)
})

test('an error offers details to copy, in which there is no secret and no address', async ({
  browser,
  server,
}) => {
  const context = await browser.newContext()
  // Something to be written down: without a disk the page keeps files in memory.
  await context.route(/engine\.worker/, async (route) => {
    const response = await route.fetch()
    const withoutDisk = "Reflect.deleteProperty(StorageManager.prototype, 'getDirectory');"
    await route.fulfill({ response, body: `${withoutDisk}${await response.text()}` })
  })
  const alice = await context.newPage()
  await alice.goto(`${addressOf(server)}#damaged`)
  await expect(alice.getByTestId('notice').filter({ hasText: 'no disk space' })).toHaveCount(1)
  const button = alice.getByTestId('notice').filter({ hasText: 'damaged' }).getByTestId('copy-details')
  await expect(alice.getByTestId('copy-details')).toHaveCount(1)
  await button.click()
  await expect(button).toHaveText('Copied')
  const details = await clipboardOf(alice)
  expect(details).toMatch(/^badRoomLink\n/)
  // A line of the log: when, how grave, what.
  expect(details).toMatch(/^ *\d+\.\d{3} warning pieces are kept in memory/m)
  const secret = new URL(await roomLink(alice)).hash.slice(1)
  expect(details).not.toContain(secret)
  expect(details).not.toContain('://')
  await expect(button).toHaveText('Copy details')
  await context.close()
})
