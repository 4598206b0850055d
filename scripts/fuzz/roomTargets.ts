import { isDeepStrictEqual } from 'node:util'
import { decodeRoomMessage, encodeRoomMessage, relayOf } from '../../src/room/messages.ts'
import { readEnvelope } from '../../src/room/envelopes.ts'
import type { RoomMessage, Signal } from '../../src/room/io.ts'
import { decodeLetter, encodeLetter } from '../../src/room/letters.ts'
import { fakeCard, fakeSeal } from '../../src/room/testing/fakeSigning.ts'
import { cardOf, peerNumber, sessionNumber } from '../../src/room/testing/roomBench.ts'
import {
  base64UrlFromBytes,
  bytesEqual,
  bytesFromBase64Url,
  concatBytes,
  utf8FromText,
} from '../../src/shared/bytes.ts'
import { limits } from '../../src/shared/limits.ts'
import { assert } from '../../src/shared/result.ts'
import { accepted, bytesTarget, refused, textTarget } from './target.ts'

const session = sessionNumber(1)
const signals: Signal[] = [
  { type: 'hello', nonce: 'hi' },
  { type: 'probe', nonce: 'A_-9' },
  { type: 'welcome', nonce: 'n', echo: 'e' },
  { type: 'offer', session, data: '{"type":"offer"}', echo: 'e' },
  { type: 'answer', session, data: 'ß👍' },
  { type: 'candidate', session, data: '{}' },
  { type: 'restart', session, data: '{}' },
]
const mailboxes = [
  { broker: 0, mailbox: 'a-b' },
  { broker: 1, mailbox: 'f00' },
]
const letters = signals.map((signal) => ({ stamp: 'stamp', mailboxes, signal }))
const sealed = [null, peerNumber(2)].map((to) =>
  fakeSeal(peerNumber(1), { to, stamp: 's', mailboxes, signal: { type: 'hello', nonce: 'hi' } }),
)
const relay = relayOf(2, sealed[1] ?? '')
assert(relay, 'a letter to somebody')

const messages: RoomMessage[] = [
  {
    type: 'card',
    version: 3,
    card: fakeCard(peerNumber(1), mailboxes, 1, undefined, [{ broker: 0, door: 3, epoch: 20_000 }]),
  },
  { type: 'heads', heads: [[peerNumber(1), 7]] },
  { type: 'ask', peers: [peerNumber(1), peerNumber(2)] },
  { type: 'cards', cards: [cardOf(peerNumber(1), mailboxes)] },
  { type: 'doubt', heads: [[peerNumber(2), 0]] },
  { type: 'giveWay' },
  {
    type: 'roster',
    members: [fakeCard(peerNumber(1), mailboxes, 1), fakeCard(peerNumber(2), [], 0)],
    others: [],
  },
  relay,
  { type: 'atDoor', nonce: 'n' },
  { type: 'ping' },
  { type: 'pong' },
  { type: 'bye' },
]

const roomMessage = textTarget('roomMessage', messages.map(encodeRoomMessage), (text) => {
  const decoded = decodeRoomMessage(text)
  if (!decoded.ok) return refused(decoded.fault.code)
  const message = decoded.value
  // Numbers have shorter spellings than ours: what was just short enough may not be any more.
  const again = decodeRoomMessage(encodeRoomMessage(message))
  const isSame = isDeepStrictEqual(again, decoded)
  assert(isSame || (!again.ok && again.fault.code === 'oversized'), 'encoded, it decodes to the same')
  if (message.type === 'card') {
    assert(message.card.profile.name.length <= limits.nameLengthMax, 'a name has its length')
    assert(message.card.doors.length <= limits.brokersMax * limits.doors, 'there are not too many doors')
  }
  if (message.type === 'roster')
    assert(message.members.length <= limits.rosterEntriesMax, 'there are not too many members')
  return accepted(message)
})

const letter = textTarget(
  'letter',
  letters.flatMap((one) => encodeLetter(one)?.trimEnd() ?? []),
  (text) => {
    const decoded = decodeLetter(text)
    if (!decoded.ok) return refused(decoded.fault.code)
    const encoded = encodeLetter(decoded.value)
    if (encoded === null) return refused('too long for ours')
    assert(isDeepStrictEqual(decodeLetter(encoded), decoded), 'encoded, it decodes to the same')
    assert(
      limits.letterLengthsBytes.some((length) => length === utf8FromText(encoded).length),
      'it has one of a few lengths',
    )
    return accepted(decoded.value)
  },
)

const envelope = bytesTarget(
  'envelope',
  sealed.flatMap((text) => bytesFromBase64Url(text) ?? []),
  (bytes) => {
    const read = readEnvelope(bytes)
    if (read === null) return refused('null')
    assert(bytesEqual(concatBytes([read.signed, read.signature]), bytes), 'it is what was signed, and how')
    assert(read.to === null || bytesFromBase64Url(read.to)?.length === 16, 'its reader is a peer')
    return accepted(read)
  },
)

const relayed = textTarget('relayedLetter', sealed, (text) => {
  const message = relayOf(1, text)
  if (message === null) return refused('null')
  const bytes = bytesFromBase64Url(text)
  assert(bytes && base64UrlFromBytes(bytes) === text, 'one letter has one spelling')
  if (text.length > limits.messageSizeMaxBytes / 2) return refused('too long for a message')
  assert(
    isDeepStrictEqual(decodeRoomMessage(encodeRoomMessage(message)), { ok: true, value: message }),
    'it can be passed on',
  )
  return accepted(message)
})

/** What the room reads. */
export const roomTargets = [roomMessage, letter, envelope, relayed]
