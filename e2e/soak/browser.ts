import { chromium, type BrowserContext, type CDPSession, type Download, type Page } from '@playwright/test'
import { findBrowser } from '../../scripts/browser.mjs'
import { chromiumArgs } from '../chromium.ts'
import { openHeap, type Heap } from '../memory.ts'
import type { Journal } from './journal.ts'
import { probeScript } from './probe.ts'

export interface BrowserOptions {
  /** The member's, in the room and in the journal. */
  readonly name: string
  /** A folder of its own, which outlives the browser. */
  readonly profile: string
  readonly link: string
  readonly journal: Journal
  readonly downloaded: (download: Download) => void
}

/** Any command that a page obeys at all, it obeys within this time on a busy machine. */
const commandTimeoutMs = 15_000
/** As many lines as a page keeps itself. */
const logLinesMax = 500
/** What a browser says of servers that are away. */
const networkErrors = /net::ERR_|WebSocket|Failed to load resource/

/** A page that is open, and the ways to it. */
export interface OpenPage {
  readonly page: Page
  readonly devtools: CDPSession
  readonly heap: Heap
  /** The how manieth page of this member it is. */
  readonly number: number
}

/** A browser with a profile on the disk and one page of the room in it. It can be ended in all ways and begun again. */
export class SoakBrowser {
  readonly #options: BrowserOptions
  #context: BrowserContext | null = null
  #open: OpenPage | null = null
  #pageCount = 0
  /** A page that ends now is meant to. */
  #isEnding = false
  readonly #log: string[] = []

  constructor(options: BrowserOptions) {
    this.#options = options
  }

  /** Null while there is none. */
  get open(): OpenPage | null {
    return this.#open
  }

  /** What the pages of this member logged last, each as "Copy details" would hand it over. */
  get log(): readonly string[] {
    return this.#log
  }

  /** Opens the room, in a browser that may be there already. */
  async begin(): Promise<void> {
    const context = this.#context ?? (await this.#launch())
    const [left, ...others] = context.pages()
    const isUsable = left !== undefined && left.url() === 'about:blank'
    const page = isUsable ? left : await context.newPage()
    for (const old of isUsable ? others : [left, ...others]) await old?.close().catch(() => undefined)
    this.#watch(page)
    this.#say('a page opens')
    await page.goto(this.#options.link)
    const devtools = await context.newCDPSession(page)
    this.#open = { page, devtools, heap: await openHeap(page), number: ++this.#pageCount }
  }

  /** As people close it. */
  async close(): Promise<void> {
    this.#isEnding = true
    const page = this.#open?.page
    this.#open = null
    // A browser that ends with all its pages gives them no time to say goodbye.
    await page?.close()
    await this.#context?.close()
    this.#context = null
    this.#isEnding = false
  }

  /** Ends the page's process at once, as the system does when memory runs out. */
  async crash(): Promise<void> {
    const open = this.#open
    if (open === null) return
    this.#isEnding = true
    this.#open = null
    const crashed = open.page.waitForEvent('crash')
    // The answer never comes.
    void open.devtools.send('Page.crash').catch(() => undefined)
    await crashed
    this.#isEnding = false
  }

  /** Ends the whole browser at once, as when the power is cut, but for what the system still writes. */
  async kill(): Promise<void> {
    const context = this.#context
    const browser = context?.browser() ?? null
    if (context === null || browser === null) return
    const devtools = await browser.newBrowserCDPSession()
    const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
    const main = processInfo.find(({ type }) => type === 'browser')
    if (main === undefined) throw new Error('the browser has no process')
    this.#isEnding = true
    this.#open = null
    const closed = context.waitForEvent('close')
    process.kill(main.id, 'SIGKILL')
    await closed
    this.#context = null
    this.#isEnding = false
  }

  async #launch(): Promise<BrowserContext> {
    const executablePath = await findBrowser('chromium')
    const context = await chromium.launchPersistentContext(this.#options.profile, {
      ...(executablePath !== null && { executablePath }),
      args: chromiumArgs,
      // An interrupt is ours to answer: everything is closed in order.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    })
    context.setDefaultTimeout(commandTimeoutMs)
    await context.addInitScript({ content: probeScript })
    const name = JSON.stringify(this.#options.name)
    await context.addInitScript({
      content: `if (location.protocol !== 'about:') sessionStorage.setItem('swarmdrop.name', ${name})`,
    })
    this.#context = context
    return context
  }

  #watch(page: Page): void {
    const { journal, name, downloaded } = this.#options
    page.on('pageerror', (error) => journal.fault(name, `nobody caught: ${error.stack ?? String(error)}`))
    page.on('crash', () => {
      if (!this.#isEnding) journal.fault(name, 'the page crashed by itself')
    })
    page.on('dialog', (dialog) => {
      if (dialog.type() !== 'beforeunload') journal.fault(name, `a dialog opened: ${dialog.message()}`)
      void dialog.accept().catch(() => undefined)
    })
    page.on('download', downloaded)
    page.on('console', (message) => {
      const text = message.text()
      if (message.type() === 'debug') return this.#say(text)
      const isFault = text.includes('Content Security Policy') || message.type() === 'error'
      if (isFault && !networkErrors.test(text)) journal.fault(name, `the browser's console says: ${text}`)
    })
  }

  /** A line of the page's own log (`?debug`). */
  #say(line: string): void {
    this.#log.push(line)
    if (this.#log.length > logLinesMax) this.#log.shift()
    if (/ error a bug /.test(line)) this.#options.journal.fault(this.#options.name, line.trim())
  }
}
