import * as v from 'valibot'
import { concatBytes, type Bytes } from '../../shared/bytes.ts'
import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/result.ts'
import {
  fromDownloadSchema,
  savingAddress,
  type FromDownload,
  type Ping,
  type SaveRequest,
  type ToDownload,
} from '../../serviceWorker/savingProtocol.ts'
import { savingLock } from '../../serviceWorker/versionProtocol.ts'
import { becomesActive, pageScope, registerServiceWorker } from '../serviceWorker.ts'
import { withLock } from '../withLock.ts'
import { saveFailed, type OnProgress, type SaveFault } from './saveable.ts'

/** What is to become a zip among the user's downloads. */
export interface Download {
  /** Cleaned. */
  readonly name: string
  readonly stream: ReadableStream<Uint8Array>
  readonly sizeBytes: number
}

/**
 * The service worker of this page, once it is active; null where there is none (insecure origin, switched off, not built).
 * It need not control this page: requests for its scope go through it all the same.
 */
export async function activeServiceWorker(): Promise<ServiceWorker | null> {
  const registration = await registerServiceWorker()
  const worker = registration?.active ?? registration?.waiting ?? registration?.installing
  return worker && (await becomesActive(worker)) ? worker : null
}

/**
 * An ordinary browser download of a stream, by way of the service worker. Done when the browser has taken the last byte; until then
 * no newer service worker takes over, which would break it off.
 */
export function downloadStream(
  worker: ServiceWorker,
  download: Download,
  onProgress: OnProgress,
): Promise<Result<void, SaveFault>> {
  return withLock(savingLock(pageScope()), { mode: 'shared' }, () =>
    streamThrough(worker, download, onProgress),
  )
}

async function streamThrough(
  worker: ServiceWorker,
  download: Download,
  onProgress: OnProgress,
): Promise<Result<void, SaveFault>> {
  const { port1: port, port2 } = new MessageChannel()
  const { name, sizeBytes } = download
  const id = crypto.randomUUID()
  worker.postMessage({ type: 'save', id, name, sizeBytes } satisfies SaveRequest, [port2])
  const frame = document.createElement('iframe')
  const done = pump(port, download.stream, onProgress, () => {
    // A frame and not a link: should the worker be gone, only the frame shows an error page.
    frame.hidden = true
    frame.src = savingAddress(pageScope(), id)
    document.body.append(frame)
  })
  const pings = setInterval(
    () => worker.postMessage({ type: 'ping' } satisfies Ping, []),
    limits.savingPingMs,
  )
  const result = await done
  clearInterval(pings)
  port.close()
  frame.remove()
  return result
}

/** Answers the download's pulls from the stream, as fast as the browser takes the bytes. */
export function pump(
  port: MessagePort,
  stream: ReadableStream<Uint8Array>,
  onProgress: OnProgress,
  onReady: () => void,
): Promise<Result<void, SaveFault>> {
  const reader = stream.getReader()
  let savedBytes = 0
  const answer = (message: ToDownload, transfer: Transferable[] = []): void =>
    port.postMessage(message, transfer)

  return new Promise((resolve) => {
    let idle = setTimeout(stop, limits.serviceWorkerTimeoutMs, {
      code: 'failed',
      detail: 'the service worker did not answer',
    })
    function stop(fault: SaveFault): void {
      clearTimeout(idle)
      void reader.cancel().catch(() => undefined)
      resolve(fail(fault))
    }
    async function answerPull(): Promise<void> {
      clearTimeout(idle)
      try {
        const bytes = await readChunk(reader)
        const isEnd = bytes.length === 0
        savedBytes += bytes.length
        onProgress(savedBytes)
        answer(isEnd ? { type: 'end' } : { type: 'bytes', bytes }, [bytes.buffer])
        if (isEnd) resolve(ok(undefined))
        else idle = setTimeout(stop, limits.savingIdleMaxMs, { code: 'cancelled' })
      } catch (error) {
        answer({ type: 'failed', detail: String(error) })
        resolve(saveFailed(error))
      }
    }
    function take(message: FromDownload): void {
      switch (message.type) {
        case 'ready':
          return onReady()
        case 'pull':
          return void answerPull()
        case 'cancelled':
          return stop({ code: 'cancelled' })
        case 'refused':
          return stop({ code: 'failed', detail: message.detail })
      }
    }
    port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const message = v.safeParse(fromDownloadSchema, data)
      if (message.success) take(message.output)
      else stop({ code: 'failed', detail: 'the service worker said what it cannot mean' })
    })
    port.start()
  })
}

/** The next bytes, several small parts together; none at the end. */
async function readChunk(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Bytes> {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  while (sizeBytes < limits.savedChunkBytes) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    sizeBytes += value.length
  }
  return concatBytes(parts)
}
