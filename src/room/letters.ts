import * as v from 'valibot'
import { limits } from '../shared/limits.ts'
import { parseJson, textOf, type ParseFault } from '../shared/parseJson.ts'
import type { Result } from '../shared/result.ts'
import type { LetterDraft } from './io.ts'
import { mailboxesSchema, nonceSchema, sessionSchema } from './schemas.ts'

/** What a letter says, as the two who can read it see it. */
export type LetterContent = Pick<LetterDraft, 'stamp' | 'mailboxes' | 'signal'>

/** What a letter says as JSON text, filled up with blanks to one of a few lengths, which tell little of what it is. Null when it is too long. */
export function encodeLetter({ stamp, mailboxes, signal }: LetterContent): string | null {
  const text = JSON.stringify({ stamp, mailboxes, signal })
  const length = new TextEncoder().encode(text).length
  const whole = limits.letterLengthsBytes.find((each) => each >= length)
  return whole === undefined ? null : text + ' '.repeat(whole - length)
}

const data = textOf(limits.signalSizeMaxBytes)

const contentSchema = v.object({
  stamp: nonceSchema,
  mailboxes: mailboxesSchema,
  signal: v.variant('type', [
    v.object({ type: v.picklist(['hello', 'probe']), nonce: nonceSchema }),
    v.object({ type: v.literal('welcome'), nonce: nonceSchema, echo: nonceSchema }),
    v.object({ type: v.literal('offer'), session: sessionSchema, data, echo: nonceSchema }),
    v.object({ type: v.picklist(['answer', 'candidate', 'restart']), session: sessionSchema, data }),
  ]),
})

/** What a member, who may lie in every field, wrote in a text of at most `limits.signalSizeMaxBytes` units. Never throws. */
export const decodeLetter = (text: string): Result<LetterContent, ParseFault> =>
  parseJson(text, limits.signalSizeMaxBytes, contentSchema)
