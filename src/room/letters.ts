import { parseLinkSession, parsePeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import type { Letter, Signal } from './io.ts'
import {
  parseFields,
  parseLetterId,
  parseMailboxes,
  parseObject,
  parseText,
  type ParseFault,
} from './parsing.ts'

/** A letter as JSON text, to be sealed. */
export const encodeLetter = (letter: Letter): string => JSON.stringify(letter)

/**
 * The letter in a text of at most `limits.signalSizeMaxBytes` units that somebody who knows the room key wrote,
 * and who may lie in every field. Never throws.
 */
export function decodeLetter(text: string): Result<Letter, ParseFault> {
  const parsed = parseObject(text, limits.signalSizeMaxBytes)
  if (!parsed.ok) return parsed
  const fields = parsed.value
  const id = parseLetterId(fields['id'])
  const from = parsePeerId(fields['from'])
  const to = parsePeerId(fields['to'])
  const mailboxes = parseMailboxes(fields['mailboxes'])
  const signal = parseSignal(fields['signal'])
  if (fields['version'] !== 1 || id === null || from === null || mailboxes === null || signal === null) {
    return fail({ code: 'malformed' })
  }
  const isAddressed = signal.type === 'hello' ? fields['to'] === null : to !== null
  if (!isAddressed) return fail({ code: 'malformed' })
  return ok({ version: 1, id, from, to, mailboxes, signal })
}

function parseSignal(value: unknown): Signal | null {
  const fields = parseFields(value)
  const type = fields?.['type']
  if (type === 'hello') return { type }
  if (type !== 'offer' && type !== 'answer' && type !== 'candidate') return null
  const session = parseLinkSession(fields?.['session'])
  const data = parseText(fields?.['data'], limits.signalSizeMaxBytes)
  return session === null || data === null ? null : { type, session, data }
}
