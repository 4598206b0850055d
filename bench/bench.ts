/* npm run bench: what the app reaches, beside what a bare data channel reaches on the same machine in the same run. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeSampleFile } from '../e2e/files.ts'
import { inMiB, watchMemory } from '../e2e/memory.ts'
import { addressOf, leave, roomLink, startPageServer } from '../e2e/room.ts'
import { build, buildIsStale } from '../scripts/setup.mjs'
import { introductionMs, offerHashed, openRoomOf, takeSeconds } from './app.ts'
import { Browsers } from './browsers.ts'
import { rawSeconds } from './rawChannel.ts'

const { values } = parseArgs({ options: { mb: { type: 'string', default: '100' } } })
const sizeBytes = Number(values.mb) * 1_000_000
const rows: { what: string; measured: string; limit: string }[] = []
const rate = (seconds: number): number => sizeBytes / 1e6 / seconds

if (buildIsStale()) await build()
const server = await startPageServer()
const browsers = new Browsers()
const folder = await mkdtemp(join(tmpdir(), 'swarmdrop-bench-'))
const name = 'bench.bin'
try {
  const path = join(folder, name)
  await writeSampleFile(path, sizeBytes)
  const rawRate = await measureRaw()
  await measureOneToOne(path, rawRate)
  await measureOneToThree(path, rawRate)
  await measureIntroduction()
} finally {
  await browsers.close()
  await server.close()
  await rm(folder, { recursive: true, force: true })
}
console.log(`\nFile of ${values.mb} MB; each tab a browser of its own, all on this machine.\n`)
for (const { what, measured, limit } of rows)
  console.log(`${what.padEnd(64)} ${measured.padEnd(34)} ${limit}`)
// PeerServer's timers cannot be stopped and would keep the process for ever.
process.exit()

async function measureRaw(): Promise<number> {
  const [from, to] = [await browsers.open(addressOf(server)), await browsers.open(addressOf(server))]
  const raw = rate(await rawSeconds(from, to, sizeBytes))
  rows.push({
    what: 'bare data channel, one to one',
    measured: `${raw.toFixed(1)} MB/s`,
    limit: '1.00, by definition',
  })
  await browsers.close()
  return raw
}

async function measureOneToOne(path: string, rawRate: number): Promise<void> {
  const [from, to] = await openRoomOf(2, browsers, addressOf(server))
  if (!from || !to) return
  await offerHashed(from, path, name)
  const memory = await watchMemory(to)
  const reached = rate(await takeSeconds([to], name))
  const { heapAndBuffersBytes, residentBytes } = await memory.stop()
  rows.push({ what: 'one to one', measured: ratio(reached, rawRate), limit: 'at least 0.90 of the channel' })
  rows.push({
    what: 'memory of the receiving tab: heap and buffers (resident)',
    measured: `${inMiB(heapAndBuffersBytes)} (${inMiB(residentBytes)})`,
    limit: 'at most 100 MiB',
  })
  await browsers.close()
}

async function measureOneToThree(path: string, rawRate: number): Promise<void> {
  const [first, ...others] = await openRoomOf(6, browsers, addressOf(server))
  if (!first) return
  await offerHashed(first, path, name)
  const together = rate(await takeSeconds(others.slice(0, 3), name))
  rows.push({
    what: 'one to three at once, each',
    measured: ratio(together, rawRate),
    limit: 'all tabs share these cores',
  })
  const withFirst = rate(await takeSeconds(others.slice(3, 4), name))
  rows.push({
    what: 'to a fourth from four, the first sender among them',
    measured: ratio(withFirst, rawRate),
    limit: 'as one to one',
  })
  await leave(first)
  const withoutFirst = rate(await takeSeconds(others.slice(4, 5), name))
  rows.push({
    what: 'to a fifth from four, the first sender gone',
    measured: ratio(withoutFirst, rawRate),
    limit: 'as with it',
  })
  await browsers.close()
}

async function measureIntroduction(): Promise<void> {
  const first = await browsers.open(addressOf(server))
  const link = await roomLink(first)
  const spans = [await introductionMs(link, browsers)]
  await browsers.close()
  rows.push({
    what: 'link opened to peer seen, local broker',
    measured: spans.map((span) => `${(span / 1000).toFixed(2)} s`).join(', '),
    limit: 'at most 1.5 s',
  })
}

function ratio(reached: number, raw: number): string {
  return `${reached.toFixed(1)} MB/s, ${(reached / raw).toFixed(2)} of the channel`
}
