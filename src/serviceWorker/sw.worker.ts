import type { FromDownload, Ping, SaveRequest, ToDownload } from './savingProtocol.ts'

// Turns streams of the page into ordinary browser downloads. All other requests are none of its business.

declare const self: ServiceWorkerGlobalScope

const awaited = new Map<string, { readonly headers: SaveRequest['headers']; readonly port: MessagePort }>()

self.addEventListener('install', () => void self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('message', (event) => {
  const message = event.data as SaveRequest | Ping
  const [port] = event.ports
  if (message.type !== 'save' || port === undefined) return
  awaited.set(message.url, { headers: message.headers, port })
  tell(port, { type: 'ready' })
})

self.addEventListener('fetch', (event) => {
  const download = awaited.get(event.request.url)
  if (download === undefined) return
  awaited.delete(event.request.url)
  event.respondWith(new Response(streamFrom(download.port), { headers: download.headers }))
})

/**
 * Pulls bytes through the port, one answer at a time. Streams themselves cannot be sent to a service worker in Safari; this
 * works everywhere.
 */
function streamFrom(port: MessagePort): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    pull: (controller) =>
      new Promise((resolve) => {
        port.addEventListener(
          'message',
          ({ data }: MessageEvent<ToDownload>) => {
            if (data.type === 'bytes') controller.enqueue(data.bytes)
            else if (data.type === 'end') controller.close()
            else controller.error(new Error(data.detail))
            resolve()
          },
          { once: true },
        )
        port.start()
        tell(port, { type: 'pull' })
      }),
    cancel: () => tell(port, { type: 'cancelled' }),
  })
}

function tell(port: MessagePort, message: FromDownload): void {
  port.postMessage(message)
}
