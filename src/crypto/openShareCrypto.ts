import type { ShareCrypto } from './crypto.ts'
import { shareCryptoFrom } from './signatures.ts'
import { hasCurves, webSignatures } from './webSignatures.ts'

/** The browser's crypto, or null on an insecure origin, where browsers leave it out. */
export const browserCrypto = (): SubtleCrypto | null => globalThis.crypto.subtle ?? null

/** Hashing and signing with the browser's own crypto; what it lacks comes from the library, loaded only then. */
export async function openShareCrypto(subtle: SubtleCrypto | null = browserCrypto()): Promise<ShareCrypto> {
  if (subtle === null) return (await import('./nobleShareCrypto.ts')).nobleShareCrypto()
  return shareCryptoOf(subtle, await hasCurves(subtle))
}

/** The same for who knows already whether this crypto has the curves. */
export async function shareCryptoOf(subtle: SubtleCrypto, isWhole: boolean): Promise<ShareCrypto> {
  const signatures = isWhole ? webSignatures(subtle) : (await import('./nobleSignatures.ts')).nobleSignatures
  return shareCryptoFrom(async (bytes) => new Uint8Array(await subtle.digest('SHA-256', bytes)), signatures)
}
