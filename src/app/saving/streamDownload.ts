import { concatBytes, type Bytes } from '../../shared/bytes.ts'
import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/result.ts'
import type { FromDownload, Ping, SaveRequest, ToDownload } from '../../serviceWorker/savingProtocol.ts'
import { saveFailed, type OnProgress, type SaveFault } from './saveable.ts'

/** What is to become a file among the user's downloads. */
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
  if (!('serviceWorker' in navigator)) return null
  try {
    const registration = await navigator.serviceWorker.register('./sw.js', { scope: './' })
    const worker = registration.active ?? registration.waiting ?? registration.installing
    return worker && (await becomesActive(worker)) ? worker : null
  } catch {
    return null
  }
}

function becomesActive(worker: ServiceWorker): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), limits.serviceWorkerTimeoutMs)
    const look = (): void => {
      if (worker.state !== 'activated' && worker.state !== 'redundant') return
      clearTimeout(timer)
      worker.removeEventListener('statechange', look)
      resolve(worker.state === 'activated')
    }
    worker.addEventListener('statechange', look)
    look()
  })
}

/** An ordinary browser download of a stream, by way of the service worker. Done when the browser has taken the last byte. */
export async function downloadStream(
  worker: ServiceWorker,
  download: Download,
  onProgress: OnProgress,
): Promise<Result<void, SaveFault>> {
  const { port1: port, port2 } = new MessageChannel()
  const url = new URL(
    `./saving/${crypto.randomUUID()}/${encodeURIComponent(download.name)}`,
    document.baseURI,
  ).href
  const request: SaveRequest = { type: 'save', url, headers: headersOf(download) }
  worker.postMessage(request, [port2])
  const frame = document.createElement('iframe')
  const done = pump(port, download.stream, onProgress, () => {
    // A frame and not a link: should the worker be gone, only the frame shows an error page.
    frame.hidden = true
    frame.src = url
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

function headersOf({ name, sizeBytes }: Download): SaveRequest['headers'] {
  return {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': contentDisposition(name),
    'Content-Length': String(sizeBytes),
    'X-Content-Type-Options': 'nosniff',
  }
}

/** RFC 6266 with the UTF-8 form of RFC 8187; the plain form is for those that do not know it. */
export function contentDisposition(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*!]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
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
    port.addEventListener('message', ({ data }: MessageEvent<FromDownload>) => {
      if (data.type === 'ready') onReady()
      else if (data.type === 'pull') void answerPull()
      else stop({ code: 'cancelled' })
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
