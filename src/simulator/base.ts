import type { Outcome } from './outcome.ts'
import type { ScenarioName } from './scenarios.ts'

/** A scenario of so many peers, run with the seeds from 1. */
export interface Room {
  readonly scenario: ScenarioName
  readonly peers: number
  readonly seeds: number
}

/** What `base.json` has a line of for each run, so that a change to them can be read. */
export interface Figures {
  readonly scenario: string
  readonly peers: number
  readonly seed: number
  /** The time of the last receiver over the bound. */
  readonly ratio: number
  /** Bytes received over bytes needed, less 1. */
  readonly waste: number
  /** Bytes on the wire over bytes needed. */
  readonly wire: number
  /** Messages sent for each piece that somebody got. */
  readonly messages: number
}

/** The rooms whose figures are kept; one of the peers is the source. More seeds where seeds differ more. */
export const rooms: readonly Room[] = [
  { scenario: 'flashCrowd', peers: 3, seeds: 8 },
  { scenario: 'flashCrowd', peers: 7, seeds: 6 },
  { scenario: 'flashCrowd', peers: 9, seeds: 6 },
  { scenario: 'flashCrowd', peers: 12, seeds: 4 },
  { scenario: 'flashCrowd', peers: 30, seeds: 2 },
  { scenario: 'largeShare', peers: 9, seeds: 2 },
  { scenario: 'hiddenTab', peers: 7, seeds: 6 },
  { scenario: 'classes', peers: 7, seeds: 6 },
  { scenario: 'lossyLinks', peers: 7, seeds: 6 },
  { scenario: 'freeRider', peers: 7, seeds: 6 },
  { scenario: 'inOrder', peers: 7, seeds: 6 },
  { scenario: 'late', peers: 9, seeds: 6 },
  { scenario: 'twoShares', peers: 7, seeds: 6 },
  { scenario: 'mesh', peers: 60, seeds: 2 },
  { scenario: 'slowHash', peers: 7, seeds: 6 },
  { scenario: 'partition', peers: 7, seeds: 6 },
  { scenario: 'sourceLeaves', peers: 7, seeds: 6 },
  { scenario: 'churn', peers: 10, seeds: 12 },
  { scenario: 'hostile', peers: 9, seeds: 12 },
  { scenario: 'sourceReturns', peers: 6, seeds: 12 },
  { scenario: 'flaky', peers: 7, seeds: 16 },
  { scenario: 'restless', peers: 6, seeds: 20 },
  { scenario: 'bigPieces', peers: 4, seeds: 4 },
  { scenario: 'passedOn', peers: 4, seeds: 2 },
  { scenario: 'passedOn', peers: 7, seeds: 2 },
  { scenario: 'meshPartition', peers: 16, seeds: 2 },
  { scenario: 'meshSplit', peers: 16, seeds: 2 },
  { scenario: 'meshChurn', peers: 14, seeds: 2 },
  { scenario: 'room', peers: 30, seeds: 1 },
]

const decimals = 4

/** Null where not everyone finished. */
export function figuresOf({ scenario, peers }: Room, seed: number, outcome: Outcome): Figures | null {
  if (outcome.lastMs === null) return null
  const ratio = Number((outcome.lastMs / outcome.boundMs).toFixed(decimals))
  const waste = Number(outcome.waste.toFixed(decimals))
  const wire = Number(outcome.wire.toFixed(decimals))
  const messages = Number(outcome.messagesAPiece.toFixed(decimals))
  return { scenario, peers, seed, ratio, waste, wire, messages }
}

/** Of the figures of many rooms, those of this one. */
export const figuresOfRoom = ({ scenario, peers, seeds }: Room, figures: readonly Figures[]): Figures[] =>
  figures.filter((one) => one.scenario === scenario && one.peers === peers && one.seed <= seeds)

/** What is measured, and the least change that means something: 3 % of the time and the bytes, 1 % of the share, a tenth of the messages. */
const measures = {
  ratio: (mean: number): number => 0.03 * mean,
  waste: (): number => 0.01,
  wire: (mean: number): number => 0.03 * mean,
  messages: (mean: number): number => 0.1 * mean,
} as const

const measureNames = ['ratio', 'waste', 'wire', 'messages'] as const

/**
 * How a room's means differ from the base beyond noise, for the worse or the better, and each run before and after, in words; null
 * when they do not. Any change to what peers do gives each seed another run, so only means tell. Noise is three standard errors of
 * the difference of two means of so many seeds, each with the spread of the base's seeds: less would cry wolf, with some twenty means.
 */
export function changeOf(base: readonly Figures[], now: readonly Figures[]): string | null {
  if (base.length !== now.length) return 'There are no figures of this room and these seeds.'
  const changes = measureNames.flatMap((measure) => {
    const [before, after] = [base, now].map((figures) => figures.map((one) => one[measure]))
    if (!before || !after) return []
    const [meanBefore, meanAfter] = [mean(before), mean(after)]
    const noise = 3 * spread(before) * Math.sqrt(2 / before.length)
    const change = meanAfter - meanBefore
    if (Math.abs(change) <= Math.max(noise, measures[measure](meanBefore))) return []
    const way = change > 0 ? 'WORSE' : 'better'
    return `${measure} ${meanBefore.toFixed(3)} -> ${meanAfter.toFixed(3)}, ${way}`
  })
  return changes.length === 0 ? null : [...changes, ...bySeed(base, now)].join('\n')
}

const bySeed = (base: readonly Figures[], now: readonly Figures[]): string[] =>
  now.map((run, at) => {
    const changes = measureNames.map((name) => `${name} ${base[at]?.[name] ?? '-'} -> ${run[name]}`)
    return `--scenario ${run.scenario} --peers ${run.peers} --seed ${run.seed}: ${changes.join(', ')}`
  })

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** The standard deviation of what the values are a sample of; 0 for one value. */
function spread(values: readonly number[]): number {
  const middle = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0)
  return Math.sqrt(squares / Math.max(1, values.length - 1))
}
