import { launch, type Browser, type Page } from 'puppeteer-core'
import { findBrowser, isRoot } from '../scripts/browser.mjs'
import { expect } from './room.ts'
import { keepBusy, rendererBy } from './processes.ts'

/** A tab that can be hidden and frozen: Playwright makes every page believe that it is looked at, Puppeteer does not. */
export interface HideableTab {
  readonly page: Page
  /** The process that runs it: asked while all is still, and it is seen. */
  pid(): Promise<number>
  /** Nobody sees it, so its timers go off once a second. */
  hide(): Promise<void>
  /** Hidden for long, it is stopped. */
  freeze(): Promise<void>
  /** Goes on, still hidden. */
  thaw(): Promise<void>
  show(): Promise<void>
  /** Until it holds so many members for linked. */
  waitForPeers(count: number): Promise<void>
  /** Everything that it said, dismissed or not, as far as it is still there. */
  notices(): Promise<string[]>
}

/** What Puppeteer switches off of what slows hidden pages down, and of what keeps pages that are left. */
const spoiling = [
  '--disable-back-forward-cache',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
]

/** A browser that treats pages which are hidden or left as it does for people. */
export async function launchUnspoilt(): Promise<Browser> {
  const executablePath = await findBrowser('chromium')
  if (executablePath === null) throw new Error('No Chromium found: install one or set CHROMIUM_PATH.')
  return launch({
    executablePath,
    headless: true,
    ignoreDefaultArgs: spoiling,
    args: [
      '--disable-quic',
      '--disable-background-networking',
      '--disable-features=WebRtcHideLocalIpsWithMdns',
      ...(isRoot() ? ['--no-sandbox'] : []),
    ],
  })
}

/** In a context, and so a process, of its own. `name`: what the tab is called in the room. */
export async function openHideable(browser: Browser, link: string, name: string): Promise<HideableTab> {
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  await page.evaluateOnNewDocument((kept) => sessionStorage.setItem('swarmdrop.name', kept), name)
  await page.goto(link)
  const devtools = await page.createCDPSession()
  const setState = (state: 'frozen' | 'active') => devtools.send('Page.setWebLifecycleState', { state })
  return {
    page,
    pid: () => pidOf(page),
    async hide() {
      await setState('frozen')
      await setState('active')
    },
    async freeze() {
      await setState('frozen')
    },
    async thaw() {
      await setState('active')
    },
    async show() {
      const other = await context.newPage()
      await other.bringToFront()
      await page.bringToFront()
      await other.close()
    },
    async waitForPeers(count) {
      await expect.poll(() => linkedCount(page), { timeout: 60_000, intervals: [100] }).toBe(count)
    },
    notices: () =>
      page.$$eval('[data-testid=notice] p', (said) => said.map(({ textContent }) => textContent ?? '')),
  }
}

const linkedCount = async (page: Page): Promise<number> =>
  (await page.$$('[data-testid=peer][data-state=direct]')).length

async function pidOf(page: Page): Promise<number> {
  const devtools = await page.browser().target().createCDPSession()
  const pid = await rendererBy(
    async () => (await devtools.send('SystemInfo.getProcessInfo')).processInfo,
    (forMs) => page.evaluate(keepBusy, forMs),
  )
  await devtools.detach()
  return pid
}
