import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import type { DoorAt, MailboxAt } from './io.ts'

/** Why a text from a stranger is not what it should be. */
export type ParseFault =
  | { readonly code: 'oversized'; readonly lengthUnits: number }
  | { readonly code: 'notJson' }
  | { readonly code: 'malformed' }

/** An object of unknown fields. The parsers below answer null for whatever does not fit. */
export type Fields = Readonly<Record<string, unknown>>

/** The JSON object in a text of at most `lengthMax` UTF-16 units. */
export function parseObject(text: string, lengthMax: number): Result<Fields, ParseFault> {
  if (text.length > lengthMax) return fail({ code: 'oversized', lengthUnits: text.length })
  try {
    const fields = parseFields(JSON.parse(text))
    return fields === null ? fail({ code: 'malformed' }) : ok(fields)
  } catch {
    return fail({ code: 'notJson' })
  }
}

export function parseFields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
}

export function parseText(value: unknown, lengthMax: number): string | null {
  return typeof value === 'string' && value.length > 0 && value.length <= lengthMax ? value : null
}

/** A whole number from 0 to `max`. */
export function parseWhole(value: unknown, max: number): number | null {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max ? Number(value) : null
}

/** A list of at most `lengthMax` items, all of which must parse. */
export function parseList<Item>(
  value: unknown,
  lengthMax: number,
  parse: (item: unknown) => Item | null,
): Item[] | null {
  if (!Array.isArray(value) || value.length > lengthMax) return null
  const items: Item[] = []
  for (const each of value) {
    const item = parse(each)
    if (item === null) return null
    items.push(item)
  }
  return items
}

const idLengthMax = 32

/** The id of a letter or a relayed message: a few letters of base64url. */
export function parseLetterId(value: unknown): string | null {
  const text = parseText(value, idLengthMax)
  return text !== null && /^[\w-]+$/.test(text) ? text : null
}

const mailboxLengthMax = 64

const parseBroker = (value: unknown): number | null => parseWhole(value, limits.brokersMax - 1)

function parseMailboxAt(value: unknown): MailboxAt | null {
  const fields = parseFields(value)
  const broker = parseBroker(fields?.['broker'])
  const mailbox = parseText(fields?.['mailbox'], mailboxLengthMax)
  if (broker === null || mailbox === null || !/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(mailbox)) return null
  return { broker, mailbox }
}

/** A member's mailboxes: at most one for each broker there may be. */
export const parseMailboxes = (value: unknown): MailboxAt[] | null =>
  parseList(value, limits.brokersMax, parseMailboxAt)

function parseDoorAt(value: unknown): DoorAt | null {
  const fields = parseFields(value)
  const broker = parseBroker(fields?.['broker'])
  const door = parseWhole(fields?.['door'], limits.doors - 1)
  return broker === null || door === null ? null : { broker, door }
}

export const parseDoors = (value: unknown): DoorAt[] | null =>
  parseList(value, limits.brokersMax * limits.doors, parseDoorAt)
