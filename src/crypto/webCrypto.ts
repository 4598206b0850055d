import type { Bytes } from '../shared/bytes.ts'
import type { Crypto, ShareCrypto } from './crypto.ts'
import { cryptoFrom, nonceBytes, type AesGcm } from './roomKeys.ts'
import type { Sealing } from './sealing.ts'

/** The browser's own crypto. `subtle` is there in secure contexts only. */
export function webCrypto(subtle: SubtleCrypto, share: ShareCrypto, sealing: Sealing): Crypto {
  const primitives = {
    async hkdf(secret: Bytes, info: Bytes, lengthBytes: number) {
      const key = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
      const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
      return new Uint8Array(await subtle.deriveBits(algorithm, key, lengthBytes * 8))
    },
    aesGcm: (key: Bytes) => aesGcm(subtle, key),
    nonce: () => crypto.getRandomValues(new Uint8Array(nonceBytes)),
  }
  return cryptoFrom(primitives, share, sealing)
}

async function aesGcm(subtle: SubtleCrypto, keyBytes: Bytes): Promise<AesGcm> {
  const key = await subtle.importKey('raw', keyBytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
  return {
    async encrypt(plain, iv, additionalData) {
      return new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, plain))
    },
    async decrypt(sealed, iv, additionalData) {
      try {
        return new Uint8Array(await subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, sealed))
      } catch {
        return null
      }
    },
  }
}
