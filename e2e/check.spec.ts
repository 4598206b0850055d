import type { Locator } from '@playwright/test'
import { addressOf, clipboardOf, expect, openRoom, roomLink, startPageServer, test } from './room.ts'
import { expectChecked, lineOf } from './connectionCheck.ts'

test('the check says line by line what this browser and its network can do', async ({ openPage }) => {
  const page = await openPage()
  await page.getByTestId('open-check').click()
  await expectChecked(page, {
    secure: 'good',
    storage: 'good',
    tabs: 'good',
    broker: 'good',
    stun: 'warning',
    udp: 'warning',
    turn: 'warning',
  })
  await expect(lineOf(page, 'storage')).toContainText(/lets the page use .* more/)
  const details = page.getByTestId('check').getByTestId('copy-details')
  await details.click()
  await expect(details).toContainText('Copied')
  await page.keyboard.press('Escape')
  const copied = await clipboardOf(page)
  expect(copied).toContain('name="turn" check="turn" outcome="none"')
  expect(copied).not.toMatch(/localhost|127\.0\.0\.1/)
})

test('the check is opened, done again and closed by keyboard alone', async ({ openPage }) => {
  const page = await openPage()
  const opener = page.getByTestId('open-check')
  await opener.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('check').getByRole('heading', { level: 2 })).toBeFocused()
  const again = page.getByRole('button', { name: 'Check again' })
  const lines = page.getByTestId('check').getByRole('list')
  await expect(lines).toHaveAttribute('aria-busy', 'false')
  await noteAttribute(lines, 'aria-busy')
  await again.focus()
  await page.keyboard.press('Enter')
  await expect(lines).toHaveAttribute('data-noted', 'true,false')
  await expect(again).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('check')).toHaveCount(0)
  await expect(opener).toBeFocused()
})

/** Keeps what becomes of an attribute, however short it lasts. */
async function noteAttribute(of: Locator, name: string): Promise<void> {
  await of.evaluate((element, attribute) => {
    const noted: (string | null)[] = []
    new MutationObserver(() => {
      noted.push(element.getAttribute(attribute))
      element.setAttribute('data-noted', noted.join())
    }).observe(element, { attributeFilter: [attribute] })
  }, name)
}

test('the check says that a broker cannot be reached', async ({ openPage }) => {
  const gone = await startPageServer()
  await gone.close()
  const signaling = [{ type: 'peerjs', host: 'localhost', port: gone.port, path: '/peerjs', secure: false }]
  const pages = await startPageServer({ configOverride: { signaling, iceServers: [] } })
  const page = await openPage(addressOf(pages))
  await page.getByTestId('open-check').click()
  await expectChecked(page, { broker: 'bad' })
  await pages.close()
})

test('where the check cannot be loaded, it says so, and the rest goes on', async ({ openPage }) => {
  // It would answer from what it keeps.
  const page = await openPage(undefined, { serviceWorkers: 'block' })
  await page.route('**/connectionCheck*.js', (route) => route.abort())
  await page.getByTestId('open-check').click()
  await expect(page.getByTestId('check')).toContainText('could not be loaded')
})

test(
  '[L13] who hides without a relay server is told, is linked with nobody, and is again once they stop hiding',
  { tag: '@slow' },
  async ({ openPage }) => {
    const alice = await openPage()
    await alice.getByTestId('open-check').click()
    const hide = alice.getByTestId('hide-address')
    await hide.check()
    const notice = alice.getByTestId('notice').filter({ hasText: 'no relay server to hide it behind' })
    await expect(notice).toHaveCount(1)
    await expect(alice.getByTestId('check')).toContainText('no relay server to hide it behind')
    const bob = await openPage(await roomLink(alice))
    await expect(bob.getByTestId('signaling')).toHaveAttribute('data-state', 'online')
    await hide.uncheck()
    await expect(notice).toHaveCount(0)
    await expect(alice.getByTestId('peer')).toHaveAttribute('data-state', 'direct', { timeout: 60_000 })
  },
)

test('[L13] what one tab is told to hide, the other tabs of its browser hide too', async ({ openPage }) => {
  const one = await openPage()
  const other = await one.context().newPage()
  await other.goto(await roomLink(one))
  for (const tab of [one, other]) await tab.getByTestId('open-check').click()
  await expect(other.getByTestId('signaling')).toHaveAttribute('data-state', 'online')
  await one.getByTestId('hide-address').check()
  await expect(other.getByTestId('hide-address')).toBeChecked()
  await other.getByTestId('hide-address').uncheck()
  await expect(one.getByTestId('hide-address')).not.toBeChecked()
})

test('T1 whether this device helps others is asked once, and holds for all its pages', async ({
  openPage,
}) => {
  const page = await openPage()
  const help = page.getByTestId('help-others')
  await page.getByTestId('open-check').click()
  await expect(help).toBeChecked()
  const other = await page.context().newPage()
  await other.goto(page.url())
  await other.getByTestId('open-check').click()
  await expect(other.getByTestId('help-others')).toBeChecked()
  await help.uncheck()
  await expect(other.getByTestId('help-others')).not.toBeChecked()
  await page.reload()
  await page.getByTestId('open-check').click()
  await expect(help).not.toBeChecked()
  // Nobody has asked a phone.
  const phone = await openPage(undefined, {
    userAgent: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile',
    isMobile: true,
  })
  await phone.getByTestId('open-check').click()
  await expect(phone.getByTestId('help-others')).not.toBeChecked()
})

test('how a member is reached is said in words', async ({ openPage }) => {
  const [alice] = await openRoom(openPage, 2)
  await alice.getByTestId('open-member').click()
  await expect(alice.getByTestId('member-path')).toContainText('connected directly')
})
