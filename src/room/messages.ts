import * as v from 'valibot'
import { bytesFromBase64Url } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { listOf, parseJson, textOf, wholeUpTo, type ParseFault } from '../shared/parseJson.ts'
import type { Result } from '../shared/result.ts'
import { readEnvelope } from './envelopes.ts'
import type { Relay, RoomMessage } from './io.ts'
import { cardSchema, headSchema, nonceSchema, peerSchema, shareSchema } from './schemas.ts'

/** A room message as JSON text. */
export function encodeRoomMessage(message: RoomMessage): string {
  if (message.type !== 'relay') return JSON.stringify(message)
  const { type, hops, sealed } = message
  return JSON.stringify({ type, hops, sealed })
}

/** Sealed bytes grow by a third in base64url. */
const sealedLengthMax = Math.ceil((limits.signalSizeMaxBytes * 4) / 3)

/** Whom a sealed letter is for, and its id, as it says itself; null for what is none, or for nobody. */
export function relayOf(hops: number, sealed: string): Relay | null {
  const bytes = bytesFromBase64Url(sealed)
  const envelope = bytes && readEnvelope(bytes)
  if (!envelope || envelope.to === null) return null
  return { type: 'relay', id: envelope.id, to: envelope.to, hops, sealed }
}

const relaySchema = v.pipe(
  v.object({
    type: v.literal('relay'),
    hops: wholeUpTo(limits.relayHopsMax),
    sealed: textOf(sealedLengthMax),
  }),
  v.transform(({ hops, sealed }) => relayOf(hops, sealed)),
  v.custom<Relay>((relay) => relay !== null),
)

const messageSchema = v.union([
  v.object({ type: v.literal('card'), version: v.literal(3), card: cardSchema }),
  v.object({
    type: v.literal('roster'),
    members: listOf(cardSchema, limits.rosterEntriesMax),
    others: listOf(peerSchema, limits.rosterEntriesMax),
  }),
  v.object({ type: v.picklist(['heads', 'doubt']), heads: listOf(headSchema, limits.headsPerMessage) }),
  v.object({ type: v.literal('ask'), peers: listOf(peerSchema, limits.headsPerMessage) }),
  v.object({ type: v.literal('cards'), cards: listOf(cardSchema, limits.cardsPerMessage) }),
  v.object({ type: v.literal('whatAre'), shares: listOf(shareSchema, limits.headsPerMessage) }),
  v.object({
    type: v.literal('manifests'),
    manifests: listOf(textOf(limits.manifestLengthMax), limits.manifestsPerMessage),
  }),
  relaySchema,
  v.object({ type: v.literal('atDoor'), nonce: nonceSchema }),
  v.object({ type: v.picklist(['ping', 'pong', 'giveWay', 'bye']) }),
])

/** The message in a text from a member, who may lie in every field. Fields we do not know are dropped. Never throws. */
export const decodeRoomMessage = (text: string): Result<RoomMessage, ParseFault> =>
  parseJson(text, limits.messageSizeMaxBytes, messageSchema)
