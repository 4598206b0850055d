import { concatBytes, textFromUtf8, utf8FromText, type Bytes } from '../../src/shared/bytes.ts'
import { randomBelow, randomBytes, type Random } from '../../src/shared/random.ts'
import { changedJson } from './jsonMutator.ts'
import { inRow, messagesIn } from './messageRows.ts'
import type { InputKind } from './target.ts'

/** Longer than the longest message, so that limits are met from both sides. */
const lengthMaxBytes = 80_000

/** Numbers at which something ends: of one, two and four bytes. */
const edges = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
]

/** What parsers of text stumble over. */
const words = [
  ...'" \\ { } [ ] , : = # / .. % null true NaN -0 1e999 1e-7 0.5 -1 4294967296 9007199254740993'.split(' '),
  ...'"\\ud800" "__proto__": "type": "constructor": a=candidate: https:// con. .local ſ 👍'.split(' '),
  ...'m=application 9|a=fingerprint:sha-256 | typ host| |\n|\r|\r\n|\0|\u2028|\ufeff|\u00a0|\u202e'.split(
    '|',
  ),
]

type Change = (input: Bytes, pick: Pick) => Bytes

/** Chance, as changes need it. */
interface Pick {
  readonly random: Random
  readonly below: (bound: number) => number
  /** Another input, to take something from. */
  readonly other: Bytes
}

/** The input with one or a few changes, most of them small; `other` may be spliced into it. */
export function mutate(input: Bytes, other: Bytes, kind: InputKind, random: Random): Bytes {
  const pick: Pick = { random, below: (bound) => randomBelow(random, Math.max(1, bound)), other }
  const changes = { bytes: byteChanges, text: textChanges, row: rowChanges }[kind]
  let changed = input
  do changed = changes[pick.below(changes.length)]?.(changed, pick) ?? changed
  while (pick.below(2) === 0)
  return changed.slice(0, lengthMaxBytes)
}

const replaced = (input: Bytes, from: number, to: number, by: Uint8Array): Bytes =>
  concatBytes([input.subarray(0, from), by, input.subarray(to)])

/** A stretch of the input, mostly short. */
function span(input: Bytes, { below }: Pick): [from: number, to: number] {
  const from = below(input.length + 1)
  const lengthMax = below(4) === 0 ? input.length : 8
  return [from, Math.min(input.length, from + below(lengthMax + 1))]
}

const flipBit: Change = (input, { below }) => {
  const at = below(input.length)
  return input.length === 0 ? input : input.with(at, (input[at] ?? 0) ^ (1 << below(8)))
}

const setByte: Change = (input, { below }) =>
  input.length === 0 ? input : input.with(below(input.length), below(256))

const setEdge: Change = (input, { below }) => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, edges[below(edges.length)] ?? 0)
  const lengthBytes = [1, 2, 4][below(3)] ?? 4
  const at = below(input.length)
  return replaced(input, at, Math.min(input.length, at + lengthBytes), bytes.subarray(4 - lengthBytes))
}

const insert: Change = (input, { below, random }) => {
  const at = below(input.length + 1)
  return replaced(input, at, at, randomBytes(random, 1 + below(16)))
}

const remove: Change = (input, pick) => replaced(input, ...span(input, pick), new Uint8Array(0))

const cut: Change = (input, { below }) => input.slice(0, below(input.length + 1))

const repeat: Change = (input, pick) => {
  const [from, to] = span(input, pick)
  const times = pick.below(16) === 0 ? pick.below(3000) : pick.below(8)
  const timesMax = Math.floor(lengthMaxBytes / Math.max(1, to - from))
  const part = input.subarray(from, to)
  return replaced(input, to, to, concatBytes(Array.from({ length: Math.min(times, timesMax) }, () => part)))
}

const splice: Change = (input, pick) =>
  replaced(input, ...span(input, pick), pick.other.subarray(...span(pick.other, pick)))

const joinEnds: Change = (input, { below, other }) =>
  concatBytes([input.subarray(0, below(input.length + 1)), other.subarray(below(other.length + 1))])

const insertWord: Change = (input, pick) => {
  const [from, to] = span(input, pick)
  const word = utf8FromText(words[pick.below(words.length)] ?? '')
  return replaced(input, from, pick.below(2) === 0 ? from : to, word)
}

const changeJson: Change = (input, { below, other }) => {
  const changed = changedJson(textFromUtf8(input) ?? '', textFromUtf8(other) ?? '', below)
  return changed === null ? input : utf8FromText(changed)
}

const byteChanges: readonly Change[] = [
  flipBit,
  setByte,
  setEdge,
  setEdge,
  insert,
  remove,
  cut,
  repeat,
  splice,
  joinEnds,
]
const textChanges: readonly Change[] = [
  flipBit,
  insert,
  remove,
  cut,
  repeat,
  splice,
  joinEnds,
  insertWord,
  insertWord,
  insertWord,
  ...Array.from({ length: 10 }, () => changeJson),
]

/** A row of messages with one of them changed, moved, doubled, left out, or put in from elsewhere. */
const changeRow: Change = (input, pick) => {
  const { below, random, other } = pick
  const row = messagesIn(input)
  const others = messagesIn(other)
  const [from, to] = [below(row.length), below(row.length + 1)]
  const message = row[from] ?? new Uint8Array(0)
  const another = others[below(others.length)] ?? message
  const changes: (() => Bytes[])[] = [
    () => row.with(from, mutate(message, another, 'bytes', random)),
    () => row.toSpliced(to, 0, message),
    () => row.toSpliced(to, 0, another),
    () => row.toSpliced(to, 0, new Uint8Array(0)),
    () => row.toSpliced(from, 1),
    () => [...row.slice(0, from), ...others],
    () => row.toSpliced(from, 1).toSpliced(to, 0, message),
  ]
  return row.length === 0 ? inRow(others) : inRow(changes[below(changes.length)]?.() ?? row)
}

const rowChanges: readonly Change[] = [...Array.from({ length: 8 }, () => changeRow), cut, flipBit]
