import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Bytes } from '../shared/bytes.ts'

/** SHA-256 at once, for the few bytes that must be hashed between two inputs of a machine: 3 µs for 64 bytes, where WebCrypto takes a turn of the event loop. */
export const sha256AtOnce = (bytes: Bytes): Bytes => sha256(bytes)

/** HKDF-SHA-256 (RFC 5869) with an empty salt. */
export const hkdfAtOnce = (secret: Bytes, info: Bytes, lengthBytes: number): Bytes =>
  hkdf(sha256, secret, undefined, info, lengthBytes)
