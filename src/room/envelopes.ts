import { base64UrlFromBytes, bytesFromBase64Url, type Bytes } from '../shared/bytes.ts'
import { idBytes, publicKeyBytes, signatureBytes, type PeerId } from '../shared/ids.ts'

/*
 * A letter as it travels: who reads it (16 bytes, zeros for whoever holds the door) and who wrote it in clear, so that members who pass it
 * on know both; what it says, sealed; and a signature over all of it.
 *
 *   version  reader   signing key  sealing key  content  signature
 *   1        16       32           32                    64
 */
const envelopeVersion = 2
const headBytes = 1 + idBytes + 2 * publicKeyBytes
const letterIdBytes = 12

/** A peer's public keys; its id is their hash. */
export interface PeerKeys {
  /** Ed25519. */
  readonly signing: Bytes
  /** X25519. */
  readonly sealing: Bytes
}

export interface Envelope {
  /** Null for whoever holds the door. */
  readonly to: PeerId | null
  readonly keys: PeerKeys
  readonly content: Bytes
  /** All that is signed: what comes before the signature. */
  readonly signed: Bytes
  readonly signature: Bytes
  /** Of the signature: nobody but the writer can make another that fits. */
  readonly id: string
}

/** What is to be signed; the signature is put behind it. */
export function writeEnvelope(to: PeerId | null, keys: PeerKeys, content: Uint8Array): Bytes {
  const bytes = new Uint8Array(headBytes + content.length)
  bytes[0] = envelopeVersion
  if (to !== null) bytes.set(bytesFromBase64Url(to) ?? [], 1)
  bytes.set(keys.signing, 1 + idBytes)
  bytes.set(keys.sealing, 1 + idBytes + publicKeyBytes)
  bytes.set(content, headBytes)
  return bytes
}

/** The parts of an envelope from a stranger; null for what is none. Nothing of it is true before its signature was checked. */
export function readEnvelope(bytes: Bytes): Envelope | null {
  if (bytes[0] !== envelopeVersion || bytes.length < headBytes + signatureBytes) return null
  const reader = bytes.subarray(1, 1 + idBytes)
  const keysAt = 1 + idBytes
  const signature = bytes.slice(-signatureBytes)
  return {
    to: reader.every((byte) => byte === 0) ? null : (base64UrlFromBytes(reader) as PeerId),
    keys: {
      signing: bytes.slice(keysAt, keysAt + publicKeyBytes),
      sealing: bytes.slice(keysAt + publicKeyBytes, headBytes),
    },
    content: bytes.slice(headBytes, -signatureBytes),
    signed: bytes.slice(0, -signatureBytes),
    signature,
    id: base64UrlFromBytes(signature.subarray(0, letterIdBytes)),
  }
}
