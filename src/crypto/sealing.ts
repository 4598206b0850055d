import {
  AEAD_AES_256_GCM,
  CipherSuite,
  KDF_HKDF_SHA256,
  KEM_DHKEM_X25519_HKDF_SHA256,
  type AEADFactory,
  type KDFFactory,
  type Key,
  type KEMFactory,
  type KeyPair,
} from 'hpke'
import { concatBytes, type Bytes } from '../shared/bytes.ts'
import type { Crypto, SealingKey } from './crypto.ts'

/** Bytes of the one-time key in front of what is sealed. */
const encapsulatedBytes = 32

export type Sealing = Pick<Crypto, 'newSealingKey' | 'sealFor'>

/** Sealing for one reader, made of a library's parts (RFC 9180, sections 5 and 6.1). */
export function sealingWith(kem: KEMFactory, kdf: KDFFactory, aead: AEADFactory): Sealing {
  const suite = new CipherSuite(kem, kdf, aead)
  return {
    newSealingKey: async () => sealingKey(suite, await suite.GenerateKeyPair(false)),
    async sealFor(publicKey, info, plain) {
      try {
        const key = await suite.DeserializePublicKey(publicKey)
        const { encapsulatedSecret, ciphertext } = await suite.Seal(key, plain, { info })
        return concatBytes([encapsulatedSecret, ciphertext])
      } catch {
        // Of the wrong length, or of small order (RFC 9180, section 7.1.4).
        return null
      }
    },
  }
}

async function sealingKey(suite: CipherSuite, pair: KeyPair<Key>): Promise<SealingKey> {
  return {
    publicKey: new Uint8Array(await suite.SerializePublicKey(pair.publicKey)),
    async open(sealed, info): Promise<Bytes | null> {
      try {
        const opened = await suite.Open(
          pair,
          sealed.subarray(0, encapsulatedBytes),
          sealed.subarray(encapsulatedBytes),
          { info },
        )
        return new Uint8Array(opened)
      } catch {
        return null
      }
    },
  }
}

/** Sealing by the browser's own crypto, which young browsers alone have all of. */
export const webSealing = sealingWith(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM)
