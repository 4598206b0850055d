import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { Server } from '../scripts/server.ts'
import { rootFolder } from '../scripts/setup.mjs'
import { buildNewer } from './newerBuild.ts'
import { addressOf, expect, startPageServer, test as base } from './room.ts'

export const distFolder = join(rootFolder, 'dist')

/** The page's host, apart from the broker: it can go away, and come back with another build. */
export interface Host {
  readonly address: string
  start(folder?: string): Promise<void>
  stop(): Promise<void>
}

export const test = base.extend<{ host: Host }, { newerFolder: string }>({
  host: async ({ server }, use) => {
    const signaling = [
      { type: 'peerjs', host: 'localhost', port: server.port, path: '/peerjs', secure: false },
    ]
    const configOverride = { signaling, iceServers: [], uploadLimitKBps: 2000 }
    let running: Server | null = await startPageServer({ configOverride })
    const { port } = running
    await use({
      address: addressOf(running),
      start: async (folder = distFolder) => {
        running ??= await startPageServer({ configOverride, port, distFolder: folder })
      },
      stop: async () => {
        await running?.close()
        running = null
      },
    })
    await running?.close()
  },
  newerFolder: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright wants the fixtures destructured, none of them too
    async ({}, use, { workerIndex }) => {
      const folder = join(rootFolder, '.tmp', `newer-${workerIndex}`)
      await buildNewer(folder)
      await use(folder)
      await rm(folder, { recursive: true })
    },
    { scope: 'worker' },
  ],
})

/** Resolves once the page is kept: the service worker is active only when it has all files. */
export const untilKept = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })

/** Has the page look for a newer build, as it does by itself every hour and when a network comes. */
export const haveItLook = (page: Page): Promise<boolean> =>
  page.evaluate(() => dispatchEvent(new Event('online')))

export const newVersion = (page: Page) => page.getByTestId('new-version')

/** Opens the help, a part that is loaded only then, and expects that of one build. */
export async function expectHelp(page: Page, words: string): Promise<void> {
  await page.getByTestId('open-help').click()
  await expect(page.getByTestId('help').getByText(words)).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).click()
}
