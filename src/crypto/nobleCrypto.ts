import { gcm } from '@noble/ciphers/aes.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Crypto } from './crypto.ts'
import { cryptoFrom, nonceBytes } from './roomKeys.ts'

/**
 * The same from a library, for pages on a plain-http address of the local network, where browsers hide
 * `crypto.subtle` but still give random bytes. Reach it by dynamic import only: most people never need it.
 */
export function nobleCrypto(): Crypto {
  return cryptoFrom({
    sha256: async (bytes) => sha256(bytes),
    hkdf: async (secret, info, lengthBytes) => hkdf(sha256, secret, undefined, info, lengthBytes),
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
  })
}
