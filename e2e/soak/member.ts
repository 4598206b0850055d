import { join } from 'node:path'
import type { Download, Locator, Page } from '@playwright/test'
import { rendererOf } from '../processes.ts'
import { dropPaths, offerFiles } from '../room.ts'
import { SoakBrowser } from './browser.ts'
import type { Journal } from './journal.ts'
import type { ProbedGlobal } from './probe.ts'
import type { Samples } from './samples.ts'
import { lookAt, type Sight } from './sight.ts'
import type { MemberDeed, SampleSpec, ShareDeed } from './steps.ts'
import { within } from './within.ts'

export interface MemberOptions {
  readonly name: string
  readonly folder: string
  readonly link: string
  readonly journal: Journal
  readonly samples: Samples
}

/** A page that does not say in this time how it is, while it should, hangs. */
const sightTimeoutMs = 10_000
/** News of a share reach a page in less, on a busy machine; what is not there then is not there. */
const rowTimeoutMs = 10_000
/** So does what a button shows of it. */
const buttonTimeoutMs = 2000
/** More than what is kept already fits in while the disk is nearly full. */
const leftOnFullDiskBytes = 1_000_000

/** Somebody with a browser who does what the plan says. */
export class Member {
  readonly name: string
  /** Shares it asked for and did not take back, by their ids. */
  readonly asked = new Map<string, string>()
  /** Names of shares it gives. */
  readonly given = new Set<string>()
  /** Names of shares it asked for, had saved, and that were found whole. */
  readonly saved = new Set<string>()
  readonly browser: SoakBrowser
  readonly #options: MemberOptions
  /** The process of its page, while that stands still. */
  #sleeper: number | null = null
  #lastDeed: Promise<void> = Promise.resolve()
  readonly #savings = new Set<Promise<void>>()

  constructor(options: MemberOptions) {
    this.#options = options
    this.name = options.name
    this.browser = new SoakBrowser({
      ...options,
      profile: join(options.folder, options.name),
      downloaded: (download) => this.#downloaded(download),
    })
  }

  /** It has a page that can answer. */
  get isAwake(): boolean {
    return this.browser.open !== null && this.#sleeper === null
  }

  get isHere(): boolean {
    return this.browser.open !== null
  }

  /** Its deeds are done one after the other, whatever they take. */
  do(deed: MemberDeed): Promise<void> {
    this.#lastDeed = this.#lastDeed.then(async () => {
      const { journal } = this.#options
      try {
        const said = await this.#do(deed)
        if (said !== '') journal.note(this.name, said ?? deed.kind)
      } catch (error) {
        journal.note(this.name, `${deed.kind} did not work: ${firstLine(error)}`)
      }
    })
    return this.#lastDeed
  }

  /** How its page looks. Null where it has none, or does not answer. */
  async look(): Promise<Sight | null> {
    const open = this.browser.open
    if (open === null) return null
    try {
      return await within(sightTimeoutMs, lookAt(open.page))
    } catch {
      // It is being loaded, or is gone since.
      return null
    }
  }

  /** Until all that it saves is saved and compared. */
  async savingsDone(): Promise<void> {
    while (this.#savings.size > 0) await Promise.all(this.#savings)
  }

  /** What to write down: nothing, or by itself the deed's kind. */
  async #do(deed: MemberDeed): Promise<string | undefined> {
    const { browser } = this
    switch (deed.kind) {
      case 'come':
        await browser.begin()
        return undefined
      case 'go':
        await browser.close()
        return undefined
      case 'crash':
        await browser.crash()
        return undefined
      case 'kill':
        await browser.kill()
        return undefined
      case 'reload':
        await this.#page().reload()
        return undefined
      case 'sleep':
        this.#sleeper = await rendererOf(this.#page())
        process.kill(this.#sleeper, 'SIGSTOP')
        return undefined
      case 'wake':
        if (this.#sleeper !== null) process.kill(this.#sleeper, 'SIGCONT')
        this.#sleeper = null
        return undefined
      case 'cutLinks':
        return `cut ${await this.#page().evaluate(() => (globalThis as unknown as ProbedGlobal).swarmSoak.cutLinks())} connections`
      case 'fillDisk':
        return this.#setQuota(true)
      case 'freeDisk':
        return this.#setQuota(false)
      case 'share':
        return this.#share(deed.sample, deed.how)
      case 'tend':
        return this.#tend()
      default:
        return this.#press(deed.kind, deed.share)
    }
  }

  #page(): Page {
    const open = this.browser.open
    if (open === null) throw new Error('there is no page')
    return open.page
  }

  async #setQuota(isFull: boolean): Promise<string> {
    const page = this.#page()
    const { origin } = new URL(page.url())
    const usedBytes = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0)
    const quota = isFull ? { quotaSize: usedBytes + leftOnFullDiskBytes } : {}
    await this.browser.open?.devtools.send('Storage.overrideQuotaForOrigin', { origin, ...quota })
    return isFull ? `has room for ${leftOnFullDiskBytes} bytes only` : 'has room again'
  }

  async #share(spec: SampleSpec, how: 'drop' | 'pick'): Promise<string> {
    const path = await this.#options.samples.write(spec)
    const page = this.#page()
    if (how === 'drop') await dropPaths(page, path)
    else if (spec.kind === 'file') await offerFiles(page, path)
    else await page.getByTestId('folder-input').setInputFiles(path)
    this.given.add(spec.name)
    return `${how}s ${spec.name}, ${spec.kind === 'file' ? `${spec.sizeBytes} bytes` : `${spec.fileCount} files`}`
  }

  /** Gives again what it gave and the page cannot open by itself, and tries again what failed. */
  async #tend(): Promise<string> {
    const sight = await this.look()
    if (sight === null) return ''
    const done: string[] = []
    for (const name of this.given) {
      const row = sight.shares.find((share) => share.name === name)
      if (row !== undefined && row.state !== 'paused') continue
      await dropPaths(this.#page(), this.#options.samples.pathOf(name))
      done.push(`drops ${name} again`)
    }
    for (const share of sight.shares)
      if (this.asked.has(share.shareId) && share.state === 'failed' && share.buttons.includes('resume')) {
        await this.#click(this.#rowOf(share.shareId), 'resume')
        done.push(`tries ${share.name} again`)
      }
    return done.join(', ')
  }

  async #press(kind: ShareDeed, name: string): Promise<string> {
    const row = this.#page()
      .locator(`[data-testid=share][data-name=${JSON.stringify(name)}]`)
      .filter({ has: this.#page().getByTestId(kind) })
      .first()
    try {
      await row.waitFor({ timeout: kind === 'download' ? rowTimeoutMs : buttonTimeoutMs })
    } catch {
      return `cannot ${kind} ${name}`
    }
    const shareId = (await row.getAttribute('data-share-id')) ?? ''
    await this.#click(row, kind)
    if (kind === 'download') this.asked.set(shareId, name)
    if (kind === 'cancel' || kind === 'remove') {
      this.asked.delete(shareId)
      this.given.delete(name)
    }
    return `${kind} ${name}`
  }

  /** Goes on with everything that rests, as whoever wants it all. */
  async resumeAll(): Promise<void> {
    const sight = await this.look()
    for (const { shareId, state, buttons } of sight?.shares ?? [])
      if (this.asked.has(shareId) && state !== 'downloading' && buttons.includes('resume'))
        await this.#click(this.#rowOf(shareId), 'resume').catch(() => undefined)
  }

  /** Saves a share that is complete, and compares it. */
  async save(shareId: string): Promise<void> {
    const downloaded = this.#page().waitForEvent('download')
    await this.#click(this.#rowOf(shareId), 'save')
    await downloaded
    await this.savingsDone()
  }

  #rowOf(shareId: string): Locator {
    return this.#page().locator(`[data-testid=share][data-share-id="${shareId}"]`)
  }

  #click(row: Locator, button: string): Promise<void> {
    return row.getByTestId(button).click({ timeout: rowTimeoutMs })
  }

  #downloaded(download: Download): void {
    const saving = this.#compare(download).finally(() => this.#savings.delete(saving))
    this.#savings.add(saving)
  }

  /** One that ended with its page says nothing. */
  async #compare(download: Download): Promise<void> {
    const { journal, samples } = this.#options
    const name = download.suggestedFilename()
    try {
      if ((await download.failure()) !== null) return journal.note(this.name, `saving ${name} was cut short`)
      const fault = await samples.faultOf(name, await download.path())
      if (fault !== null) return journal.fault(this.name, fault)
      this.saved.add(name.replace(/\.zip$/, ''))
      journal.note(this.name, `has ${name} whole`)
      await download.delete()
    } catch (error) {
      journal.note(this.name, `saving ${name} ended with its browser: ${firstLine(error)}`)
    }
  }
}

const firstLine = (error: unknown): string => String(error).split('\n')[0] ?? ''
