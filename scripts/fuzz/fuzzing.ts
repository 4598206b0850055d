import type { Bytes } from '../../src/shared/bytes.ts'
import { randomBelow, type Random } from '../../src/shared/random.ts'
import { mutate } from './mutator.ts'
import { outcomeOf, signatureOf } from './shapes.ts'
import { shrunk } from './shrink.ts'
import type { Target } from './target.ts'

/** An input that made a target break its word. */
export interface Failure {
  readonly error: string
  /** As short as it could be made. */
  readonly input: Bytes
}

/** An input and what comes of it. */
export interface Found {
  readonly outcome: string
  readonly input: Bytes
}

/** What came of fuzzing one target. */
export interface Tally {
  readonly runs: number
  readonly outcomes: number
  /** One for each outcome that no kept input or seed had. */
  readonly found: readonly Found[]
  readonly failures: readonly Failure[]
}

/** Inputs that others are made of: short, so that many can be tried. */
const poolLengthMaxBytes = 8 * 1024
const poolMax = 2000
/** A parser that takes this long over so little takes too long; twice more, so that a busy machine is not blamed. */
const runMaxMs = 250
/** What is kept for good is small. */
const keptLengthMaxBytes = 2 * 1024
const outcomesKeptMax = 200
const failuresMax = 20
/** What is only kept need not be as short as what somebody has to understand. */
const keptTriesMax = 300
const failureTriesMax = 3000

/** Gives a target changed inputs until it is over; those that come to something new are changed further. */
export function fuzz(
  target: Target,
  kept: readonly Bytes[],
  random: Random,
  isOver: (runs: number) => boolean,
): Tally {
  const pool = [...target.seeds, ...kept]
  const seen = new Seen(target)
  for (const input of pool) seen.look(input)
  seen.forgetFound()
  const pick = (): Bytes => pool[randomBelow(random, pool.length)] ?? new Uint8Array(0)
  let runs = 0
  while (!isOver(runs)) {
    runs++
    const input = mutate(pick(), pick(), target.kind, random)
    const isNew = seen.look(input)
    if (isNew && input.length <= poolLengthMaxBytes && pool.length < poolMax) pool.push(input)
  }
  return { runs, outcomes: seen.outcomes.size, found: seen.found, failures: seen.failures() }
}

/** What has come of a target's inputs so far. */
class Seen {
  readonly outcomes = new Set<string>()
  readonly #target: Target
  readonly #signatures = new Set<string>()
  readonly #kept = new Map<string, Found>()
  readonly #failures = new Map<string, Failure>()
  #knownCount = 0

  constructor(target: Target) {
    this.#target = target
  }

  /** Whether what comes of it is new. */
  look(input: Bytes): boolean {
    const tried = tryInput(this.#target, input)
    if ('error' in tried) {
      this.#failed(input, tried.error)
      return false
    }
    const { outcome, signature } = tried
    this.outcomes.add(outcome)
    this.#keep(input, outcome)
    const isNew = !this.#signatures.has(signature)
    this.#signatures.add(signature)
    return isNew
  }

  /** What was seen so far is nothing new. */
  forgetFound(): void {
    this.#knownCount = this.#kept.size
  }

  get found(): Found[] {
    return [...this.#kept.values()].slice(this.#knownCount)
  }

  failures(): Failure[] {
    return [...this.#failures.values()]
  }

  #keep(input: Bytes, outcome: string): void {
    const isKept = this.#kept.has(outcome)
    if (isKept || this.#kept.size >= outcomesKeptMax || input.length > keptLengthMaxBytes) return
    this.#kept.set(outcome, { outcome, input })
  }

  #failed(input: Bytes, error: string): void {
    const kind = kindOf(error)
    if (this.#failures.has(kind) || this.#failures.size >= failuresMax) return
    const stillFails = (shorter: Bytes): boolean => {
      const again = tryInput(this.#target, shorter)
      return 'error' in again && kindOf(again.error) === kind
    }
    this.#failures.set(kind, { error, input: shrunk(input, failureTriesMax, stillFails) })
  }
}

/** A shorter input that comes to the same. */
export function shortened(target: Target, { outcome, input }: Found): Found {
  const staysSo = (shorter: Bytes): boolean => {
    const again = tryInput(target, shorter)
    return 'outcome' in again && again.outcome === outcome
  }
  return { outcome, input: shrunk(input, keptTriesMax, staysSo) }
}

type Tried = { readonly outcome: string; readonly signature: string } | { readonly error: string }

/** What comes of one input, or how the target fails with it. */
export function tryInput(target: Target, input: Bytes): Tried {
  const startedMs = performance.now()
  try {
    const parsed = target.parse(input.slice())
    if (performance.now() - startedMs > runMaxMs && isSlow(target, input)) return { error: 'takes too long' }
    return { outcome: outcomeOf(parsed), signature: signatureOf(parsed) }
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

const isSlow = (target: Target, input: Bytes): boolean =>
  [1, 2].every(() => {
    const startedMs = performance.now()
    target.parse(input.slice())
    return performance.now() - startedMs > runMaxMs
  })

/** Where and how it fails, whatever the numbers. */
const kindOf = (error: string): string => error.split('\n').slice(0, 2).join(' ').replaceAll(/\d+/g, '0')
