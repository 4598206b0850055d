import * as v from 'valibot'
import { AwaitedDownloads } from './awaitedDownloads.ts'
import type { BuiltPage } from './builtPage.ts'
import { KeptConfig } from './keptConfig.ts'
import { KeptPage } from './keptPage.ts'
import { toDownloadSchema, type FromDownload, type ToDownload } from './savingProtocol.ts'
import { openScripts, pageWordSchema } from './versionProtocol.ts'

// Keeps the page for times without a network, and turns streams of it into ordinary browser downloads. All other requests are none
// of its business.

declare const self: ServiceWorkerGlobalScope & {
  /** What scripts/build/builtPageList.ts writes here; missing while the page is developed, when there is nothing to keep. */
  readonly builtPage?: BuiltPage
}

const { scope } = self.registration
const net = { caches, fetch: fetch.bind(self), scope }
const awaited = new AwaitedDownloads<MessagePort>(scope)
const config = new KeptConfig({ ...net, wait: (spanMs) => new Promise((done) => setTimeout(done, spanMs)) })
const page = self.builtPage === undefined ? null : new KeptPage({ ...net, page: self.builtPage })

// A newer worker waits until no page of the older is open, or a page has it take over.
self.addEventListener('install', (event) => event.waitUntil(Promise.all([page?.keep(), config.keep()])))
self.addEventListener('activate', (event) => event.waitUntil(Promise.all([self.clients.claim(), sweep()])))

self.addEventListener('message', (event) => {
  const { data, source, ports } = event
  const address = source instanceof WindowClient ? source.url : null
  const [port] = ports
  if (port !== undefined) hearOfDownload(data, address, port)
  else if (address?.startsWith(scope)) event.waitUntil(hear(data))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const download = awaited.take(request)
  const answer =
    download === null
      ? (page?.answer(request) ?? config.answer(request))
      : new Response(streamFrom(download.port), { headers: download.headers })
  if (answer !== null) event.respondWith(answer)
})

/** What a page of ours says without a port. A ping means nothing more than that we are wanted. */
async function hear(data: unknown): Promise<void> {
  const word = v.safeParse(pageWordSchema, data)
  if (!word.success) return
  if (word.output.type === 'takeOver') await self.skipWaiting()
  else await sweep()
}

/** Removes what was kept for pages that are no more. */
async function sweep(): Promise<void> {
  const { waiting, installing } = self.registration
  // What a newer worker keeps is not ours to remove.
  if (waiting !== null || installing !== null) return
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const pages = windows.filter(({ url }) => url.startsWith(scope))
  // Safari before 15.4 has none: which builds are open cannot be told.
  const { locks }: Partial<WorkerNavigator> = navigator
  if (locks === undefined) return
  const { held = [] } = await locks.query()
  const scripts = openScripts(
    held.map(({ name }) => name),
    scope,
    pages.length,
  )
  if (scripts !== null) await page?.sweep(scripts)
}

function hearOfDownload(data: unknown, address: string | null, port: MessagePort): void {
  const announced = awaited.announce(data, address, port)
  if (announced === 'ready') tell(port, { type: 'ready' })
  if (announced === 'refused')
    tell(port, { type: 'refused', detail: 'the service worker refused the download' })
}

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
