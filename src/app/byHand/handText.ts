import type { TabKeys } from '../../crypto/identity.ts'
import { packDescription, unpackDescription } from '../../link/packedDescription.ts'
import { base64UrlFromBytes, bytesFromBase64Url, concatBytes, type Bytes } from '../../shared/bytes.ts'
import {
  linkSessionBytes,
  parseRoomSecret,
  publicKeyBytes,
  type LinkSession,
  type RoomSecret,
} from '../../shared/ids.ts'
import { limits } from '../../shared/limits.ts'
import type { BroughtByHand } from '../handPort.ts'
import { answerHead, withFragment } from '../roomLink.ts'

/*
 * What people carry, as a link that a phone's camera opens, too:
 *
 *   invitation   PAGE#SECRET.PACKED   a version byte and the packed offer
 *   answer       PAGE#answer.PACKED   the packed answer, sealed under the room's signal key
 *
 * Packed, in base64url: the session (8 bytes), the keys for signatures and for sealing (32 each), the description (L15).
 */
const version = 1

/** What somebody scanned or pasted, as far as it can be read by itself. */
export type Handed =
  | { readonly kind: 'room'; readonly secret: RoomSecret }
  | { readonly kind: 'invitation'; readonly secret: RoomSecret; readonly brought: BroughtByHand }
  | { readonly kind: 'answer'; readonly sealed: Bytes }
  /** Ours, and cut off or changed on its way. */
  | { readonly kind: 'damaged' }

/** A link, or what of one comes behind `#`, and the address of the page in front of it. */
export interface ReadLink {
  readonly handed: Handed
  readonly fragment: string
  /** Null for a fragment alone. */
  readonly page: string | null
}

/** What is in a text that people pasted, or a code held; null where there is nothing of ours. Lines may have been broken on the way. */
export function readLink(text: string): ReadLink | null {
  if (text.length > limits.handTextMax) return null
  const parts = [text.replace(/\s+/g, ''), ...text.split(/\s+/)]
  const found = parts.flatMap((part) => linkIn(part) ?? [])
  return found.find(({ handed }) => handed.kind !== 'damaged') ?? found[0] ?? null
}

function linkIn(text: string): ReadLink | null {
  const hash = text.indexOf('#')
  const fragment = text.slice(hash + 1)
  const handed = handedIn(fragment)
  return handed && { handed, fragment, page: hash < 0 ? null : text.slice(0, hash) }
}

function handedIn(fragment: string): Handed | null {
  const [head = '', packed, more] = fragment.split('.')
  const bytes = packed === undefined || more !== undefined ? null : bytesFromBase64Url(packed)
  if (head === answerHead) return bytes ? { kind: 'answer', sealed: bytes } : { kind: 'damaged' }
  const secret = parseRoomSecret(head)
  if (secret === null) return null
  if (packed === undefined) return { kind: 'room', secret }
  const brought = bytes?.[0] === version ? unpack('offer', bytes.slice(1)) : null
  return brought ? { kind: 'invitation', secret, brought } : { kind: 'damaged' }
}

/** Whether nobody could find who says so: `data` is the link's own JSON text. */
export const isWithoutAddress = (data: string): boolean => !data.includes('candidate:')

/** `link`: the room's. Null where the browser describes its connections in a way that we do not know. */
export function invitationText(link: string, offer: BroughtByHand): string | null {
  const packed = pack(offer)
  return packed && `${link}.${base64UrlFromBytes(concatBytes([Uint8Array.of(version), packed]))}`
}

/** `seal`: under the room's signal key. The same holds. */
export async function answerText(
  link: string,
  answer: BroughtByHand,
  seal: (plain: Bytes) => Promise<Bytes>,
): Promise<string | null> {
  const packed = pack(answer)
  if (packed === null) return null
  return withFragment(link, `${answerHead}.${base64UrlFromBytes(await seal(packed))}`)
}

/** The answer in what was sealed for the room; null for what is none. */
export const readAnswer = (plain: Bytes): BroughtByHand | null => unpack('answer', plain)

function pack({ session, keys, data }: BroughtByHand): Bytes | null {
  const { sdp } = JSON.parse(data) as { readonly sdp: string }
  const description = packDescription(sdp)
  const id = bytesFromBase64Url(session)
  return description && id && concatBytes([id, keys.signing, keys.sealing, description])
}

function unpack(type: 'offer' | 'answer', bytes: Bytes): BroughtByHand | null {
  const signingAt = linkSessionBytes
  const sealingAt = signingAt + publicKeyBytes
  const descriptionAt = sealingAt + publicKeyBytes
  const sdp = unpackDescription(type, bytes.slice(descriptionAt))
  if (sdp === null) return null
  const keys: TabKeys = {
    signing: bytes.slice(signingAt, sealingAt),
    sealing: bytes.slice(sealingAt, descriptionAt),
  }
  const session = base64UrlFromBytes(bytes.slice(0, signingAt)) as LinkSession
  return { session, keys, data: JSON.stringify({ type, sdp }) }
}
