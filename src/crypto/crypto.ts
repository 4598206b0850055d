import type { Bytes } from '../shared/bytes.ts'
import type { RoomSecret } from '../shared/ids.ts'

/** What the room secret gives (HKDF-SHA-256, RFC 5869): the secret itself never leaves the page. */
export interface RoomKeys {
  /** What brokers see: 26 lower-case letters and digits that tell nothing of the secret. */
  readonly tag: string
  /** Seals a signal so that only members of the room can read or make it (AES-256-GCM, random nonce, tag as additional data). */
  seal(plain: Bytes): Promise<Bytes>
  /** Null for anything that was not sealed in this room. */
  open(sealed: Bytes): Promise<Bytes | null>
}

/** The few operations the app needs, from WebCrypto or, on an insecure origin, from a library. */
export interface Crypto {
  roomKeys(secret: RoomSecret): Promise<RoomKeys>
  sha256(bytes: Bytes): Promise<Bytes>
}
