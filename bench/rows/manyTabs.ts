import type { Page } from '@playwright/test'
import { sampleBytes, MiB } from '../../e2e/files.ts'
import { openHeap } from '../../e2e/memory.ts'
import { downloadWhole, expect, roomLink, shareNamed } from '../../e2e/room.ts'
import { median, less, told, type Figure } from '../figures.ts'
import { Scene } from '../scene.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'

const tabs = 24
const patienceMs = 120_000
/** How soon these are in is told. */
const watched = new Set([2, 12, 16, 24])

/** More tabs in one room than can all be linked with each other: how soon each is in, and what it costs. */
export const manyTabs: Row = { name: 'manyTabs', shaped: false, isBig: true, run: measure }

async function measure(teardown: Teardown): Promise<Figure[]> {
  const scene = await Scene.onThisMachine(teardown)
  const context = await scene.openBrowser(1)
  await context.addInitScript(countConnections)
  const first = await context.newPage()
  await first.goto(scene.site.app)
  const link = await roomLink(first)
  const pages: Page[] = [first]
  const figures: Figure[] = []
  while (pages.length < tabs) {
    const openedMs = performance.now()
    const page = await context.newPage()
    await page.goto(link)
    pages.push(page)
    await expect(page.getByTestId('peer')).toHaveCount(pages.length - 1, { timeout: patienceMs })
    const seconds = (performance.now() - openedMs) / 1000
    if (watched.has(pages.length))
      figures.push(less(`tab ${pages.length} of a room: opened to all others listed`, seconds, 's'))
  }
  for (const page of pages)
    await expect(page.getByTestId('peer')).toHaveCount(tabs - 1, { timeout: patienceMs })
  const file = { name: 'for all.bin', bytes: sampleBytes(MiB) }
  const offeredMs = performance.now()
  await first
    .getByTestId('file-input')
    .setInputFiles({ name: file.name, mimeType: 'application/octet-stream', buffer: file.bytes })
  for (const page of pages) await expect(shareNamed(page, file.name)).toHaveCount(1, { timeout: patienceMs })
  const seenSeconds = (performance.now() - offeredMs) / 1000
  const takers = pages.slice(1)
  const tookMs = performance.now()
  await Promise.all(takers.map((page) => downloadWhole(shareNamed(page, file.name), patienceMs)))
  const takenSeconds = (performance.now() - tookMs) / 1000
  const open = await Promise.all(pages.map((page) => page.evaluate(connectionsOpen)))
  const made = await Promise.all(pages.map((page) => page.evaluate(connectionsMade)))
  const heaps: number[] = []
  for (const page of pages.slice(0, 6)) heaps.push(await (await openHeap(page)).liveBytes())
  const what = `${tabs} tabs in a room`
  return [
    ...figures,
    told(`${what}: a share is offered to all list it`, seenSeconds, 's'),
    told(`${what}: 1 MiB of one taken by all others at once`, takenSeconds, 's'),
    told(`${what}: open connections of a tab, median`, median(open), ''),
    told(`${what}: the most`, Math.max(...open), ''),
    told(`${what}: connections ever made by a tab, median`, median(made), ''),
    told(`${what}: live heap of a tab, median of six`, median(heaps) / MiB, 'MiB'),
  ]
}

interface Counts {
  readonly made: RTCPeerConnection[]
}

/** Run in each page before its own scripts: keeps the connections that it makes. */
function countConnections(): void {
  const made: RTCPeerConnection[] = []
  Object.assign(globalThis, { counted: { made } })
  const Original = RTCPeerConnection
  globalThis.RTCPeerConnection = class extends Original {
    constructor(...args: ConstructorParameters<typeof Original>) {
      super(...args)
      made.push(this)
    }
  }
}

const connectionsOpen = (): number =>
  (globalThis as unknown as { counted: Counts }).counted.made.filter(
    ({ connectionState }) => connectionState === 'connected',
  ).length

const connectionsMade = (): number => (globalThis as unknown as { counted: Counts }).counted.made.length
