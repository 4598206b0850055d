import type { Crypto } from './crypto.ts'
import { browserCrypto, shareCryptoOf } from './openShareCrypto.ts'
import { webSealing } from './sealing.ts'
import { webCrypto } from './webCrypto.ts'
import { hasCurves } from './webSignatures.ts'

/** All of it from the browser's own crypto; what it lacks comes from the library, loaded only then. */
export async function openCrypto(subtle: SubtleCrypto | null = browserCrypto()): Promise<Crypto> {
  if (subtle === null) return (await import('./nobleCrypto.ts')).nobleCrypto()
  const isWhole = await hasCurves(subtle)
  const sealing = isWhole ? webSealing : (await import('./nobleCrypto.ts')).nobleSealing
  return webCrypto(subtle, await shareCryptoOf(subtle, isWhole), sealing)
}
