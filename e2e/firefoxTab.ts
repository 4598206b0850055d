import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { launch, type Page } from 'puppeteer-core'
import { findBrowser } from '../scripts/browser.mjs'
import { expect, type ShareState } from './room.ts'

/** A Firefox tab in the room: Playwright cannot drive an ordinary Firefox, Puppeteer can (WebDriver BiDi). */
export interface FirefoxTab {
  waitForPeers(count: number): Promise<void>
  offer(path: string): Promise<void>
  download(shareName: string): Promise<void>
  waitForState(shareName: string, state: ShareState): Promise<void>
  /** What the page, by itself, has put into the downloads. */
  downloadedBytes(shareName: string): Promise<Buffer>
  /** The answer by hand that the page shows, as text. */
  answer(): Promise<string>
  close(): Promise<void>
}

/** Opens `link` in a new Firefox with a profile of its own; what it saves goes to `downloadFolder`. */
export async function openFirefox(link: string, downloadFolder: string): Promise<FirefoxTab> {
  const executablePath = await findBrowser('firefox')
  if (executablePath === null) throw new Error('No Firefox found: install one or set FIREFOX_PATH.')
  await mkdir(downloadFolder, { recursive: true })
  const browser = await launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    extraPrefsFirefox: { ...localPrefs, 'browser.download.dir': downloadFolder },
  })
  const page = await browser.newPage()
  await page.goto(link)
  return { ...tabOf(page, downloadFolder), close: () => browser.close() }
}

const localPrefs = {
  // Local tests have no mDNS to resolve hidden addresses.
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.peerconnection.ice.loopback': true,
  'network.proxy.type': 0,
  // 2: save to browser.download.dir, and do not ask.
  'browser.download.folderList': 2,
  'browser.download.useDownloadDir': true,
  'browser.download.alwaysOpenPanel': false,
}

const share = (name: string, more = ''): string =>
  `[data-testid=share][data-name=${JSON.stringify(name)}]${more}`

function tabOf(page: Page, downloadFolder: string): Omit<FirefoxTab, 'close'> {
  const timeout = 60_000
  const click = async (selector: string) => {
    const button = await page.waitForSelector(selector, { visible: true, timeout })
    await button?.click()
  }
  return {
    waitForPeers: async (count) => {
      await page.waitForFunction(
        (wanted) => document.querySelectorAll('[data-testid=peer][data-state=direct]').length === wanted,
        { timeout },
        count,
      )
    },
    answer: async () => {
      const shown = '[data-testid=hand][data-kind=answer][data-state=waiting] [data-testid=hand-text]'
      const field = await page.waitForSelector(shown, { timeout })
      return (await field?.evaluate((element) => (element as HTMLInputElement).value)) ?? ''
    },
    offer: async (path) => {
      const input = await page.waitForSelector('input[data-testid=file-input]', { timeout })
      await input?.uploadFile(path)
    },
    download: (name) => click(share(name, ' [data-testid=download]')),
    waitForState: async (name, state) => {
      try {
        await page.waitForSelector(share(name, `[data-state=${state}]`), { timeout })
      } catch (error) {
        // A picture of Firefox is in no report of Playwright's.
        throw new Error(`Firefox shows: ${await page.$eval('body', (body) => body.innerText)}`, {
          cause: error,
        })
      }
    },
    downloadedBytes: async (name) => {
      const size = await page.$eval(share(name), (element) => element.getAttribute('data-size'))
      const file = join(downloadFolder, name)
      // Firefox puts an empty file in the place at once and fills another, so the size tells when it is done.
      const savedSize = () =>
        stat(file).then(
          (found) => String(found.size),
          () => 'no file',
        )
      await expect.poll(savedSize).toBe(size)
      return readFile(file)
    },
  }
}
