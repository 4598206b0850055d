import { offerHashed, openRoom, steadyRate, takeShare, wholeRate } from '../app.ts'
import type { Figure } from '../figures.ts'
import type { AccessLink } from '../netlab/netlab.ts'
import { rawBytesPerSecond } from '../rawChannel.ts'
import { openPage, pairOf, sampleName, Scene } from '../scene.ts'
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
  const scene = await Scene.onNetlab(teardown, linksOf(path))
  const contexts = await scene.openBrowsers(2)
  const raw = path.upMbps > 0 ? null : await rawRates(scene, pairOf(contexts))
  const [from, to] = pairOf(await openRoom(contexts, scene.site.app))
  await offerHashed(from, await scene.sampleFile(path.sizeBytes), sampleName)
  const before = await scene.lab?.counters()
  const [take] = await takeShare([to], sampleName)
  const after = await scene.lab?.counters()
  if (take === undefined) return []
  printCounters([await readCounters(from, 'sender'), await readCounters(to, 'receiver')])
  const wireBytes = (after?.[1]?.sentBytes ?? 0) - (before?.[1]?.sentBytes ?? 0)
  const bestRaw = raw === null ? null : Math.max(raw.one, raw.eight)
  const limit =
    bestRaw === null
      ? `${((path.upMbps / 8) * netOfHeaders).toFixed(3)} MB/s net of headers`
      : `${(bestRaw / 1e6).toFixed(2)} MB/s raw`
  const what = describe(path)
  const rate = wholeRate(take, path.sizeBytes) / 1e6
  const must = path.mustMBps === undefined ? {} : { must: path.mustMBps }
  return [
    { what, value: rate, unit: 'MB/s', better: 'more', limit, ...must },
    {
      what: `${name}: without beginning and end`,
      value: steadyRate(take, path.sizeBytes) / 1e6,
      unit: 'MB/s',
      better: 'more',
      limit,
    },
    {
      what: `${name}: sent over wanted`,
      value: wireBytes / path.sizeBytes,
      unit: '',
      better: 'less',
      limit: (1 / netOfHeaders).toFixed(2),
    },
    ...(raw === null
      ? []
      : [
          { what: `${name}: raw, one lane`, value: raw.one / 1e6, unit: 'MB/s' } as const,
          { what: `${name}: raw, eight lanes`, value: raw.eight / 1e6, unit: 'MB/s' } as const,
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
async function rawRates(
  scene: Scene,
  [first, second]: ReturnType<typeof pairOf<Awaited<ReturnType<Scene['openBrowser']>>>>,
): Promise<{ readonly one: number; readonly eight: number }> {
  const [from, to] = [await openPage(first, scene.site.empty), await openPage(second, scene.site.empty)]
  const options = { totalBytes: Number.POSITIVE_INFINITY, atMostSeconds: rawSeconds }
  const one = await rawBytesPerSecond(from, to, { ...options, lanes: 1 })
  const eight = await rawBytesPerSecond(from, to, { ...options, lanes: 8 })
  for (const page of [from, to]) await page.close()
  return { one, eight }
}
