import { readFile } from 'node:fs/promises'
import type { CDPSession, Page } from '@playwright/test'
import { MiB } from './files.ts'

export interface MemoryPeaks {
  /** JavaScript heap, DOM and array buffers of the page and its workers together, garbage not yet collected included. */
  readonly heapAndBuffersBytes: number
  /** The largest renderer process: the above, WebRTC's own buffers and the browser's code. Null where /proc is missing. */
  readonly residentBytes: number | null
}

/** How often it looks; a peak shorter than this may be missed. */
const intervalMs = 200

/** Watches the memory of a Chromium tab (its browser must show no other) until `stop`, which answers the peaks. */
export async function watchMemory(page: Page): Promise<{ stop(): Promise<MemoryPeaks> }> {
  const devtools = await page.context().newCDPSession(page)
  const readWorkers = await attachWorkers(devtools)
  const heapPeak = { bytes: 0 }
  const residentPeak = { bytes: 0 }
  const look = async () => {
    const usages = [await devtools.send('Runtime.getHeapUsage'), ...(await readWorkers())]
    heapPeak.bytes = Math.max(
      heapPeak.bytes,
      usages.map(totalBytes).reduce((sum, bytes) => sum + bytes, 0),
    )
    residentPeak.bytes = Math.max(residentPeak.bytes, await largestRendererBytes(page))
  }
  const over = new AbortController()
  const watching = (async () => {
    while (!over.signal.aborted) {
      await look()
      await new Promise((resolve) => setTimeout(resolve, intervalMs))
    }
  })()
  return {
    stop: async () => {
      over.abort()
      await watching
      const residentBytes = residentPeak.bytes === 0 ? null : residentPeak.bytes
      return { heapAndBuffersBytes: heapPeak.bytes, residentBytes }
    },
  }
}

export const inMiB = (bytes: number | null): string =>
  bytes === null ? 'unknown' : `${(bytes / MiB).toFixed(1)} MiB`

interface HeapUsage {
  readonly usedSize: number
  readonly embedderHeapUsedSize: number
  readonly backingStorageSize: number
}

const totalBytes = (usage: HeapUsage): number =>
  usage.usedSize + usage.embedderHeapUsedSize + usage.backingStorageSize

/** Workers have heaps of their own, reached through the page's session (Target.sendMessageToTarget). */
async function attachWorkers(devtools: CDPSession): Promise<() => Promise<HeapUsage[]>> {
  const workers = new Set<string>()
  const answers = new Map<number, (usage: HeapUsage) => void>()
  devtools.on('Target.attachedToTarget', ({ sessionId }) => workers.add(sessionId))
  devtools.on('Target.detachedFromTarget', ({ sessionId }) => workers.delete(sessionId))
  devtools.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message) as { id?: number; result?: HeapUsage }
    if (id !== undefined && result !== undefined) answers.get(id)?.(result)
  })
  const autoAttach = { autoAttach: true, waitForDebuggerOnStart: false, flatten: false }
  await devtools.send('Target.setAutoAttach', autoAttach)
  let lastId = 0
  const ask = async (sessionId: string): Promise<HeapUsage> => {
    const id = ++lastId
    const answered = new Promise<HeapUsage>((resolve) => answers.set(id, resolve))
    const message = JSON.stringify({ id, method: 'Runtime.getHeapUsage' })
    await devtools.send('Target.sendMessageToTarget', { sessionId, message })
    const usage = await answered
    answers.delete(id)
    return usage
  }
  return () => Promise.all([...workers].map(ask))
}

async function largestRendererBytes(page: Page): Promise<number> {
  const browser = page.context().browser()
  if (browser === null || process.platform !== 'linux') return 0
  const devtools = await browser.newBrowserCDPSession()
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
  await devtools.detach()
  const renderers = processInfo.filter(({ type }) => type === 'renderer')
  return Math.max(0, ...(await Promise.all(renderers.map(({ id }) => residentBytesOf(id)))))
}

async function residentBytesOf(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? '0'
  return Number(kilobytes) * 1024
}
