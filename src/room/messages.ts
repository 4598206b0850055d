import * as v from 'valibot'
import { limits } from '../shared/limits.ts'
import { listOf, parseJson, textOf, wholeUpTo, type ParseFault } from '../shared/parseJson.ts'
import type { Result } from '../shared/result.ts'
import type { RoomMessage } from './io.ts'
import { doorsSchema, letterIdSchema, mailboxesSchema, peerSchema } from './schemas.ts'

/** A room message as JSON text. */
export const encodeRoomMessage = (message: RoomMessage): string => JSON.stringify(message)

/** A long name is cut rather than refused, and not in the middle of a character. */
function cutName(name: string): string {
  if (name.length <= limits.nameLengthMax) return name
  return name.slice(0, limits.nameLengthMax).replace(/[\ud800-\udbff]$/, '')
}

const profileSchema = v.object({
  name: v.pipe(v.string(), v.transform(cutName)),
  device: v.picklist(['phone', 'tablet', 'desktop']),
})

const rosterEntrySchema = v.object({ peer: peerSchema, mailboxes: mailboxesSchema })

/** Sealed bytes grow by a third in base64url. */
const sealedLengthMax = Math.ceil((limits.signalSizeMaxBytes * 4) / 3)

const messageSchema = v.variant('type', [
  v.object({
    type: v.literal('profile'),
    version: v.literal(1),
    profile: profileSchema,
    mailboxes: mailboxesSchema,
    doors: doorsSchema,
  }),
  v.object({ type: v.literal('roster'), members: listOf(rosterEntrySchema, limits.rosterEntriesMax) }),
  v.object({
    type: v.literal('relay'),
    id: letterIdSchema,
    to: peerSchema,
    hops: wholeUpTo(limits.relayHopsMax),
    sealed: v.pipe(textOf(sealedLengthMax), v.regex(/^[\w-]+$/)),
  }),
  v.object({ type: v.picklist(['ping', 'pong', 'bye']) }),
])

/** The message in a text from a member, who may lie in every field. Fields we do not know are dropped. Never throws. */
export const decodeRoomMessage = (text: string): Result<RoomMessage, ParseFault> =>
  parseJson(text, limits.messageSizeMaxBytes, messageSchema)
