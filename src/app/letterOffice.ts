import type { Crypto, RoomKeys } from '../crypto/crypto.ts'
import { isOfDevice, peerOf, type Identity, type TabKeys } from '../crypto/identity.ts'
import type { ConnectionView, LinkProof } from '../link/link.ts'
import { readEnvelope, writeEnvelope, type Envelope } from '../room/envelopes.ts'
import type { Card, CardContent, Letter, LetterDraft } from '../room/io.ts'
import { decodeLetter, encodeLetter } from '../room/letters.ts'
import {
  base64UrlFromBytes,
  bytesFromBase64Url,
  concatBytes,
  textFromUtf8,
  utf8FromText,
  type Bytes,
} from '../shared/bytes.ts'
import { publicKeyBytes, signatureBytes, type LinkSession, type PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'

export interface LetterOfficeParts {
  readonly identity: Identity
  readonly keys: RoomKeys
  readonly crypto: Crypto
}

/** Keys, certificate and signature, as a card's proof has them. */
const proofBytes = 2 * publicKeyBytes + 2 * signatureBytes

/**
 * Writes and reads letters: each signed by its writer over the room, its reader and all it says, and sealed for its reader alone; only a
 * hello left at doors, whose reader nobody knows, is sealed for the room and nothing more. Signs and checks cards and links likewise.
 */
export class LetterOffice {
  readonly #parts: LetterOfficeParts
  /** Of those who wrote to us lately, and have perhaps shown no card: any number of made-up writers may push each other out here. */
  readonly #writers = new Map<PeerId, TabKeys>()

  constructor(parts: LetterOfficeParts) {
    this.#parts = parts
  }

  /** The letter as it travels, one and the same on all its ways; null where it is too long, or its reader has neither shown a card nor written to us lately. */
  async write(draft: LetterDraft, card: Card | null = null): Promise<Bytes | null> {
    const { identity } = this.#parts
    const text = encodeLetter(draft)
    if (text === null) return null
    const content = await this.#sealed(draft.to, card, utf8FromText(text))
    if (content === null) return null
    const signed = writeEnvelope(draft.to, identity.keys, content)
    return concatBytes([signed, await identity.sign(this.#inThisRoom('letter', signed))])
  }

  /** What somebody wrote to us, or left at a door; null for what is not, or was not signed by its writer. */
  async read(bytes: Bytes): Promise<Letter | null> {
    const { identity } = this.#parts
    const envelope = readEnvelope(bytes)
    if (!envelope || (envelope.to !== null && envelope.to !== identity.peer)) return null
    const from = await this.#writerOf(envelope)
    if (from === null) return null
    const plain =
      envelope.to === null
        ? envelope.content
        : await identity.open(envelope.content, this.#betweenTwo(from, envelope.to))
    const content = plain && decodeLetter(textFromUtf8(plain) ?? '')
    if (!content?.ok) return null
    this.#learn(from, envelope.keys)
    return { id: envelope.id, from, to: envelope.to, ...content.value }
  }

  /** Who has these keys: from now on its letters can be written, and its links checked. */
  async meet(keys: TabKeys): Promise<PeerId> {
    const peer = await peerOf(this.#parts.crypto, keys)
    this.#learn(peer, keys)
    return peer
  }

  /** Who wrote a letter that is for somebody else; null when nobody signed it. */
  async writer(bytes: Bytes): Promise<PeerId | null> {
    const envelope = readEnvelope(bytes)
    return envelope && this.#writerOf(envelope)
  }

  async signCard(content: CardContent): Promise<Card> {
    const { peer, device, keys, certificate, sign } = this.#parts.identity
    const signature = await sign(this.#cardBytes(keys, { device, ...content }))
    const proof = base64UrlFromBytes(concatBytes([keys.signing, keys.sealing, certificate, signature]))
    return { peer, device, ...content, proof }
  }

  /** Whether the peer that the card is about signed it, and the device it names is the peer's. */
  async isOwn(card: Card): Promise<boolean> {
    const { crypto } = this.#parts
    const proof = bytesFromBase64Url(card.proof)
    if (proof?.length !== proofBytes) return false
    const keys = keysIn(proof)
    const certificate = proof.slice(2 * publicKeyBytes, -signatureBytes)
    const signature = proof.slice(-signatureBytes)
    if ((await peerOf(crypto, keys)) !== card.peer) return false
    const [isSigned, isCertified] = await Promise.all([
      crypto.verify(keys.signing, signature, this.#cardBytes(keys, card)),
      isOfDevice(crypto, card.device, keys, certificate),
    ])
    return isSigned && isCertified
  }

  /** Signs connections of one link, and checks that the peer it is for signed the same: both ids, both certificates, the session and the lane. */
  proofOf(peer: PeerId, session: LinkSession, initiator: boolean): LinkProof {
    const { identity, crypto } = this.#parts
    // As the letters had them that led to this link.
    const keys = this.#writers.get(peer)
    const ends = initiator ? [identity.peer, peer] : [peer, identity.peer]
    const transcript = ({ lane, offered, answered }: ConnectionView): Bytes =>
      this.#inThisRoom('link', utf8FromText(JSON.stringify([...ends, session, lane, offered, answered])))
    return {
      sign: (view) => identity.sign(transcript(view)),
      check: async (view, signature) =>
        keys !== undefined && crypto.verify(keys.signing, signature, transcript(view)),
    }
  }

  async #writerOf({ keys, signed, signature }: Envelope): Promise<PeerId | null> {
    const { crypto } = this.#parts
    const isSigned = await crypto.verify(keys.signing, signature, this.#inThisRoom('letter', signed))
    return isSigned ? peerOf(crypto, keys) : null
  }

  async #sealed(to: PeerId | null, card: Card | null, plain: Bytes): Promise<Bytes | null> {
    const { crypto, identity } = this.#parts
    if (to === null) return plain
    const keys = card ? keysIn(bytesFromBase64Url(card.proof) ?? new Uint8Array()) : this.#writers.get(to)
    return keys ? crypto.sealFor(keys.sealing, this.#betweenTwo(identity.peer, to), plain) : null
  }

  /** Once known, a key stays: the peer's id is a hash of it. */
  #learn(peer: PeerId, keys: TabKeys): void {
    // Whoever writes again is the last to be pushed out.
    this.#writers.delete(peer)
    for (const oldest of this.#writers.keys()) {
      if (this.#writers.size < limits.signalsSeenMax) break
      this.#writers.delete(oldest)
    }
    this.#writers.set(peer, keys)
  }

  #betweenTwo(from: PeerId, to: PeerId): Bytes {
    return utf8FromText(`swarmdrop letter 2\n${this.#parts.keys.tag} ${from} ${to}`)
  }

  #cardBytes(
    { signing, sealing }: TabKeys,
    { device, profile, mailboxes, doors, shares, sequence, lifeSeconds }: CardContent & Pick<Card, 'device'>,
  ): Bytes {
    const where = mailboxes.map(({ broker, mailbox }) => [broker, mailbox])
    const held = doors.map(({ broker, door, epoch }) => [broker, door, epoch])
    const { name, device: kind } = profile
    const text = utf8FromText(
      JSON.stringify([device, sequence, lifeSeconds, name, kind, where, held, shares]),
    )
    return this.#inThisRoom('card', concatBytes([signing, sealing, text]))
  }

  /** What is signed says what it is and in which room, so that it means nothing elsewhere. */
  #inThisRoom(what: 'letter' | 'card' | 'link', bytes: Bytes): Bytes {
    return concatBytes([utf8FromText(`swarmdrop ${what} 2\n${this.#parts.keys.tag}\n`), bytes])
  }
}

/** The keys that a card's proof begins with. */
const keysIn = (proof: Bytes): TabKeys => ({
  signing: proof.slice(0, publicKeyBytes),
  sealing: proof.slice(publicKeyBytes, 2 * publicKeyBytes),
})
