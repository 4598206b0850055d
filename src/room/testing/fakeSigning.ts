import {
  base64UrlFromBytes,
  bytesFromBase64Url,
  concatBytes,
  textFromUtf8,
  utf8FromText,
  type Bytes,
} from '../../shared/bytes.ts'
import { publicKeyBytes, signatureBytes, type DeviceId, type PeerId } from '../../shared/ids.ts'
import { limits } from '../../shared/limits.ts'
import { assert } from '../../shared/result.ts'
import { readEnvelope, writeEnvelope } from '../envelopes.ts'
import type { Card, CardContent, DoorAt, Letter, LetterDraft, MailboxAt } from '../io.ts'
import { decodeLetter, encodeLetter } from '../letters.ts'

/*
 * Signing and sealing as a world in virtual time needs it: who does not call these in another's name cannot write in it, and what was
 * changed is refused. Nothing is secret.
 */

/** Spreads a text over 128 bits, as hexadecimal digits (FNV-1a, four times over). */
export const fakeHash = (text: string): string => spread(text.length, (at) => text.charCodeAt(at))

function spread(length: number, unitAt: (at: number) => number): string {
  let [a, b, c, d] = [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b]
  for (let at = 0; at < length; at++) {
    const unit = unitAt(at)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x01000193)
    c = Math.imul(c ^ unit, 0x01000193)
    d = Math.imul(d ^ unit, 0x01000193)
  }
  return [a, b, c, d].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

/** A peer's signing key begins with its id. */
function keysOf(peer: PeerId) {
  const signing = new Uint8Array(publicKeyBytes)
  signing.set(bytesFromBase64Url(peer) ?? [])
  return { signing, sealing: new Uint8Array(publicKeyBytes) }
}

const peerOf = (signing: Bytes): PeerId => base64UrlFromBytes(signing.subarray(0, 16)) as PeerId

const fakeSignature = (peer: PeerId, signed: Bytes): Bytes => {
  const digest = spread(signed.length, (at) => signed[at] ?? 0)
  return utf8FromText(fakeHash(`${peer} ${digest}`).repeat(2)).subarray(0, signatureBytes)
}

export function fakeSeal(from: PeerId, draft: LetterDraft): string {
  const content = encodeLetter(draft)
  assert(content !== null, 'no letter of a test is too long')
  const signed = writeEnvelope(draft.to, keysOf(from), utf8FromText(content))
  return base64UrlFromBytes(concatBytes([signed, fakeSignature(from, signed)]))
}

/** Who wrote what was sealed; null where that does not fit its signature. */
export function fakeAuthor(sealed: string): PeerId | null {
  const envelope = readEnvelope(bytesFromBase64Url(sealed) ?? new Uint8Array())
  if (envelope === null) return null
  const author = peerOf(envelope.keys.signing)
  const expected = fakeSignature(author, envelope.signed)
  return expected.every((byte, at) => byte === envelope.signature[at]) ? author : null
}

export function fakeOpen(sealed: string): Letter | null {
  const envelope = readEnvelope(bytesFromBase64Url(sealed) ?? new Uint8Array())
  const from = fakeAuthor(sealed)
  const content = envelope && decodeLetter(textFromUtf8(envelope.content) ?? '')
  if (!envelope || from === null || !content?.ok) return null
  return { id: envelope.id, from, to: envelope.to, ...content.value }
}

/** Each peer on a device of its own. */
export const deviceOf = (peer: PeerId): DeviceId => base64UrlFromBytes(keysOf(peer).signing) as DeviceId

/** A card of a member whose name is its id, where nothing else is said. */
export function fakeCard(
  peer: PeerId,
  mailboxes: readonly MailboxAt[],
  sequence: number,
  device: DeviceId = deviceOf(peer),
  doors: readonly DoorAt[] = [],
): Card {
  const profile = { name: peer, device: 'phone' } as const
  const lifeSeconds = limits.cardLifeMinMs / 1000
  return signedCard(peer, { profile, mailboxes, doors, shares: [], sequence, lifeSeconds }, device)
}

export function signedCard(peer: PeerId, content: CardContent, device: DeviceId = deviceOf(peer)): Card {
  const card = { peer, device, ...content }
  return { ...card, proof: cardProof(card) }
}

const cardProof = ({
  peer,
  device,
  profile,
  mailboxes,
  doors,
  shares,
  sequence,
  lifeSeconds,
}: Omit<Card, 'proof'>): string => {
  const { name, device: kind } = profile
  return fakeHash(JSON.stringify([peer, device, name, kind, mailboxes, doors, shares, sequence, lifeSeconds]))
}

/** Cards do not change: one that everybody is shown is looked at once. */
const looked = new WeakMap<Card, boolean>()

export function isOwnCard(card: Card): boolean {
  const isOwn = looked.get(card) ?? card.proof === cardProof(card)
  looked.set(card, isOwn)
  return isOwn
}
