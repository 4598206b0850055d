import type { Page } from '@playwright/test'

/** The little of WebTorrent that is used here. */
interface Torrent {
  readonly torrentFile: Uint8Array
  on(event: 'done', listener: () => void): void
}

interface WebTorrentClient {
  seed(files: FileList, options: SeedOptions, ready: (torrent: Torrent) => void): void
  add(torrentFile: Uint8Array, added: (torrent: Torrent) => void): void
}

interface SeedOptions {
  readonly announce: readonly string[]
}

interface WebTorrentGlobals {
  torrentClient: WebTorrentClient
}

type WebTorrentModule = {
  readonly default: new (options: {
    readonly tracker: { readonly rtcConfig: RTCConfiguration }
  }) => WebTorrentClient
}

/** Seconds until the last of these empty pages, beginning together, has the file that the first one seeds. */
export async function webTorrentSeconds(
  origin: Page,
  receivers: readonly Page[],
  tracker: string,
  path: string,
): Promise<number> {
  for (const page of [origin, ...receivers]) await page.evaluate(openClient)
  await origin.locator('input').setInputFiles(path)
  const torrentFile = await origin.evaluate(seedPicked, tracker)
  const startedMs = performance.now()
  await Promise.all(receivers.map((page) => page.evaluate(takeTorrent, torrentFile)))
  return (performance.now() - startedMs) / 1000
}

async function openClient(): Promise<void> {
  // A variable, as the module is only there when the page runs.
  const address = '/webtorrent.js'
  const { default: WebTorrent } = (await import(address)) as WebTorrentModule
  const client = new WebTorrent({ tracker: { rtcConfig: { iceServers: [] } } })
  ;(globalThis as unknown as WebTorrentGlobals).torrentClient = client
}

/** Answers the torrent file as numbers: what crosses to the bench is JSON. */
function seedPicked(tracker: string): Promise<number[]> {
  const { torrentClient } = globalThis as unknown as WebTorrentGlobals
  const files = document.querySelector('input')?.files
  return new Promise((resolve, reject) => {
    if (!files) return reject(new Error('Nothing is picked'))
    torrentClient.seed(files, { announce: [tracker] }, ({ torrentFile }) => resolve([...torrentFile]))
  })
}

function takeTorrent(torrentFile: readonly number[]): Promise<void> {
  const { torrentClient } = globalThis as unknown as WebTorrentGlobals
  return new Promise((resolve) => {
    torrentClient.add(Uint8Array.from(torrentFile), (torrent) => torrent.on('done', resolve))
  })
}
