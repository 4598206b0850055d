import * as v from 'valibot'
import { AwaitedDownloads } from './awaitedDownloads.ts'
import { toDownloadSchema, type FromDownload, type ToDownload } from './savingProtocol.ts'

// Turns streams of the page into ordinary browser downloads. All other requests are none of its business.

declare const self: ServiceWorkerGlobalScope

const awaited = new AwaitedDownloads<MessagePort>(self.registration.scope)

self.addEventListener('install', () => void self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('message', ({ data, source, ports: [port] }) => {
  // A ping has no port.
  if (port === undefined) return
  const announced = awaited.announce(data, source instanceof WindowClient ? source.url : null, port)
  if (announced === 'ready') tell(port, { type: 'ready' })
  if (announced === 'refused')
    tell(port, { type: 'refused', detail: 'the service worker refused the download' })
})

self.addEventListener('fetch', (event) => {
  const download = awaited.take(event.request)
  if (download === null) return
  event.respondWith(new Response(streamFrom(download.port), { headers: download.headers }))
})

/**
 * Pulls bytes through the port, one answer at a time. Streams themselves cannot be sent to a service worker in Safari; this
 * works everywhere.
 */
function streamFrom(port: MessagePort): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const answer = await pulled(port)
      if (answer === null)
        tell(port, { type: 'refused', detail: 'the service worker was told what means nothing' })
      if (answer?.type === 'bytes') controller.enqueue(answer.bytes)
      else if (answer?.type === 'end') controller.close()
      else controller.error(new Error(answer?.detail ?? 'the page said what means nothing'))
    },
    cancel: () => tell(port, { type: 'cancelled' }),
  })
}

/** The page's answer to one pull; null when it means nothing. */
function pulled(port: MessagePort): Promise<ToDownload | null> {
  return new Promise((resolve) => {
    port.addEventListener(
      'message',
      (event: MessageEvent<unknown>) => {
        const answer = v.safeParse(toDownloadSchema, event.data)
        resolve(answer.success ? answer.output : null)
      },
      { once: true },
    )
    port.start()
    tell(port, { type: 'pull' })
  })
}

function tell(port: MessagePort, message: FromDownload): void {
  port.postMessage(message)
}
