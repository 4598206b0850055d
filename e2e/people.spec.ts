import type { Locator, Page } from '@playwright/test'
import { expect, expectOthers, openRoom, rename, roomLink, test, waitForPeers } from './room.ts'

const wordsIn = (list: Locator): Promise<string[]> => list.getByRole('listitem').allTextContents()

async function openMember(page: Page): Promise<Locator> {
  await page.getByTestId('open-member').click()
  const panel = page.getByTestId('member-panel')
  await expect(panel.getByTestId('own-words')).toBeVisible()
  return panel
}

async function reloadPage(page: Page): Promise<void> {
  await page.reload()
  await waitForPeers(page, 1)
}

async function expectRemembered(page: Page, text: string): Promise<void> {
  await page.getByTestId('open-help').click()
  await expect(page.getByTestId('help')).toContainText(text)
  await page.keyboard.press('Escape')
}

test('two people read each other the same words, and are known by them from then on', async ({
  openPage,
}) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const [atAlice, atBob] = [await openMember(alice), await openMember(bob)]
  const ofAlice = await wordsIn(atAlice.getByTestId('own-words'))
  const ofBob = await wordsIn(atAlice.getByTestId('their-words'))
  expect(ofAlice).toHaveLength(8)
  expect(ofBob).not.toEqual(ofAlice)
  expect(await wordsIn(atBob.getByTestId('their-words'))).toEqual(ofAlice)
  expect(await wordsIn(atBob.getByTestId('own-words'))).toEqual(ofBob)

  await atAlice.getByTestId('words-match').click()
  await expect(alice.getByTestId('peer')).toHaveAttribute('data-compared', 'true')
  await reloadPage(bob)
  await expect(alice.getByTestId('peer')).toHaveAttribute('data-compared', 'true')
  await reloadPage(alice)
  await expect(alice.getByTestId('peer')).toHaveAttribute('data-compared', 'true')
  const again = await openMember(alice)
  expect(await wordsIn(again.getByTestId('their-words'))).toEqual(ofBob)
  await again.getByTestId('words-take-back').click()
  await expect(alice.getByTestId('peer')).not.toHaveAttribute('data-compared')
})

test('who comes back is recognised, and can be forgotten', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const [peerOfAlice, peerOfBob] = [alice.getByTestId('peer'), bob.getByTestId('peer')]
  await expect(peerOfAlice).not.toHaveAttribute('data-met')
  for (const page of [alice, bob]) await expectRemembered(page, '1 device is remembered.')
  await rename(bob, 'Robert')
  await waitForPeers(bob, 1)
  await waitForPeers(alice, 1)
  await expect(peerOfBob).toContainText('You met earlier today')
  await expect(peerOfAlice).toContainText(/Was .* when you met earlier today/)
  await expect(peerOfAlice).toHaveAttribute('data-met', /^\d+$/)

  const panel = await openMember(alice)
  await panel.getByTestId('forget-device').click()
  await expect(panel).toContainText('Forgotten.')
  await expect(peerOfAlice).not.toHaveAttribute('data-met')
  await reloadPage(alice)
  await expect(peerOfAlice).not.toHaveAttribute('data-met')

  await reloadPage(alice)
  await expect(peerOfAlice).toHaveAttribute('data-met', /^\d+$/)
  await alice.getByTestId('open-help').click()
  await alice.getByTestId('forget-everyone').click()
  await alice.getByTestId('forget-everyone-now').click()
  await expect(alice.getByTestId('help')).toContainText('Nobody is remembered.')
  await expect(peerOfAlice).not.toHaveAttribute('data-met')
})

test('a name like that of somebody met is marked', async ({ openPage }) => {
  const alice = await openPage()
  const bob = await openPage(await roomLink(alice))
  await rename(bob, 'Amber Heron')
  await expectOthers(alice, 'Amber Heron')
  await waitForPeers(alice, 1)
  await expectRemembered(alice, '1 device is remembered.')
  await reloadPage(alice)
  await expect(alice.getByTestId('peer')).toHaveAttribute('data-met', /^\d+$/)
  const mallory = await openPage(await roomLink(alice))
  // Cyrillic, but for what both alphabets have.
  await rename(mallory, 'Аmbеr Неrоn')
  await expectOthers(alice, 'Amber Heron', 'Аmbеr Неrоn')
  await waitForPeers(alice, 2)
  const marked = alice.locator('[data-testid=peer][data-imitates]')
  await expect(marked).toHaveCount(1)
  await expect(marked).toContainText(/Not the .*Amber.*Heron.* you met earlier today/)
  await expect(marked.locator('bdi')).toHaveText('Аmbеr Неrоn')
})

test('a member is opened and closed by keyboard alone, and the page keeps its place', async ({
  openPage,
}) => {
  const [alice] = await openRoom(openPage, 2)
  const row = alice.getByTestId('open-member')
  await row.focus()
  await alice.keyboard.press('Enter')
  const panel = alice.getByRole('dialog', { name: /\S/ })
  await expect(panel).toBeVisible()
  await expect(panel.getByRole('heading', { level: 2 })).toBeFocused()
  await expect(panel.getByRole('button', { name: 'They match' })).toBeVisible()
  await alice.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await expect(row).toBeFocused()
})

test('where a part of the page cannot be loaded, it says so, and the rest goes on', async ({ openPage }) => {
  // Else it would come from where the page is kept.
  const alice = await openPage(undefined, { serviceWorkers: 'block' })
  await alice.route('**/openedParts*.js', (route) => route.abort())
  await alice.getByTestId('open-help').click()
  await expect(alice.getByTestId('help')).toContainText('could not be loaded')
  await alice.getByRole('button', { name: 'Close' }).click()
  await expect(alice.getByTestId('help')).toHaveCount(0)
  await expect(alice.getByTestId('copy-link')).toBeVisible()
})
