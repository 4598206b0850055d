import { parsePeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import type { Device, Profile, RoomMessage, RosterEntry } from './io.ts'
import {
  parseDoors,
  parseFields,
  parseLetterId,
  parseList,
  parseMailboxes,
  parseObject,
  parseText,
  parseWhole,
  type Fields,
  type ParseFault,
} from './parsing.ts'

/** A room message as JSON text. */
export const encodeRoomMessage = (message: RoomMessage): string => JSON.stringify(message)

/** The message in a text from a member, who may lie in every field. Fields we do not know are dropped. Never throws. */
export function decodeRoomMessage(text: string): Result<RoomMessage, ParseFault> {
  const parsed = parseObject(text, limits.messageSizeMaxBytes)
  if (!parsed.ok) return parsed
  const message = parseMessage(parsed.value)
  return message === null ? fail({ code: 'malformed' }) : ok(message)
}

function parseMessage(fields: Fields): RoomMessage | null {
  const type = fields['type']
  switch (type) {
    case 'profile':
      return parseProfileMessage(fields)
    case 'roster': {
      const members = parseList(fields['members'], limits.rosterEntriesMax, parseRosterEntry)
      return members === null ? null : { type, members }
    }
    case 'relay':
      return parseRelay(fields)
    case 'ping':
    case 'pong':
    case 'bye':
      return { type }
    default:
      return null
  }
}

function parseProfileMessage(fields: Fields): RoomMessage | null {
  const profile = parseProfile(fields['profile'])
  const mailboxes = parseMailboxes(fields['mailboxes'])
  const doors = parseDoors(fields['doors'])
  if (fields['version'] !== 1 || profile === null || mailboxes === null || doors === null) return null
  return { type: 'profile', version: 1, profile, mailboxes, doors }
}

const devices: readonly Device[] = ['phone', 'tablet', 'desktop']

function parseProfile(value: unknown): Profile | null {
  const fields = parseFields(value)
  const name = fields?.['name']
  const device = devices.find((known) => known === fields?.['device'])
  if (typeof name !== 'string' || device === undefined) return null
  return { name: cutName(name), device }
}

/** A long name is cut rather than refused, and not in the middle of a character. */
function cutName(name: string): string {
  if (name.length <= limits.nameLengthMax) return name
  return name.slice(0, limits.nameLengthMax).replace(/[\ud800-\udbff]$/, '')
}

function parseRosterEntry(value: unknown): RosterEntry | null {
  const fields = parseFields(value)
  const peer = parsePeerId(fields?.['peer'])
  const mailboxes = parseMailboxes(fields?.['mailboxes'])
  return peer === null || mailboxes === null ? null : { peer, mailboxes }
}

/** Sealed bytes grow by a third in base64url. */
const sealedLengthMax = Math.ceil((limits.signalSizeMaxBytes * 4) / 3)

function parseRelay(fields: Fields): RoomMessage | null {
  const id = parseLetterId(fields['id'])
  const to = parsePeerId(fields['to'])
  const hops = parseWhole(fields['hops'], limits.relayHopsMax)
  const sealed = parseText(fields['sealed'], sealedLengthMax)
  if (id === null || to === null || hops === null || sealed === null || !/^[\w-]+$/.test(sealed)) return null
  return { type: 'relay', id, to, hops, sealed }
}
