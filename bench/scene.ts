import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from '@playwright/test'
import { writeSampleFile } from '../e2e/files.ts'
import { openBrowser } from './browsers.ts'
import { Netlab, unlimitedLink, type AccessLink } from './netlab/netlab.ts'
import { openSite, type SiteAddresses, type SiteOptions } from './site.ts'
import { Teardown } from './teardown.ts'

type SceneOptions = Partial<Pick<SiteOptions, 'uploadLimitKBps' | 'withTracker'>>

/** Where one measurement happens: a site, browsers, and between them this machine or an emulated internet. */
export class Scene {
  readonly site: SiteAddresses
  /** Null on this machine. */
  readonly lab: Netlab | null
  readonly #teardown: Teardown

  private constructor(site: SiteAddresses, lab: Netlab | null, teardown: Teardown) {
    this.site = site
    this.lab = lab
    this.#teardown = teardown
  }

  static async onThisMachine(teardown: Teardown, options: SceneOptions = {}): Promise<Scene> {
    const site = await openSite(teardown, { ...siteDefaults, ...options, host: 'localhost' })
    return new Scene(site, null, teardown)
  }

  /** One host for each link; the site is on a host of its own, number 0, that nothing limits. */
  static async onNetlab(
    teardown: Teardown,
    links: readonly AccessLink[],
    options: SceneOptions = {},
  ): Promise<Scene> {
    const lab = await Netlab.open([unlimitedLink, ...links], teardown)
    const host = lab.addressOf(0)
    const site = await openSite(teardown, { ...siteDefaults, ...options, host }, lab.commandOn(0))
    return new Scene(site, lab, teardown)
  }

  /** A browser of its own; on an emulated internet that of host `host`, from 1. */
  openBrowser(host: number): Promise<BrowserContext> {
    if (this.lab === null) return openBrowser(this.#teardown)
    const secureOrigins = [this.site.app, this.site.empty].map((address) => new URL(address).origin)
    return openBrowser(this.#teardown, { commandPrefix: this.lab.commandOn(host), secureOrigins })
  }

  async openBrowsers(count: number): Promise<BrowserContext[]> {
    const contexts: BrowserContext[] = []
    for (let host = 1; host <= count; host++) contexts.push(await this.openBrowser(host))
    return contexts
  }

  /** Counts what the host of each browser sends from now until it is read, in bytes of IP packets. */
  async sentMeter(): Promise<() => Promise<number[]>> {
    const read = async () => (await this.lab?.counters()) ?? []
    const before = await read()
    return async () =>
      (await read()).slice(1).map(({ sentBytes }, at) => sentBytes - (before[at + 1]?.sentBytes ?? 0))
  }

  /** Says for every browser's host how many packets its links and its sockets dropped so far. */
  async printDrops(): Promise<void> {
    const { lab } = this
    if (lab === null) return
    const counters = await lab.counters()
    const told = counters.map(({ droppedPackets }, host) => `${droppedPackets} + ${lab.socketDrops(host)}`)
    console.log(`    packets dropped by links + by full sockets, host by host: ${told.slice(1).join(', ')}`)
  }

  /** A folder that is gone when the measurement is. */
  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'swarmdrop-bench-'))
    this.#teardown.defer(() => rm(folder, { recursive: true, force: true }))
    return folder
  }

  /** A file of that size on the disk; its name is `sampleName`. */
  async sampleFile(sizeBytes: number): Promise<string> {
    const path = join(await this.folder(), sampleName)
    await writeSampleFile(path, sizeBytes)
    return path
  }
}

const siteDefaults = { uploadLimitKBps: 0, withTracker: false, ways: {}, turn: null }

export const sampleName = 'bench.bin'

export async function openPage(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(address)
  return page
}
