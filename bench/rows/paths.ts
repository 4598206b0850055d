import type { BrowserContext } from '@playwright/test'
import { firstBytesMs, offerHashed, openRoom, steadyRate, takeOne, wholeRate } from '../app.ts'
import { less, more, told, type Figure } from '../figures.ts'
import type { AccessLink } from '../netlab/netlab.ts'
import { pairOf, rawRate, type Pair } from '../pair.ts'
import { sampleName, Scene } from '../scene.ts'
import { printCounters, readCounters } from '../stats.ts'
import type { Teardown } from '../teardown.ts'
import { netOfHeaders, type Row } from './row.ts'

interface Path {
  /** Of the sender and of the receiver, in Mbit/s; 0 is no limit. */
  readonly upMbps: number
  readonly roundTripMs: number
  /** Of packets in both directions, from 0 to 1. */
  readonly lossRatio: number
  readonly sizeBytes: number
  readonly mustMBps?: number
}

/** Long enough that a window's beginning does not decide. */
const rawSeconds = 10

export const paths: readonly Row[] = [
  pathRow('uplink16', { upMbps: 16, roundTripMs: 80, lossRatio: 0, sizeBytes: 40e6, mustMBps: 1.8 }),
  pathRow('uplink2', { upMbps: 2, roundTripMs: 60, lossRatio: 0, sizeBytes: 5e6, mustMBps: 0.22 }),
  pathRow('loss', { upMbps: 0, roundTripMs: 20, lossRatio: 0.01, sizeBytes: 40e6, mustMBps: 3.5 }),
  pathRow('delay', { upMbps: 0, roundTripMs: 100, lossRatio: 0, sizeBytes: 60e6, mustMBps: 4 }),
  pathRow('lossAndDelay', { upMbps: 0, roundTripMs: 60, lossRatio: 0.005, sizeBytes: 20e6 }),
]

/** A path that no row has: `path:UP_MBPS:RTT_MS:LOSS_PERCENT[:MB]`. Null if `name` is not one. */
export function pathNamed(name: string): Row | null {
  const [, up, roundTrip, loss, size = '20'] =
    /^path:([\d.]+):([\d.]+):([\d.]+)(?::([\d.]+))?$/.exec(name) ?? []
  if (up === undefined) return null
  const lossRatio = Number(loss) / 100
  return pathRow(name, {
    upMbps: Number(up),
    roundTripMs: Number(roundTrip),
    lossRatio,
    sizeBytes: Number(size) * 1e6,
  })
}

function pathRow(name: string, path: Path): Row {
  return { name, shaped: true, run: (teardown) => measure(name, path, teardown) }
}

async function measure(name: string, path: Path, teardown: Teardown): Promise<Figure[]> {
  const { sizeBytes, upMbps } = path
  const scene = await Scene.onNetlab(teardown, linksOf(path))
  const contexts = pairOf(await scene.openBrowsers(2))
  const raw = upMbps > 0 ? null : await rawRates(scene, contexts)
  const [from, to] = pairOf(await openRoom(contexts, scene.site.app))
  await offerHashed(from, await scene.sampleFile(sizeBytes), sampleName)
  const sentBytes = await scene.sentMeter()
  const take = await takeOne(to, sampleName)
  const [wireBytes = 0] = await sentBytes()
  printCounters([await readCounters(from, 'sender'), await readCounters(to, 'receiver')])
  await scene.printDrops()
  const limit =
    raw === null
      ? `${((upMbps / 8) * netOfHeaders).toFixed(3)} net of headers`
      : `${(Math.max(raw.one, raw.eight) / 1e6).toFixed(2)} raw`
  return [
    more(describe(path), wholeRate(take, sizeBytes) / 1e6, 'MB/s', { limit, must: path.mustMBps }),
    more(`${name}: without beginning and end`, steadyRate(take, sizeBytes) / 1e6, 'MB/s', { limit }),
    less(`${name}: click to first piece kept`, firstBytesMs(take), 'ms'),
    less(`${name}: sent over wanted`, wireBytes / sizeBytes, '', { limit: (1 / netOfHeaders).toFixed(2) }),
    ...(raw === null
      ? []
      : [
          told(`${name}: raw, one lane`, raw.one / 1e6, 'MB/s'),
          told(`${name}: raw, eight lanes`, raw.eight / 1e6, 'MB/s'),
        ]),
  ]
}

/** A host's delay counts once on each side of a round trip; loss is the sender's alone, so that it counts once. */
function linksOf({ upMbps, roundTripMs, lossRatio }: Path): readonly AccessLink[] {
  const link = { upKbps: upMbps * 1000, downKbps: 0, delayMs: roundTripMs / 4 }
  return [
    { ...link, lossRatio },
    { ...link, lossRatio: 0 },
  ]
}

function describe({ upMbps, roundTripMs, lossRatio }: Path): string {
  const parts = [
    upMbps > 0 ? `${upMbps} Mbit/s up` : null,
    lossRatio > 0 ? `${lossRatio * 100} % loss` : null,
    `${roundTripMs} ms`,
  ]
  return parts.filter((part) => part !== null).join(', ')
}

/** Bytes a second of one bare channel and of eight side by side, on this very path. */
async function rawRates(scene: Scene, contexts: Pair<BrowserContext>) {
  const options = { totalBytes: Number.POSITIVE_INFINITY, atMostSeconds: rawSeconds }
  return {
    one: await rawRate(scene, contexts, { ...options, lanes: 1 }),
    eight: await rawRate(scene, contexts, { ...options, lanes: 8 }),
  }
}
