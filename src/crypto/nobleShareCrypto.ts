import type { ShareCrypto } from './crypto.ts'
import { sha256AtOnce } from './nobleHashes.ts'
import { nobleSignatures } from './nobleSignatures.ts'
import { shareCryptoFrom } from './signatures.ts'

/** Hashing and signing without WebCrypto. */
export const nobleShareCrypto = (): ShareCrypto =>
  shareCryptoFrom(async (bytes) => sha256AtOnce(bytes), nobleSignatures)
