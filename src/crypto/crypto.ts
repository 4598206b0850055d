import type { Bytes } from '../shared/bytes.ts'
import type { RoomSecret } from '../shared/ids.ts'

/** What the room secret gives (HKDF-SHA-256, RFC 5869): the secret itself never leaves the page. */
export interface RoomKeys {
  /** Names the room in what its members sign: 26 lower-case letters and digits that tell nothing of the secret. No broker sees it. */
  readonly tag: string
  /** Begins the names of what this room keeps on this device, likewise. */
  readonly storage: string
  /** The mailbox of a door on that day, likewise: who knows some of them knows no other. */
  door(epoch: number, door: number): string
  /** Seals a signal so that only members of the room can read or make it (AES-256-GCM, random nonce, tag as additional data). */
  seal(plain: Bytes): Promise<Bytes>
  /** Null for anything that was not sealed in this room. */
  open(sealed: Bytes): Promise<Bytes | null>
}

/** Signs as whoever holds it (Ed25519, RFC 8032). */
export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Bytes
  /** For a later page of this browser; see `Crypto.keptSigningKey`. */
  readonly kept: KeptKey
  /** 64 bytes. */
  sign(bytes: Bytes): Promise<Bytes>
}

/** A signing key as IndexedDB takes it. The secret is one that no page can read out, or its 32 bytes where the browser has none of those. */
export interface KeptKey {
  readonly publicKey: Bytes
  readonly secret: CryptoKey | Bytes
}

/** Opens what was sealed for its holder alone (HPKE, RFC 9180: base mode, X25519, HKDF-SHA-256, AES-256-GCM). */
export interface SealingKey {
  /** 32 bytes. */
  readonly publicKey: Bytes
  /** Null for what was sealed for another key or with another `info`. */
  open(sealed: Bytes, info: Bytes): Promise<Bytes | null>
}

/** What makes shares certify themselves. */
export interface ShareCrypto {
  sha256(bytes: Bytes): Promise<Bytes>
  newSigningKey(): Promise<SigningKey>
  /** The key that an earlier page kept; null where this browser cannot use it any more. */
  keptSigningKey(kept: KeptKey): Promise<SigningKey | null>
  /** Whether the holder of a key signed these bytes. False for anything malformed, and for keys whose signatures anyone can make (of small order). */
  verify(publicKey: Bytes, signature: Bytes, bytes: Bytes): Promise<boolean>
}

/** The few operations the app needs, from WebCrypto or, where the browser lacks them, from a library. */
export interface Crypto extends ShareCrypto {
  roomKeys(secret: RoomSecret): Promise<RoomKeys>
  newSealingKey(): Promise<SealingKey>
  /** Seals for the holder of `publicKey` alone; it must open with the same `info`. Null for what is no key, or one of small order. */
  sealFor(publicKey: Bytes, info: Bytes, plain: Bytes): Promise<Bytes | null>
}
