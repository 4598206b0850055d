import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { textFromUtf8, utf8FromText, type Bytes } from '../../src/shared/bytes.ts'
import { shortened, type Found } from './fuzzing.ts'
import type { Target } from './target.ts'

/*
 * Inputs that came to something no other did, one a line, a file a target. A test gives them all to their parsers; the fuzzer makes
 * others of them.
 */

/** So many of one target, those that came first: the corpus stays small. */
const entriesMax = 40

/** An input as text where it is some, in base64 where not. */
type Entry = { readonly outcome: string } & ({ readonly text: string } | { readonly base64: string })

const fileOf = (target: Target): URL => new URL(`corpus/${target.name}.json`, import.meta.url)

/** The inputs kept for a target. */
export function keptOf(target: Target): Found[] {
  if (!existsSync(fileOf(target))) return []
  const entries = JSON.parse(readFileSync(fileOf(target), 'utf8')) as Entry[]
  return entries.map((entry) => ({ outcome: entry.outcome, input: inputOf(entry) }))
}

/** Keeps these too, as far as there is room, and says how many. */
export function keep(target: Target, found: readonly Found[]): number {
  const kept = keptOf(target)
  const added = found.slice(0, Math.max(0, entriesMax - kept.length))
  if (added.length === 0) return 0
  const shorter = added.map((one) => shortened(target, one))
  const lines = [...kept, ...shorter].map((one) => `  ${JSON.stringify(entryOf(one))}`)
  writeFileSync(fileOf(target), `[\n${lines.join(',\n')}\n]\n`)
  return added.length
}

/** An input as a line in a file or on a screen. */
export function spelled(input: Bytes): { readonly text: string } | { readonly base64: string } {
  const text = textFromUtf8(input)
  // Decoding drops a byte order mark, and what cannot be seen should not have to be.
  const isPlain = text !== null && Buffer.from(text).equals(input) && !/[^\P{Cc}\n]/u.test(text)
  return isPlain ? { text } : { base64: Buffer.from(input).toString('base64') }
}

const entryOf = ({ outcome, input }: Found): Entry => ({ outcome, ...spelled(input) })

const inputOf = (entry: Entry): Bytes =>
  'text' in entry ? utf8FromText(entry.text) : new Uint8Array(Buffer.from(entry.base64, 'base64'))
