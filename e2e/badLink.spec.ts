import { addressOf, expect, roomLink, test } from './room.ts'

const secrets = [
  'short',
  'x'.repeat(5_000),
  'AAAAAAAAAAAAAAAAAAAAA%',
  'AAAAAAAAAAAAAAAAAAAAAB',
  '%00%ff',
  '<b>',
]

for (const secret of secrets) {
  test(`a link with a malformed secret says so: ${secret.slice(0, 30)}`, async ({ openPage, server }) => {
    const page = await openPage(`${addressOf(server)}#${secret}`)
    const notice = page.locator('[data-testid=notice][data-level=error]')
    await expect(notice).toContainText('That room link is damaged or incomplete')
    // It is in a new room, and says so in the address bar too.
    const link = await roomLink(page)
    expect(page.url()).toBe(link)
    expect(link).not.toContain(secret)
  })
}
