import type { Bytes } from '../shared/bytes.ts'
import type { KeptKey, SigningKey } from './crypto.ts'
import type { Signatures } from './signatures.ts'

const algorithm = 'Ed25519'

/** The browser's own Ed25519. Its secret keys cannot be read out. */
export function webSignatures(subtle: SubtleCrypto): Signatures {
  const signingKey = (publicKey: Bytes, secret: CryptoKey): SigningKey => ({
    publicKey,
    kept: { publicKey, secret },
    sign: async (bytes) => new Uint8Array(await subtle.sign(algorithm, secret, bytes)),
  })
  return {
    async newKey() {
      const pair = await subtle.generateKey(algorithm, false, ['sign', 'verify'])
      return signingKey(new Uint8Array(await subtle.exportKey('raw', pair.publicKey)), pair.privateKey)
    },
    async keptKey({ publicKey, secret }: KeptKey) {
      return secret instanceof Uint8Array ? null : signingKey(publicKey, secret)
    },
    async verify(publicKey, signature, bytes) {
      try {
        const key = await subtle.importKey('raw', publicKey, algorithm, false, ['verify'])
        return await subtle.verify(algorithm, key, signature, bytes)
      } catch (error) {
        // DataError: not a point of the curve.
        if (error instanceof DOMException) return false
        throw error
      }
    },
  }
}

/** Whether this browser has both curves: Chrome 137, Firefox 130, Safari 17. */
export async function hasCurves(subtle: SubtleCrypto): Promise<boolean> {
  try {
    await Promise.all([
      subtle.generateKey(algorithm, false, ['sign', 'verify']),
      subtle.generateKey('X25519', false, ['deriveBits']),
    ])
    return true
  } catch {
    return false
  }
}
