import { bytesFromBase64Url, concatBytes, type Bytes } from '../shared/bytes.ts'
import type { RoomSecret } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { assert } from '../shared/result.ts'
import type { Crypto, RoomKeys, ShareCrypto } from './crypto.ts'
import { hkdfAtOnce } from './nobleHashes.ts'
import type { Sealing } from './sealing.ts'

/** What a room's keys are built from. WebCrypto and the library each bring these, and nothing else differs. */
export interface Primitives {
  /** HKDF-SHA-256 (RFC 5869) with an empty salt. */
  hkdf(secret: Bytes, info: Bytes, lengthBytes: number): Promise<Bytes>
  /** AES-256-GCM (NIST SP 800-38D) with a 16-byte tag at the end of what it encrypts. */
  aesGcm(key: Bytes): Promise<AesGcm>
  /** 12 fresh bytes from a cryptographic source. */
  nonce(): Bytes
}

export interface AesGcm {
  encrypt(plain: Bytes, nonce: Bytes, additionalData: Bytes): Promise<Bytes>
  /** Null when the tag does not fit. */
  decrypt(sealed: Bytes, nonce: Bytes, additionalData: Bytes): Promise<Bytes | null>
}

export const nonceBytes = 12
const gcmTagBytes = 16
const keyBytes = 32

/** First byte of everything sealed; another one is from another version of this page. */
const sealVersion = 1
const headerBytes = 1 + nonceBytes

const tagLetters = 26
/** 26 letters of 5 bits need 17 bytes. */
const tagBytes = 17

/** Distinct for each use, so that what a broker sees (the doors) says nothing of the key. */
const tagInfo = 'swarmdrop 1 room tag'
const doorInfo = 'swarmdrop 2 door'
const storageInfo = 'swarmdrop 2 storage'
const signalKeyInfo = 'swarmdrop 1 signal key'

/** The operations the app needs, made of primitives. */
export function cryptoFrom(primitives: Primitives, share: ShareCrypto, sealing: Sealing): Crypto {
  return { ...share, ...sealing, roomKeys: (secret) => deriveRoomKeys(primitives, secret) }
}

async function deriveRoomKeys(primitives: Primitives, secret: RoomSecret): Promise<RoomKeys> {
  const secretBytes = bytesFromBase64Url(secret)
  assert(secretBytes, 'a room secret is base64url')
  const tag = base32(await primitives.hkdf(secretBytes, utf8(tagInfo), tagBytes)).slice(0, tagLetters)
  const cipher = await primitives.aesGcm(await primitives.hkdf(secretBytes, utf8(signalKeyInfo), keyBytes))
  const additionalData = utf8(tag)
  const nameOf = (label: string): string =>
    base32(hkdfAtOnce(secretBytes, utf8(label), tagBytes)).slice(0, tagLetters)
  return {
    tag,
    storage: nameOf(storageInfo),
    door: (epoch, door) => nameOf(`${doorInfo} ${epoch} ${door}`),
    async seal(plain) {
      const nonce = primitives.nonce()
      return concatBytes([
        Uint8Array.of(sealVersion),
        nonce,
        await cipher.encrypt(plain, nonce, additionalData),
      ])
    },
    async open(sealed) {
      if (sealed.length < headerBytes + gcmTagBytes || sealed.length > limits.signalSizeMaxBytes) return null
      if (sealed[0] !== sealVersion) return null
      return cipher.decrypt(sealed.slice(headerBytes), sealed.slice(1, headerBytes), additionalData)
    },
  }
}

const utf8 = (text: string): Bytes => new TextEncoder().encode(text)

const base32Alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** Base32 in lower case without padding (RFC 4648, section 6); spare bits at the end are left out. */
function base32(bytes: Bytes): string {
  let text = ''
  let bits = 0
  let bitCount = 0
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff
    bitCount += 8
    while (bitCount >= 5) {
      bitCount -= 5
      text += base32Alphabet.charAt((bits >> bitCount) & 31)
    }
  }
  return text
}
