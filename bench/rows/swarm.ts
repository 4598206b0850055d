import { lastSeconds, offerHashed, openRoom, takeShare } from '../app.ts'
import { less, type Figure } from '../figures.ts'
import type { AccessLink } from '../netlab/netlab.ts'
import type { Take } from '../probe.ts'
import { sampleName, Scene } from '../scene.ts'
import { printCounters, readCounters, sumOf, type PageCounters } from '../stats.ts'
import type { Teardown } from '../teardown.ts'
import { netOfHeaders, type Row } from './row.ts'

interface Swarm {
  readonly name: string
  readonly what: string
  readonly sizeBytes: number
  /** In Mbit/s: the origin's first, then one for each receiver. */
  readonly upMbps: readonly number[]
  readonly mustOverBound?: number
  readonly mustOverWanted?: number
}

/** What every swarm takes. */
export const swarmBytes = 12e6
/** The least that headers and acknowledgements allow. */
const floorOverBound = (1 / netOfHeaders).toFixed(2)

/** Of the origin and so many receivers, all the same. */
export const swarmUpMbps = (receivers: number, upMbps = 4): number[] =>
  Array.from({ length: receivers + 1 }, () => upMbps)

/** So many receivers who begin together, everybody with the same uplink. */
const equalSwarm = (receivers: number, musts: Partial<Swarm> = {}): Row =>
  swarmOf(`swarm${receivers}`, receivers, 4, swarmBytes / 1e6, musts)

function swarmOf(
  name: string,
  receivers: number,
  upMbps: number,
  sizeMB: number,
  musts: Partial<Swarm> = {},
): Row {
  return swarmRow({
    name,
    what: `${receivers} ${receivers === 1 ? 'receiver' : 'receivers'}, ${upMbps} Mbit/s up each, ${sizeMB} MB`,
    sizeBytes: sizeMB * 1e6,
    upMbps: swarmUpMbps(receivers, upMbps),
    ...musts,
  })
}

export const swarms: readonly Row[] = [
  equalSwarm(1),
  equalSwarm(2),
  equalSwarm(4),
  equalSwarm(6, { mustOverBound: 1.2, mustOverWanted: 1.14 }),
  equalSwarm(8, { mustOverBound: 1.22, mustOverWanted: 1.14 }),
  swarmRow({
    name: 'unequal',
    what: '6 receivers, uplinks from 1 to 8 Mbit/s, the origin 4',
    sizeBytes: swarmBytes,
    upMbps: [4, 1, 1, 2, 2, 8, 8],
  }),
  // Above 92 MB a piece has several blocks.
  swarmOf('large', 3, 16, 100),
]

/** A swarm that no row has: `swarm:N[:UP_MBPS[:MB]]`. Null if `name` is not one. */
export function swarmNamed(name: string): Row | null {
  const [, receivers, up = '4', size = '12'] = /^swarm:(\d+)(?::([\d.]+)(?::([\d.]+))?)?$/.exec(name) ?? []
  return receivers === undefined ? null : swarmOf(name, Number(receivers), Number(up), Number(size))
}

function swarmRow(swarm: Swarm): Row {
  return { name: swarm.name, shaped: true, run: (teardown) => measure(swarm, teardown) }
}

export const accessLink = (upMbps: number): AccessLink => ({
  upKbps: upMbps * 1000,
  downKbps: 0,
  delayMs: 5,
  lossRatio: 0,
})

const bytesPerSecond = (upMbps: readonly number[]): number => (sumBytes(upMbps) * 1e6) / 8

/** Seconds in which all can have it at the best: Kurose & Ross; Kumar & Ross 2006. Downlinks are not limited here. */
export function boundSeconds(sizeBytes: number, upMbps: readonly number[]): number {
  const ofOrigin = sizeBytes / bytesPerSecond(upMbps.slice(0, 1))
  const ofAll = ((upMbps.length - 1) * sizeBytes) / bytesPerSecond(upMbps)
  return Math.max(ofOrigin, ofAll)
}

async function measure(swarm: Swarm, teardown: Teardown): Promise<Figure[]> {
  const scene = await Scene.onNetlab(teardown, swarm.upMbps.map(accessLink))
  const contexts = await scene.openBrowsers(swarm.upMbps.length)
  const pages = await openRoom(contexts, scene.site.app)
  const [origin, receivers] = [pages.slice(0, 1), pages.slice(1)]
  for (const page of origin) await offerHashed(page, await scene.sampleFile(swarm.sizeBytes), sampleName)
  const sentBytes = await scene.sentMeter()
  const takes = await takeShare(receivers, sampleName)
  const wireBytes = sumBytes(await sentBytes())
  const counters = await Promise.all(
    pages.map((page, at) => readCounters(page, at === 0 ? 'origin' : `receiver ${at}`)),
  )
  printCounters(counters)
  await scene.printDrops()
  return [...timeFigures(swarm, takes), ...byteFigures(swarm, takes, counters, wireBytes)]
}

function timeFigures({ name, what, ...swarm }: Swarm, takes: readonly Take[]): Figure[] {
  const seconds = lastSeconds(takes)
  const bound = boundSeconds(swarm.sizeBytes, swarm.upMbps)
  const over = { limit: floorOverBound, must: swarm.mustOverBound }
  return [
    less(`${what}: last over the bound of ${bound.toFixed(1)} s`, seconds / bound, '', over),
    less(`${name}: last`, seconds, 's', { limit: `${bound.toFixed(1)} s` }),
  ]
}

/** Where the time went: waste, headers and repeats, an origin that gives a piece twice, idleness. */
function byteFigures(
  { name, upMbps, ...swarm }: Swarm,
  takes: readonly Take[],
  counters: readonly PageCounters[],
  wireBytes: number,
): Figure[] {
  const wantedBytes = swarm.sizeBytes * takes.length
  const handedBytes = sumOf(counters, 'channelSentBytes')
  const ofOrigin = sumOf(counters.slice(0, 1), 'channelSentBytes') / swarm.sizeBytes
  const idleRatio = (sent: number, seconds: number) => 1 - sent / (bytesPerSecond(upMbps) * seconds)
  const idle = 100 * idleRatio(wireBytes, lastSeconds(takes))
  const idleAtBest =
    100 * idleRatio(wantedBytes / netOfHeaders, boundSeconds(swarm.sizeBytes, upMbps) / netOfHeaders)
  const onWire = { limit: '1.10 with acknowledgements', must: swarm.mustOverWanted }
  return [
    less(`${name}: bytes on the wire over wanted`, wireBytes / wantedBytes, '', onWire),
    less(`${name}: handed to channels over wanted`, handedBytes / wantedBytes, '', { limit: '1.00' }),
    less(`${name}: sent by transports over wanted`, sumOf(counters, 'transportSentBytes') / wantedBytes, ''),
    less(`${name}: the origin's bytes over the file`, ofOrigin, '', { limit: '1.00, each piece once' }),
    less(`${name}: uplinks idle`, idle, '%', { limit: `${idleAtBest.toFixed(0)} at the bound` }),
  ]
}

const sumBytes = (each: readonly number[]): number => each.reduce((sum, bytes) => sum + bytes, 0)
