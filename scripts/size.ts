/** `npm run size`: how much JavaScript a page needs before it can be used, and until it is in its room, beside the limits. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { chunkName, chunksFor, type Chunk } from './startChunks.ts'

interface Budget {
  readonly until: string
  readonly maxBytes: number
  /** Chunks that are not needed by then, and why. */
  readonly later: Readonly<Record<string, string>>
}

const onlyForSome = {
  nobleCrypto: 'for pages without WebCrypto, on plain http, and old browsers',
  nobleShareCrypto: 'likewise, in the worker',
  nobleSignatures: 'likewise, in the worker',
  'folderTree.worker': 'when a folder is saved',
  zip: 'when a folder is saved',
  streamDownload: 'likewise',
  openedParts: 'when somebody is looked at, or the help is read',
  openKeptRooms: 'when somebody looks at what is kept',
  connectionCheck: 'when somebody has the connection checked',
  probes: 'likewise',
  acquaintances: 'tells who of those in the room was met before',
  openHand: 'when somebody connects by hand',
  localNetwork: 'on pages that are not of this network',
  decode: 'when somebody scans a code',
  keepPage: 'keeps the page for times without a network, behind the rest',
  'mqtt.esm': 'where config.json names an MQTT broker',
  pageEngine: 'for browsers that hand no data channel to a worker',
}

const budgets: readonly Budget[] = [
  {
    until: 'the page can be used: its link and code are there, and it takes files',
    maxBytes: 120_000,
    later: {
      ...onlyForSome,
      startSession: 'joins the room behind the first screen',
    },
  },
  // Of these some 15 kB are signatures, and sealing for one reader; 20 kB keep it going: shares of earlier pages, ways through networks and
  // around broken ones, passing on, sleep. The code that draws QR codes is that which reads them: 2 kB more than one that cannot.
  { until: 'it is in its room', maxBytes: 254_000, later: onlyForSome },
]

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const html = readFileSync(join(dist, 'index.html'), 'utf8')
const chunks = readChunks()
const kept = budgets.map(keeps)
process.exitCode = kept.every(Boolean) ? 0 : 1

function keeps({ until, maxBytes, later }: Budget): boolean {
  const { start, deferred, unknown } = chunksFor(html, chunks, Object.keys(later))
  const bytes = start.reduce((sum, chunk) => sum + gzippedBytes(chunk), 0)
  console.log(`\nUntil ${until}`)
  for (const chunk of start) printChunk(chunk, '')
  for (const chunk of deferred)
    printChunk(chunk, `later: ${later[chunkName(chunk.file)] ?? 'with those above'}`)
  console.log(`${inKb(bytes)} gzipped; the limit is ${inKb(maxBytes)}.`)
  for (const name of unknown) console.error(`There is no chunk "${name}", which is said to come later.`)
  if (bytes > maxBytes) console.error('That is too much: load later what is not needed at once.')
  return bytes <= maxBytes && unknown.length === 0
}

function readChunks(): Chunk[] {
  const assets = join(dist, 'assets')
  return readdirSync(assets)
    .filter((file) => file.endsWith('.js'))
    .map((file) => ({ file, text: readFileSync(join(assets, file), 'utf8') }))
}

function gzippedBytes({ text }: Chunk): number {
  return gzipSync(text, { level: 9 }).length
}

function inKb(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}

function printChunk(chunk: Chunk, note: string): void {
  console.log(`  ${chunk.file.padEnd(36)} ${inKb(gzippedBytes(chunk)).padStart(9)}  ${note}`.trimEnd())
}
