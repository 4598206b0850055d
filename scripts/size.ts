/** `npm run size`: how much JavaScript a page needs before it can be used, beside its limit. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { chunkName, chunksFor, type Chunk } from './startChunks.ts'

/** Half a second at 2 Mbit/s. */
const startMaxBytes = 120_000

/** Chunks that only some pages load, or none before somebody asks for what is in them. */
const later: Readonly<Record<string, string>> = {
  nobleCrypto: 'for pages without WebCrypto, on plain http',
}

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const { start, deferred, unknown } = chunksFor(readHtml(), readChunks(), Object.keys(later))
const startBytes = start.reduce((sum, chunk) => sum + gzippedBytes(chunk), 0)
print('Before the page can be used', start)
print('Later', deferred)
console.log(`\n${inKb(startBytes)} gzipped before the page can be used; the limit is ${inKb(startMaxBytes)}.`)
for (const name of unknown)
  console.error(`There is no chunk "${name}", which scripts/size.ts calls a later one.`)
if (startBytes > startMaxBytes) console.error('That is too much: load later what is not needed at once.')
process.exitCode = startBytes > startMaxBytes || unknown.length > 0 ? 1 : 0

function readHtml(): string {
  return readFileSync(join(dist, 'index.html'), 'utf8')
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

function print(title: string, chunks: readonly Chunk[]): void {
  console.log(`\n${title}`)
  for (const chunk of chunks) {
    const why = later[chunkName(chunk.file)] ?? ''
    console.log(`  ${chunk.file.padEnd(44)} ${inKb(gzippedBytes(chunk)).padStart(9)}  ${why}`.trimEnd())
  }
}
