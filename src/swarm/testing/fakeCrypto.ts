import type { DeviceId } from '../../shared/ids.ts'
import { bytesEqual, concatBytes, type Bytes } from '../../shared/bytes.ts'
import { randomBytes, seededRandom } from '../../shared/random.ts'
import type { Sha256 } from '../manifest.ts'

/*
 * What stands for SHA-256 and Ed25519 where machines run in virtual time: cheap, the same in each run, and no secret. Whoever knows a
 * public key can sign with it, which nobody there does but its owner.
 */

const hashedBytes = 32

/** FNV-1a of 32 bits, spread over 32 bytes. */
export const fakeSha256: Sha256 = (bytes) => {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return randomBytes(seededRandom(hash), hashedBytes)
}

/** 64 bytes that depend on the key and on what is signed. */
export const fakeSign = (key: Bytes, bytes: Bytes): Bytes =>
  concatBytes([fakeSha256(concatBytes([key, bytes])), fakeSha256(concatBytes([bytes, key]))])

export const fakeVerify = (key: Bytes, signature: Bytes, bytes: Bytes): boolean =>
  bytesEqual(fakeSign(key, bytes), signature)

/** What a manifest says of whose it is, where no test looks at it. */
export const ofSomeDevice = { by: 'A'.repeat(43) as DeviceId, bySignature: 'A'.repeat(86) }
