import type { Crypto } from './crypto.ts'
import { webCrypto } from './webCrypto.ts'

/** The browser's crypto, or null on an insecure origin, where browsers leave it out. */
const browserCrypto = (): SubtleCrypto | null => globalThis.crypto.subtle ?? null

/** The browser's crypto where there is one; elsewhere the library, loaded only then. */
export async function openCrypto(subtle: SubtleCrypto | null = browserCrypto()): Promise<Crypto> {
  if (subtle) return webCrypto(subtle)
  const { nobleCrypto } = await import('./nobleCrypto.ts')
  return nobleCrypto()
}
