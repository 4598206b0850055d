import * as v from 'valibot'
import {
  parseDeviceId,
  parseLinkSession,
  parsePeerId,
  parseShareId,
  type DeviceId,
  type LinkSession,
  type PeerId,
  type ShareId,
} from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { isMailbox, type Mailbox } from '../shared/mailboxes.ts'
import { listOf, textOf, wholeUpTo } from '../shared/parseJson.ts'

/** What letters and messages have in common. Unknown fields are left out of what is parsed. */

export const peerSchema = v.custom<PeerId>((value) => parsePeerId(value) !== null)
export const sessionSchema = v.custom<LinkSession>((value) => parseLinkSession(value) !== null)

/** A few letters of base64url. */
export const nonceSchema = v.pipe(textOf(32), v.regex(/^[\w-]+$/))

const brokerSchema = wholeUpTo(limits.brokersMax - 1)
const mailboxAtSchema = v.object({ broker: brokerSchema, mailbox: v.custom<Mailbox>(isMailbox) })
const doorAtSchema = v.object({
  broker: brokerSchema,
  door: wholeUpTo(limits.doors - 1),
  epoch: wholeUpTo(2 ** 31),
})

/** A member's mailboxes: at most one for each broker there may be. */
export const mailboxesSchema = listOf(mailboxAtSchema, limits.brokersMax)
/** At most one for each broker: nobody needs more, and who says it holds them all would keep others from it. */
export const doorsSchema = v.pipe(
  listOf(doorAtSchema, limits.brokersMax),
  v.check((doors) => new Set(doors.map(({ broker }) => broker)).size === doors.length),
)

/** Keys, certificate and signature of a card: 192 bytes in base64url. */
const proofLengthMax = 256

/** What is signed is not cut: a name is as long as it may be, or the card is none. */
const profileSchema = v.object({
  name: v.pipe(v.string(), v.maxLength(limits.nameLengthMax)),
  device: v.picklist(['phone', 'tablet', 'desktop']),
})

export const shareSchema = v.custom<ShareId>((value) => parseShareId(value) !== null)

const sequenceSchema = wholeUpTo(2 ** 31)

export const headSchema = v.tuple([peerSchema, sequenceSchema])

export const cardSchema = v.object({
  peer: peerSchema,
  device: v.custom<DeviceId>((value) => parseDeviceId(value) !== null),
  mailboxes: mailboxesSchema,
  doors: doorsSchema,
  shares: listOf(shareSchema, limits.sharesPerPeerMax),
  profile: profileSchema,
  sequence: sequenceSchema,
  lifeSeconds: wholeUpTo(limits.cardLifeMaxMs / 1000),
  proof: v.pipe(textOf(proofLengthMax), v.regex(/^[\w-]+$/)),
})
