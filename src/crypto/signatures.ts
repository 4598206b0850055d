import type { Bytes } from '../shared/bytes.ts'
import { publicKeyBytes, signatureBytes } from '../shared/ids.ts'
import type { KeptKey, ShareCrypto, SigningKey } from './crypto.ts'

/** Ed25519 as WebCrypto or the library does it. */
export interface Signatures {
  newKey(): Promise<SigningKey>
  keptKey(kept: KeptKey): Promise<SigningKey | null>
  /** `publicKey` and `signature` have the right lengths, and the key is an acceptable one. */
  verify(publicKey: Bytes, signature: Bytes, bytes: Bytes): Promise<boolean>
}

/** Hashing and signing, made of either. */
export const shareCryptoFrom = (sha256: ShareCrypto['sha256'], signatures: Signatures): ShareCrypto => ({
  sha256,
  newSigningKey: () => signatures.newKey(),
  keptSigningKey: (kept) => signatures.keptKey(kept),
  async verify(publicKey, signature, bytes) {
    if (signature.length !== signatureBytes || !isAcceptableKey(publicKey)) return false
    return signatures.verify(publicKey, signature, bytes)
  },
})

/** 2^255 - 19, the last of its 32 bytes first. */
const prime = 2n ** 255n - 19n

/** The y coordinates of the eight points of small order, of which two pairs share theirs. */
const smallOrderY: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  prime - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
])

/**
 * Whether a signature by this key says anything. Under a key of small order one signature fits many texts, and browsers differ in whether
 * they take such keys, or coordinates that are not reduced (Taming the many EdDSAs, Chalkias et al. 2020).
 */
export function isAcceptableKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== publicKeyBytes) return false
  let y = 0n
  for (let at = publicKeyBytes - 1; at >= 0; at--) y = (y << 8n) | BigInt(publicKey[at] ?? 0)
  // The highest bit is the sign of x.
  y &= 2n ** 255n - 1n
  return y < prime && !smallOrderY.has(y)
}
