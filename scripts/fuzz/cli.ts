/*
 * Gives every parser of bytes from outside what nobody thought of, and rooms and swarms more liars than the tests have time for:
 * npm run fuzz -- --minutes 30 [--target NAME] [--seed 1] [--keep]
 * With --keep, inputs that come to something new go to the corpus. The exit code is 1 when anything failed.
 */
import { parseArgs } from 'node:util'
import { seededRandom } from '../../src/shared/random.ts'
import { keep, keptOf, spelled } from './corpus.ts'
import { fuzz } from './fuzzing.ts'
import type { Target } from './target.ts'
import { targets } from './targets.ts'
import { runSeeds, virtualRuns, type VirtualRun } from './virtualRuns.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    target: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean', default: false },
  },
})

/** Of the time of all targets, what each kind of run in virtual time gets: one run takes as long as thousands of inputs. */
const virtualPart = 1 / 5

process.exitCode = fuzzAll()

/** The exit code. */
function fuzzAll(): number {
  const isChosen = ({ name }: { readonly name: string }): boolean => [undefined, name].includes(values.target)
  const [parsers, runs] = [targets.filter(isChosen), virtualRuns.filter(isChosen)]
  const all = [...targets, ...virtualRuns].map(({ name }) => name)
  const minutes = Number(values.minutes)
  if (parsers.length + runs.length === 0 || !(minutes > 0)) {
    console.error(`--minutes is a number above 0, --target one of ${all.join(', ')}.`)
    return 2
  }
  const virtualShare = parsers.length === 0 ? 1 / runs.length : virtualPart
  const parserShare = (1 - virtualShare * runs.length) / parsers.length
  console.log(`seed ${values.seed}`)
  let failed = 0
  for (const target of parsers) failed += fuzzTarget(target, minutes * parserShare)
  for (const run of runs) failed += runVirtually(run, minutes * virtualShare)
  return failed === 0 ? 0 : 1
}

function isOverAfter(minutes: number): () => boolean {
  const endMs = performance.now() + minutes * 60_000
  return () => performance.now() > endMs
}

function fuzzTarget(target: Target, minutes: number): number {
  const kept = keptOf(target).map(({ input }) => input)
  const { runs, outcomes, found, failures } = fuzz(
    target,
    kept,
    seededRandom(Number(values.seed)),
    isOverAfter(minutes),
  )
  const keptNow = values.keep ? keep(target, found) : 0
  const perSecond = Math.round(runs / (minutes * 60))
  console.log(
    `${target.name.padEnd(15)} ${String(runs).padStart(9)} runs, ${perSecond} a second, ` +
      `${outcomes} outcomes, ${found.length} new, ${keptNow} kept, ${failures.length} failures`,
  )
  for (const { error, input } of failures) console.log(`  ${JSON.stringify(spelled(input))}\n  ${error}`)
  return failures.length
}

function runVirtually(virtualRun: VirtualRun, minutes: number): number {
  const { runs, failures } = runSeeds(virtualRun, Number(values.seed), isOverAfter(minutes))
  console.log(`${virtualRun.name.padEnd(15)} ${String(runs).padStart(9)} runs, ${failures.length} failures`)
  for (const { seed, faults } of failures) console.log(`  seed ${seed}: ${faults.join('; ')}`)
  return failures.length
}
