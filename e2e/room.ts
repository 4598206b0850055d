import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  expect,
  test as base,
  type BrowserContext,
  type BrowserContextOptions,
  type Download,
  type Locator,
  type Page,
} from '@playwright/test'
import { startServer, type Server, type ServerOptions } from '../scripts/server.ts'
import { rootFolder } from '../scripts/setup.mjs'
import { MiB, sampleBytes, sha256, writeTree, type SampleFile } from './files.ts'

export { expect }

/** A download of some megabytes on two busy cores. */
export const transferTimeoutMs = 90_000

type OpenPage = (link?: string, options?: BrowserContextOptions) => Promise<Page>

interface Fixtures {
  /**
   * Opens a tab in a browser context (storage and all) of its own, at `link` or at the server's page. When the test
   * ends, an error that nobody caught in any tab, or a breach of the content security policy, fails it.
   */
  readonly openPage: OpenPage
}

/** Where the engine runs that moves the bytes: in a worker, or on the page, as where a browser hands no data channel to a worker. */
export type EnginePlace = 'worker' | 'page'

interface WorkerFixtures {
  readonly enginePlace: EnginePlace
  /** The very server that `npm start` runs. */
  readonly server: Server
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright wants the fixtures destructured, none of them too
    async ({}, use) => {
      const server = await startPageServer()
      await use(server)
      await server.close()
    },
    { scope: 'worker' },
  ],
  enginePlace: ['worker', { option: true, scope: 'worker' }],
  openPage: async ({ browser, server, enginePlace }, use) => {
    const contexts: BrowserContext[] = []
    const faults: string[] = []
    await use(async (link = addressOf(server), options = {}) => {
      const context = await browser.newContext(options)
      contexts.push(context)
      if (enginePlace === 'page') await context.addInitScript(keepChannels)
      const page = await context.newPage()
      watchFaults(page, faults)
      await page.goto(link)
      return page
    })
    for (const context of contexts) await context.close()
    expect(faults).toEqual([])
  },
})

/** The browser hands no data channel to a worker, as older ones do not. */
function keepChannels(): void {
  const post = Worker.prototype.postMessage
  Worker.prototype.postMessage = function (
    message: unknown,
    options?: StructuredSerializeOptions | Transferable[],
  ) {
    const transfer: readonly unknown[] = Array.isArray(options) ? options : (options?.transfer ?? [])
    if (transfer.some((item) => item instanceof RTCDataChannel)) {
      throw new DOMException('a channel is not transferable', 'DataCloneError')
    }
    post.call(this, message, Array.isArray(options) ? { transfer: options } : (options ?? {}))
  }
}

export function startPageServer(options: Partial<ServerOptions> = {}): Promise<Server> {
  return startServer({ port: 0, host: '127.0.0.1', distFolder: join(rootFolder, 'dist'), ...options })
}

export const addressOf = (server: Server): string => `http://localhost:${server.port}/`

export function watchFaults(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(String(error.stack ?? error)))
  page.on('dialog', (dialog) => {
    faults.push(`A dialog opened: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text())
  })
}

/** The whole room link, as soon as the page has a room. */
export async function roomLink(page: Page): Promise<string> {
  const input = page.getByTestId('room-link')
  await expect(input).toHaveValue(/#[\w-]{22}$/)
  return input.inputValue()
}

/** Gives the tab a name that a test knows, before anybody has met it. */
export async function rename(page: Page, name: string): Promise<void> {
  await page.evaluate((kept) => sessionStorage.setItem('swarmdrop.name', kept), name)
  await page.reload()
}

/** Leaves the room as people do: by closing the tab. */
export const leave = (page: Page): Promise<void> => page.context().close()

export async function waitForPeers(page: Page, count: number): Promise<void> {
  const linked = page.locator('[data-testid=peer]:is([data-state=direct], [data-state=relayed])')
  await expect(linked).toHaveCount(count, { timeout: 60_000 })
}

/** The longest pause between two tries, and some. */
const backSoonMs = 60_000

export async function expectSignaling(page: Page, state: 'online' | 'offline'): Promise<void> {
  const signaling = page.getByTestId('signaling')
  await expect(signaling).toHaveAttribute('data-state', state, { timeout: backSoonMs })
}

/** The names of all other members, whatever their state: a member that is gone is a ghost. */
export const expectOthers = (page: Page, ...names: readonly string[]): Promise<void> =>
  expect(page.getByTestId('peer').locator('bdi')).toHaveText([...names])

interface Tabs {
  readonly 2: readonly [Page, Page]
  readonly 3: readonly [Page, Page, Page]
  readonly 5: readonly [Page, Page, Page, Page, Page]
}

/** Opens a room with as many tabs as asked for, all linked with one another. */
export async function openRoom<Size extends keyof Tabs>(openPage: OpenPage, size: Size): Promise<Tabs[Size]> {
  const first = await openPage()
  const link = await roomLink(first)
  const pages = [first]
  while (pages.length < size) pages.push(await openPage(link))
  for (const page of pages) await waitForPeers(page, size - 1)
  return pages as unknown as Tabs[Size]
}

/** Offers files through the file input: by their paths on disk, or as samples. */
export async function offerFiles(page: Page, ...files: readonly (SampleFile | string)[]): Promise<void> {
  const input = page.getByTestId('file-input')
  for (const file of files) await input.setInputFiles(typeof file === 'string' ? file : await pickable(file))
}

/** Bytes handed to the browser through its remote control are as slow as 2 MB a second: large samples go by way of the disk. */
async function pickable({ name, bytes }: SampleFile): Promise<Parameters<Locator['setInputFiles']>[0]> {
  if (bytes.length < MiB) return { name, mimeType: 'application/octet-stream', buffer: bytes }
  const folder = test.info().outputPath('samples', sha256(bytes))
  return join(await writeTree(folder, new Map([[name, bytes]])), name)
}

/**
 * Drops files and folders from the disk on the page, as if dragged in from the desktop: the browser itself makes the
 * DataTransfer, its entries and the events, so the page cannot tell the difference.
 */
export async function dropPaths(page: Page, ...paths: readonly string[]): Promise<void> {
  await page.evaluate(() => scrollTo(0, 0))
  const box = await page.getByTestId('drop-zone').first().boundingBox()
  if (box === null) throw new Error('The drop zone cannot be seen')
  const place = { x: box.x + Math.min(box.width / 2, 50), y: box.y + Math.min(box.height / 2, 50) }
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  const devtools = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, ...place, data })
  }
  await devtools.detach()
}

/** Drops or pastes a file that a script made: it has no entry behind it, as when dragged in from another page. */
export async function transferFile(page: Page, how: 'drop' | 'paste', file: SampleFile): Promise<void> {
  const sent = { how, name: file.name, base64: file.bytes.toString('base64') }
  await page.evaluate((sample) => {
    const transfer = new DataTransfer()
    const bytes = Uint8Array.from(atob(sample.base64), (letter) => letter.charCodeAt(0))
    transfer.items.add(new File([bytes], sample.name))
    const common = { bubbles: true, cancelable: true }
    if (sample.how === 'paste') {
      document.body.dispatchEvent(new ClipboardEvent('paste', { ...common, clipboardData: transfer }))
      return
    }
    const zone = document.querySelector('[data-testid=drop-zone]')
    for (const step of ['dragenter', 'dragover', 'drop']) {
      zone?.dispatchEvent(new DragEvent(step, { ...common, dataTransfer: transfer }))
    }
  }, sent)
}

/** The share of this name. Names with controls in them are shown cleaned: find those by `shareOfSize`. */
export const shareNamed = (page: Page, name: string): Locator =>
  page.locator(`[data-testid=share][data-name=${JSON.stringify(name)}]`)

export const shareOfSize = (page: Page, sizeBytes: number): Locator =>
  page.locator(`[data-testid=share][data-size="${sizeBytes}"]`)

export interface ShareAttributes {
  readonly name: string
  readonly shareId: string
  readonly sizeBytes: number
  readonly state: string
  readonly haveBytes: number
  readonly sources: number
  readonly copies: number
}

/** What the contract says of a share, as it stands. */
export async function attributesOf(share: Locator): Promise<ShareAttributes> {
  const data = await share.evaluate((element) => ({ ...(element as HTMLElement).dataset }))
  return {
    name: data['name'] ?? '',
    shareId: data['shareId'] ?? '',
    sizeBytes: Number(data['size']),
    state: data['state'] ?? '',
    haveBytes: Number(data['have']),
    sources: Number(data['sources']),
    copies: Number(data['copies']),
  }
}

type ShareButton = 'download' | 'pause' | 'resume' | 'cancel' | 'remove'

export const press = (share: Locator, button: ShareButton): Promise<void> => share.getByTestId(button).click()

export type ShareState = 'offered' | 'downloading' | 'paused' | 'complete' | 'failed'

export async function waitForState(
  share: Locator,
  state: ShareState,
  timeout = transferTimeoutMs,
): Promise<void> {
  await expect(share).toHaveAttribute('data-state', state, { timeout })
}

/** Waits until at least so many bytes are checked and kept. */
export async function waitForBytes(share: Locator, atLeastBytes: number): Promise<void> {
  const kept = async () => (await attributesOf(share)).haveBytes
  await expect
    .poll(kept, { timeout: transferTimeoutMs, intervals: [50] })
    .toBeGreaterThanOrEqual(atLeastBytes)
}

/** One press gets the file: waits until all of it is here and the page, by itself, has had the browser put it on the disk. */
export async function downloadWhole(share: Locator, timeout = transferTimeoutMs): Promise<Download> {
  const [download] = await Promise.all([
    share.page().waitForEvent('download', { timeout }),
    press(share, 'download'),
  ])
  expect(await download.failure()).toBeNull()
  await waitForState(share, 'complete')
  return download
}

/** The one offers a file of 300 kB, the other takes it: it is the same. */
export async function handOver(from: Page, to: Page, name: string): Promise<void> {
  const file = { name, bytes: sampleBytes(300_000) }
  await offerFiles(from, file)
  const download = await downloadWhole(shareNamed(to, name))
  expect((await bytesOf(download)).equals(file.bytes)).toBe(true)
}

/** Presses save and waits until the browser has put the file on the disk. */
export async function save(share: Locator): Promise<Download> {
  const [download] = await Promise.all([
    share.page().waitForEvent('download'),
    share.getByTestId('save').click(),
  ])
  expect(await download.failure()).toBeNull()
  return download
}

/** What the page has put on the clipboard, pasted as people do: its policy forbids pages to read the clipboard. */
export async function clipboardOf(page: Page): Promise<string> {
  await page.evaluate(() => document.body.append(document.createElement('textarea')))
  const field = page.locator('body > textarea')
  await field.focus()
  await page.keyboard.press('ControlOrMeta+V')
  const pasted = await field.inputValue()
  await field.evaluate((element) => element.remove())
  return pasted
}

export const bytesOf = async (download: Download): Promise<Buffer> => readFile(await download.path())

export const savedBytes = async (share: Locator): Promise<Buffer> => bytesOf(await save(share))
