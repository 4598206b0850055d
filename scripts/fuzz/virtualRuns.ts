import { hostileRun } from '../../src/room/testing/hostileRun.ts'
import { checkInvariants } from '../../src/simulator/invariants.ts'
import { scenarios } from '../../src/simulator/scenarios.ts'

/** A whole room or swarm with liars in it, in virtual time: the same seed gives the same run. */
export interface VirtualRun {
  readonly name: string
  /** What went wrong, in words; nothing when all is well. */
  readonly run: (seed: number) => string[]
}

/** The seeds of one kind of run that went wrong, and how. */
export interface RunsTally {
  readonly runs: number
  readonly failures: readonly { readonly seed: number; readonly faults: readonly string[] }[]
}

const swarmPeers = 9

export const virtualRuns: readonly VirtualRun[] = [
  { name: 'hostileRoom', run: (seed) => hostileRun({ seed }) },
  {
    name: 'hostileSwarm',
    run: (seed) =>
      scenarios.hostile.run(swarmPeers, seed, checkInvariants).lastMs === null ? ['not all finish'] : [],
  },
]

/** Runs one seed after the other until it is over. */
export function runSeeds({ run }: VirtualRun, firstSeed: number, isOver: () => boolean): RunsTally {
  const failures: { seed: number; faults: string[] }[] = []
  let seed = firstSeed
  for (; !isOver(); seed++) {
    const faults = faultsOf(() => run(seed))
    if (faults.length > 0) failures.push({ seed, faults })
  }
  return { runs: seed - firstSeed, failures }
}

function faultsOf(run: () => string[]): string[] {
  try {
    return run()
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)]
  }
}
