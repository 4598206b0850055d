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
  const heap = await openHeap(page)
  const heapPeak = { bytes: 0 }
  const residentPeak = { bytes: 0 }
  const look = async () => {
    heapPeak.bytes = Math.max(heapPeak.bytes, await heap.usedBytes())
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

/** JavaScript heap, DOM and array buffers of a page and its workers together. */
export interface Heap {
  usedBytes(): Promise<number>
  /** Once their garbage is gone. */
  liveBytes(): Promise<number>
}

export async function openHeap(page: Page): Promise<Heap> {
  const devtools = await page.context().newCDPSession(page)
  const askWorkers = await attachWorkers(devtools)
  const usedBytes = async (): Promise<number> => {
    const usages = [
      await devtools.send('Runtime.getHeapUsage'),
      ...(await askWorkers<HeapUsage>('Runtime.getHeapUsage')),
    ]
    return usages.map(totalBytes).reduce((sum, bytes) => sum + bytes, 0)
  }
  return {
    usedBytes,
    async liveBytes() {
      await devtools.send('HeapProfiler.collectGarbage')
      await askWorkers('HeapProfiler.collectGarbage')
      return usedBytes()
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
async function attachWorkers(devtools: CDPSession): Promise<<Answer>(method: string) => Promise<Answer[]>> {
  const workers = new Set<string>()
  const waiting = new Map<number, { readonly sessionId: string; answered(result: unknown): void }>()
  devtools.on('Target.attachedToTarget', ({ sessionId }) => workers.add(sessionId))
  devtools.on('Target.detachedFromTarget', ({ sessionId }) => {
    workers.delete(sessionId)
    for (const asked of waiting.values()) if (asked.sessionId === sessionId) asked.answered(null)
  })
  devtools.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message) as { id?: number; result?: unknown }
    if (id !== undefined && result !== undefined) waiting.get(id)?.answered(result)
  })
  const autoAttach = { autoAttach: true, waitForDebuggerOnStart: false, flatten: false }
  await devtools.send('Target.setAutoAttach', autoAttach)
  let lastId = 0
  /** Null of one that ends meanwhile. */
  const ask = async <Answer>(sessionId: string, method: string): Promise<Answer | null> => {
    const id = ++lastId
    const answer = new Promise<unknown>((answered) => waiting.set(id, { sessionId, answered }))
    const message = JSON.stringify({ id, method })
    await devtools.send('Target.sendMessageToTarget', { sessionId, message })
    const result = await answer
    waiting.delete(id)
    return result as Answer | null
  }
  return async <Answer>(method: string) => {
    const answers = await Promise.all([...workers].map((sessionId) => ask<Answer>(sessionId, method)))
    return answers.filter((answer) => answer !== null)
  }
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
