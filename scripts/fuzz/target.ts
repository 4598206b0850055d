import { textFromUtf8, utf8FromText, type Bytes } from '../../src/shared/bytes.ts'
import { inRow, messagesIn } from './messageRows.ts'

/** What a parser made of an input. */
export type Parsed =
  /** Why, in words that do not change with the input. */
  { readonly refused: string } | { readonly accepted: unknown }

/** What inputs are changed as. */
export type InputKind = 'bytes' | 'text' | 'row'

/** A parser of bytes from outside, and what must hold of it whatever it is given. */
export interface Target {
  readonly name: string
  readonly kind: InputKind
  /** What honest sides send, and a few of their edges. */
  readonly seeds: readonly Bytes[]
  /** Parses an input, and throws when the parser does, or when what it accepted is not what it must be. */
  readonly parse: (input: Bytes) => Parsed
}

export const refused = (why: string): Parsed => ({ refused: why })
export const accepted = (value: unknown): Parsed => ({ accepted: value })
/** For parsers that answer null to what they refuse. */
export const acceptedUnlessNull = (value: unknown): Parsed =>
  value === null ? refused('null') : accepted(value)

export const bytesTarget = (
  name: string,
  seeds: readonly Bytes[],
  parse: (input: Bytes) => Parsed,
): Target => ({ name, kind: 'bytes', seeds, parse })

/** What hears one message after the other. */
export const rowTarget = (
  name: string,
  seeds: readonly (readonly Bytes[])[],
  parse: (messages: readonly Bytes[]) => Parsed,
): Target => ({ name, kind: 'row', seeds: seeds.map(inRow), parse: (input) => parse(messagesIn(input)) })

/** A parser of text: it is given what is no UTF-8, too, one character a byte. */
export const textTarget = (
  name: string,
  seeds: readonly string[],
  parse: (text: string) => Parsed,
): Target => ({
  name,
  kind: 'text',
  seeds: seeds.map(utf8FromText),
  parse: (input) => parse(textFromUtf8(input) ?? String.fromCharCode(...input.subarray(0, 10_000))),
})

/** Undefined for what is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether two values are spelled the same as JSON, in which 0 and -0 are. */
export const isSameJson = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other)
