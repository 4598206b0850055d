import { gcm } from '@noble/ciphers/aes.js'
import { AEAD_AES_256_GCM, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 } from '@panva/hpke-noble'
import type { Crypto } from './crypto.ts'
import { hkdfAtOnce } from './nobleHashes.ts'
import { nobleShareCrypto } from './nobleShareCrypto.ts'
import { cryptoFrom, nonceBytes, type Primitives } from './roomKeys.ts'
import { sealingWith } from './sealing.ts'

export const nobleSealing = sealingWith(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM)

/**
 * The same from a library, for pages on a plain-http address of the local network, where browsers hide
 * `crypto.subtle` but still give random bytes. Reach it by dynamic import only: most people never need it.
 */
export function nobleCrypto(): Crypto {
  return cryptoFrom(primitives, nobleShareCrypto(), nobleSealing)
}

const primitives: Primitives = {
  hkdf: async (secret, info, lengthBytes) => hkdfAtOnce(secret, info, lengthBytes),
  aesGcm: async (key) => ({
    encrypt: async (plain, nonce, additionalData) => gcm(key, nonce, additionalData).encrypt(plain),
    async decrypt(sealed, nonce, additionalData) {
      try {
        return gcm(key, nonce, additionalData).decrypt(sealed)
      } catch {
        return null
      }
    },
  }),
  nonce: () => crypto.getRandomValues(new Uint8Array(nonceBytes)),
}
