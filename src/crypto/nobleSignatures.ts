import { ed25519 } from '@noble/curves/ed25519.js'
import type { Bytes } from '../shared/bytes.ts'
import type { SigningKey } from './crypto.ts'
import type { Signatures } from './signatures.ts'

const signingKey = (publicKey: Bytes, secret: Bytes): SigningKey => ({
  publicKey,
  kept: { publicKey, secret },
  sign: async (bytes) => ed25519.sign(bytes, secret),
})

/** Ed25519 of the library. Its secret keys are bytes that a script of this page could read. */
export const nobleSignatures: Signatures = {
  async newKey() {
    const secret = ed25519.utils.randomSecretKey()
    return signingKey(ed25519.getPublicKey(secret), secret)
  },
  async keptKey({ publicKey, secret }) {
    return secret instanceof Uint8Array ? signingKey(publicKey, secret) : null
  },
  async verify(publicKey, signature, bytes) {
    // As RFC 8032 has it, and as browsers do: the looser rule of ZIP 215 takes more.
    return ed25519.verify(signature, bytes, publicKey, { zip215: false })
  },
}
