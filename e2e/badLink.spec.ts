import { addressOf, expect, test } from './room.ts'

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
    const notice = page.locator('[data-testid=notice]:is([data-level=warning], [data-level=error])')
    await expect(notice).toContainText('link')
  })
}
