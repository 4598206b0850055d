import type { Locator, Page } from '@playwright/test'
import { MiB, sampleBytes } from './files.ts'
import { launchUnspoilt, openHideable, type HideableTab } from './hideableTabs.ts'
import { rendererOf, secondsUntil } from './processes.ts'
import {
  addressOf,
  expect,
  expectOthers,
  offerFiles,
  openRoom,
  press,
  rename,
  roomLink,
  savedBytes,
  shareNamed,
  test,
  waitForBytes,
  waitForPeers,
  waitForState,
} from './room.ts'

/** Seconds are printed and never asserted: a busy machine has others. */
const print = (what: string, seconds: number): void => console.log(`    ${what}: ${seconds} s`)

const linked = (page: Page): Locator => page.locator('[data-testid=peer][data-state=direct]')

/** Until the page holds exactly so many members for linked, whatever else it lists. */
const untilLinked = (page: Page, count: number): Promise<void> =>
  expect(linked(page)).toHaveCount(count, { timeout: 60_000 })

/** Until one of the members is said to be lost. */
const untilLost = (page: Page): Promise<void> =>
  expect(page.locator('[data-testid=peer][data-state=lost]')).toHaveCount(1, { timeout: 60_000 })

test('a tab that is killed in the middle of a download is missed by all, and another gives the rest', async ({
  openPage,
}) => {
  const [alice, bob, carol] = await openRoom(openPage, 3)
  // While all is still: it is told by its work.
  const pid = await rendererOf(alice)
  const file = { name: 'killed.bin', bytes: sampleBytes(30 * MiB) }
  await offerFiles(alice, file)
  await press(shareNamed(carol, file.name), 'download')
  await waitForState(shareNamed(carol, file.name), 'complete')
  const share = shareNamed(bob, file.name)
  await press(share, 'download')
  await waitForBytes(share, MiB)
  process.kill(pid, 'SIGKILL')
  const [missed, lost] = await Promise.all([
    secondsUntil(Promise.all([untilLinked(bob, 1), untilLinked(carol, 1)])),
    secondsUntil(Promise.all([untilLost(bob), untilLost(carol)])),
    waitForState(share, 'complete'),
  ])
  print('a killed tab was missed by all after', missed)
  print('and given up by all after', lost)
  expect((await savedBytes(share)).equals(file.bytes)).toBe(true)
  // Once each, and the one that is gone as gone.
  await expect(bob.getByTestId('peer')).toHaveCount(2)
  await expect(bob.locator('[data-testid=peer][data-state=lost]')).toHaveCount(1)
})

test(
  'a tab that slept is missed, comes back by itself, and its download goes on',
  { tag: '@slow' },
  async ({ openPage }) => {
    const [alice, bob, carol] = await openRoom(openPage, 3)
    const pid = await rendererOf(bob)
    const file = { name: 'slept.bin', bytes: sampleBytes(60 * MiB) }
    await offerFiles(alice, file)
    const share = shareNamed(bob, file.name)
    await press(share, 'download')
    await waitForBytes(share, MiB)
    process.kill(pid, 'SIGSTOP')
    print(
      'a sleeper was given up after',
      await secondsUntil(Promise.all([untilLost(alice), untilLost(carol)])),
    )
    process.kill(pid, 'SIGCONT')
    const back = [alice, bob, carol].map((page) => untilLinked(page, 2))
    print('and was linked again with all after', await secondsUntil(Promise.all(back)))
    for (const page of [alice, bob, carol]) await expect(page.getByTestId('peer')).toHaveCount(2)
    await waitForState(share, 'complete')
    expect((await savedBytes(share)).equals(file.bytes)).toBe(true)
  },
)

test('a tab that nods off for a moment keeps its links', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const peer = await linked(alice).getAttribute('data-peer-id')
  const pid = await rendererOf(bob)
  process.kill(pid, 'SIGSTOP')
  await alice.waitForTimeout(4000)
  process.kill(pid, 'SIGCONT')
  // Some say more than a ping needs.
  await alice.waitForTimeout(8000)
  await expect(alice.getByTestId('notice').filter({ hasText: 'Lost touch' })).toHaveCount(0)
  expect(await linked(alice).getAttribute('data-peer-id')).toBe(peer)
})

interface Unseen {
  open(link: string, name: string): Promise<HideableTab>
}

const unspoilt = test.extend<{ unseen: Unseen }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright wants the fixtures destructured, none of them too
  unseen: async ({}, use) => {
    const browser = await launchUnspoilt()
    await use({ open: (link, name) => openHideable(browser, link, name) })
    await browser.close()
  },
})

unspoilt(
  'a frozen page is missed, comes back when it goes on, and says what it missed',
  { tag: '@slow' },
  async ({ openPage, unseen }) => {
    const alice = await openPage()
    await rename(alice, 'Amber Heron')
    const link = await roomLink(alice)
    const bob = await unseen.open(link, 'Jade Fox')
    await bob.waitForPeers(1)
    await waitForPeers(alice, 1)
    await bob.freeze()
    print('a frozen page was given up after', await secondsUntil(untilLost(alice)))
    const carol = await openPage(link)
    await rename(carol, 'Blue Otter')
    await waitForPeers(alice, 1)
    await offerFiles(alice, { name: 'meanwhile.txt', bytes: sampleBytes(1000) })
    // The clocks say that an hour has passed.
    await bob.page.evaluate(() => {
      const now = Date.now
      Date.now = () => now() + 3_600_000
    })
    await bob.thaw()
    print('and was linked again with all, still hidden, after', await secondsUntil(untilLinked(alice, 2)))
    await bob.show()
    const missed = async () => (await bob.notices()).find((said) => said.includes('While you were away'))
    const all = /for an hour: .*Blue.Otter\W* came\. \W*meanwhile\.txt\W* is new\./
    await expect.poll(missed, { timeout: 30_000 }).toMatch(all)
    await expectOthers(alice, 'Jade Fox', 'Blue Otter')
  },
)

unspoilt(
  'pages that nobody sees, slowed down by the browser, stay linked and miss who vanishes',
  { tag: '@slow' },
  async ({ server, unseen }) => {
    test.setTimeout(240_000)
    const alice = await unseen.open(addressOf(server), 'Amber Heron')
    const link = await alice.page.$eval(
      '[data-testid=room-link]',
      (field) => (field as HTMLInputElement).value,
    )
    const bob = await unseen.open(link, 'Jade Fox')
    const carol = await unseen.open(link, 'Blue Otter')
    const all = [alice, bob, carol]
    for (const tab of all) await tab.waitForPeers(2)
    const pid = await carol.pid()
    for (const tab of all) await tab.hide()
    const [state, ticks] = await alice.page.evaluate(async () => {
      let count = 0
      const timer = setInterval(() => count++, 50)
      await new Promise((resolve) => setTimeout(resolve, 10_000))
      clearInterval(timer)
      return [document.visibilityState, count] as const
    })
    console.log(`    ${state}; a timer of 50 ms went off ${ticks} times in ten seconds`)
    expect(state).toBe('hidden')
    await new Promise((resolve) => setTimeout(resolve, 60_000))
    for (const tab of all) {
      await tab.waitForPeers(2)
      expect((await tab.notices()).filter((said) => said.includes('Lost touch'))).toEqual([])
    }
    process.kill(pid, 'SIGKILL')
    const missed = [alice, bob].map((tab) => tab.waitForPeers(1))
    print('hidden pages missed one that was killed after', await secondsUntil(Promise.all(missed)))
  },
)

test('a page that is left says so, and going back to it joins anew, as one member', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  await bob.goto('about:blank')
  print(
    'a page that was left was gone after',
    await secondsUntil(expect(alice.getByTestId('peer')).toHaveCount(0)),
  )
  await bob.goBack()
  await waitForPeers(bob, 1)
  await waitForPeers(alice, 1)
  await expect(alice.getByTestId('peer')).toHaveCount(1)
})

/** In a page that was gone back to. */
function whyNotKept(): string {
  if (sessionStorage.getItem('was kept') === 'yes') return 'kept'
  return JSON.stringify(performance.getEntriesByType('navigation'), [
    'notRestoredReasons',
    'reasons',
    'reason',
    'type',
  ])
}

test('a page that its browser kept to go back to begins anew, and can be met', async ({ openPage }) => {
  const alice = await openPage()
  const link = await roomLink(alice)
  // A browser keeps no page that has a connection: it is met afterwards.
  await alice.close()
  const browser = await launchUnspoilt()
  try {
    const bob = await openHideable(browser, link, 'bob')
    await bob.page.evaluateOnNewDocument(() => {
      addEventListener('pageshow', ({ persisted }) => {
        if (persisted) sessionStorage.setItem('was kept', 'yes')
      })
    })
    await bob.page.reload()
    await bob.page.waitForSelector('[data-testid=signaling][data-state=online]')
    // A service worker that takes over ends pages that are kept to go back to.
    await bob.page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await bob.page.goto(new URL('LICENSES.txt', link).href)
    await bob.page.goBack()
    await bob.page.waitForSelector('[data-testid=signaling]')
    // The browser says itself why it has not kept it, if it has not.
    expect(await bob.page.evaluate(whyNotKept)).toBe('kept')
    const carol = await openPage(link)
    await bob.waitForPeers(1)
    await waitForPeers(carol, 1)
    await expect(carol.getByTestId('peer')).toHaveCount(1)
  } finally {
    await browser.close()
  }
})

test('two tabs of one browser, and a link that one device opens twice, are members of their own', async ({
  openPage,
}) => {
  const alice = await openPage()
  const link = await roomLink(alice)
  const bob = await openPage(link)
  const again = await bob.context().newPage()
  await again.goto(link)
  for (const page of [alice, bob, again]) await waitForPeers(page, 2)
  const file = { name: 'within.bin', bytes: sampleBytes(3 * MiB) }
  await offerFiles(bob, file)
  const share = shareNamed(again, file.name)
  await press(share, 'download')
  await waitForState(share, 'complete')
  await expect(again.getByText('Another tab of yours')).toHaveCount(1)
  await again.close()
  await expect(bob.getByTestId('peer')).toHaveCount(1)
  await expect(alice.getByTestId('peer')).toHaveCount(1)
})

interface LockGlobal {
  screenLocks: { asked: number; held: number }
}

/** Counts the locks of the screen: no screen is there to stay on. */
function countLocks(): void {
  const locks = { asked: 0, held: 0 }
  ;(globalThis as unknown as LockGlobal).screenLocks = locks
  const request = async () => {
    locks.asked++
    locks.held++
    const lock = {
      released: false,
      async release() {
        lock.released = true
        locks.held--
      },
    }
    return lock
  }
  Object.defineProperty(navigator, 'wakeLock', { value: { request } })
}

test('the screen is kept on while something moves, and no longer', async ({ openPage, browser }) => {
  const alice = await openPage()
  const context = await browser.newContext()
  await context.addInitScript(countLocks)
  const bob = await context.newPage()
  await bob.goto(await roomLink(alice))
  await waitForPeers(bob, 1)
  const locks = () => bob.evaluate(() => (globalThis as unknown as LockGlobal).screenLocks)
  const file = { name: 'moving.bin', bytes: sampleBytes(60 * MiB) }
  await offerFiles(alice, file)
  expect(await locks()).toEqual({ asked: 0, held: 0 })
  await press(shareNamed(bob, file.name), 'download')
  await expect.poll(locks, { intervals: [50] }).toEqual({ asked: 1, held: 1 })
  await waitForState(shareNamed(bob, file.name), 'complete')
  await expect.poll(async () => (await locks()).held).toBe(0)
  await context.close()
})
