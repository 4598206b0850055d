import * as v from 'valibot'
import { fail, ok, type Result } from './result.ts'

/** Why a text from a stranger is not what it should be. */
export type ParseFault =
  | { readonly code: 'oversized'; readonly lengthUnits: number }
  | { readonly code: 'notJson' }
  | { readonly code: 'malformed' }

/** One fault is enough: what a stranger sends may have any number of them. */
const firstFaultOnly = { abortEarly: true, abortPipeEarly: true }

/** What the schema makes of the JSON in a text of at most `lengthMax` UTF-16 units. Never throws. */
export function parseJson<Value>(
  text: string,
  lengthMax: number,
  schema: v.GenericSchema<unknown, Value>,
): Result<Value, ParseFault> {
  if (text.length > lengthMax) return fail({ code: 'oversized', lengthUnits: text.length })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fail({ code: 'notJson' })
  }
  const parsed = v.safeParse(schema, value, firstFaultOnly)
  return parsed.success ? ok(parsed.output) : fail({ code: 'malformed' })
}

/** A list whose length is looked at before its items are. */
export const listOf = <Item>(item: v.GenericSchema<unknown, Item>, lengthMax: number) =>
  v.pipe(
    v.custom<unknown[]>((value) => Array.isArray(value) && value.length <= lengthMax),
    v.array(item),
  )

/** A text that is not empty. */
export const textOf = (lengthMax: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(lengthMax))

/** A whole number from 0 to `max`. Not -0: nothing of ours writes it, and people would be shown it. */
export const wholeUpTo = (max: number) =>
  v.pipe(
    v.number(),
    v.integer(),
    v.minValue(0),
    v.maxValue(max),
    v.check((number) => !Object.is(number, -0)),
  )
