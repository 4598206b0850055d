import { tmpdir } from 'node:os'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from '@playwright/test'
import { findBrowser, isRoot } from '../scripts/browser.mjs'

/** Browsers of their own (a process tree and a profile on disk each), closed together. */
export class Browsers {
  readonly #opened: { readonly context: BrowserContext; readonly profile: string }[] = []

  async open(address: string): Promise<Page> {
    const executablePath = await findBrowser('chromium')
    const profile = await mkdtemp(join(tmpdir(), 'swarmdrop-bench-'))
    const context = await chromium.launchPersistentContext(profile, {
      ...(executablePath && { executablePath }),
      args: [
        ...(isRoot() ? ['--no-sandbox'] : []),
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        // Host candidates then carry addresses: nothing here resolves .local names.
        '--disable-features=WebRtcHideLocalIpsWithMdns',
      ],
    })
    this.#opened.push({ context, profile })
    const page = context.pages()[0] ?? (await context.newPage())
    await page.goto(address)
    return page
  }

  async close(): Promise<void> {
    for (const { context, profile } of this.#opened.splice(0)) {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    }
  }
}
