import { lastSeconds, offerHashed, openRoom, takeShare } from '../app.ts'
import type { Figure } from '../figures.ts'
import type { AccessLink, HostCounters } from '../netlab/netlab.ts'
import { sampleName, Scene } from '../scene.ts'
import { printCounters, readCounters, sumOf } from '../stats.ts'
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

const sizeBytes = 12e6
/** The least that headers and acknowledgements allow. */
const floorOverBound = (1 / netOfHeaders).toFixed(2)

/** So many receivers who begin together, everybody with the same uplink. */
function equalSwarm(receivers: number, musts: Partial<Swarm> = {}): Row {
  return swarmRow({
    name: `swarm${receivers}`,
    what: `${receivers} receivers, 4 Mbit/s up each, 12 MB`,
    sizeBytes,
    upMbps: Array.from({ length: receivers + 1 }, () => 4),
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
    sizeBytes,
    upMbps: [4, 1, 1, 2, 2, 8, 8],
  }),
]

/** A number of receivers that no row has: `swarm:N`. Null if `name` is not one. */
export function swarmNamed(name: string): Row | null {
  const [, receivers] = /^swarm:(\d+)$/.exec(name) ?? []
  return receivers === undefined ? null : { ...equalSwarm(Number(receivers)), name }
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

/** Seconds in which all can have it at the best: Kurose & Ross; Kumar & Ross 2006. Downlinks are not limited here. */
export function boundSeconds(size: number, upMbps: readonly number[]): number {
  const rates = upMbps.map((mbps) => (mbps * 1e6) / 8)
  const total = rates.reduce((sum, rate) => sum + rate, 0)
  const receivers = rates.length - 1
  return Math.max(size / (rates[0] ?? 1), (receivers * size) / total)
}

async function measure(swarm: Swarm, teardown: Teardown): Promise<Figure[]> {
  const { name, what, upMbps } = swarm
  const scene = await Scene.onNetlab(teardown, upMbps.map(accessLink))
  const contexts = await scene.openBrowsers(upMbps.length)
  const [origin, ...receivers] = await openRoom(contexts, scene.site.app)
  if (origin === undefined || scene.lab === null) return []
  await offerHashed(origin, await scene.sampleFile(swarm.sizeBytes), sampleName)
  const before = await scene.lab.counters()
  const takes = await takeShare(receivers, sampleName)
  const wire = since(before, await scene.lab.counters())
  const pages = [
    await readCounters(origin, 'origin'),
    ...(await Promise.all(receivers.map((page, at) => readCounters(page, `receiver ${at + 1}`)))),
  ]
  printCounters(pages)
  const seconds = lastSeconds(takes)
  const wantedBytes = swarm.sizeBytes * receivers.length
  const bound = boundSeconds(swarm.sizeBytes, upMbps)
  const capacityBytes = upMbps.reduce((sum, mbps) => sum + (mbps * 1e6 * seconds) / 8, 0)
  const sentBytes = wire.reduce((sum, bytes) => sum + bytes, 0)
  const common = { unit: '', better: 'less' } as const
  const mustBound = swarm.mustOverBound === undefined ? {} : { must: swarm.mustOverBound }
  const mustWanted = swarm.mustOverWanted === undefined ? {} : { must: swarm.mustOverWanted }
  return [
    {
      what: `${what}: last over the bound of ${bound.toFixed(1)} s`,
      value: seconds / bound,
      ...common,
      limit: floorOverBound,
      ...mustBound,
    },
    { what: `${name}: last`, value: seconds, unit: 's', better: 'less', limit: `${bound.toFixed(1)} s` },
    {
      what: `${name}: bytes on the wire over bytes wanted`,
      value: sentBytes / wantedBytes,
      ...common,
      limit: '1.10 with acknowledgements',
      ...mustWanted,
    },
    {
      what: `${name}: handed to channels over wanted`,
      value: sumOf(pages, 'channelSentBytes') / wantedBytes,
      ...common,
      limit: '1.00',
    },
    {
      what: `${name}: sent by transports over wanted`,
      value: sumOf(pages, 'transportSentBytes') / wantedBytes,
      ...common,
    },
    {
      what: `${name}: origin's bytes over the file`,
      value: sumOf(pages.slice(0, 1), 'channelSentBytes') / swarm.sizeBytes,
      ...common,
      limit: '1.00 (each piece once)',
    },
    {
      what: `${name}: uplinks idle`,
      value: 100 * (1 - sentBytes / capacityBytes),
      unit: '%',
      better: 'less',
    },
  ]
}

/** Bytes that each host but the site's sent between two looks. */
export function since(before: readonly HostCounters[], after: readonly HostCounters[]): number[] {
  return after.slice(1).map(({ sentBytes }, at) => sentBytes - (before[at + 1]?.sentBytes ?? 0))
}
