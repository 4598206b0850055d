import * as v from 'valibot'
import { limits } from '../shared/limits.ts'
import { parseJson, textOf, type ParseFault } from '../shared/parseJson.ts'
import type { Result } from '../shared/result.ts'
import type { Letter } from './io.ts'
import { letterIdSchema, mailboxesSchema, peerSchema, sessionSchema } from './schemas.ts'

/** A letter as JSON text, to be sealed. */
export const encodeLetter = (letter: Letter): string => JSON.stringify(letter)

const fields = { version: v.literal(1), id: letterIdSchema, from: peerSchema, mailboxes: mailboxesSchema }

const letterSchema = v.union([
  v.object({ ...fields, to: v.null(), signal: v.object({ type: v.literal('hello') }) }),
  v.object({
    ...fields,
    to: peerSchema,
    signal: v.object({
      type: v.picklist(['offer', 'answer', 'candidate']),
      session: sessionSchema,
      data: textOf(limits.signalSizeMaxBytes),
    }),
  }),
])

/**
 * The letter in a text of at most `limits.signalSizeMaxBytes` units that somebody who knows the room key wrote,
 * and who may lie in every field. Never throws.
 */
export const decodeLetter = (text: string): Result<Letter, ParseFault> =>
  parseJson(text, limits.signalSizeMaxBytes, letterSchema)
