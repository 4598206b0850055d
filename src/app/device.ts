import type { Crypto, SigningKey } from '../crypto/crypto.ts'
import { keepDeviceKey } from '../store/deviceKey.ts'

/** The key by which others recognise this browser on this device: kept by an earlier page, or made now and kept. */
export async function openDevice(crypto: Crypto): Promise<SigningKey> {
  const fresh = await crypto.newSigningKey()
  const kept = await keepDeviceKey(fresh.kept)
  const known = await crypto.keptSigningKey(kept)
  if (known) return known
  // It was made by an implementation that this browser has no more, or not yet.
  await keepDeviceKey(fresh.kept, { inPlaceOf: kept })
  return fresh
}
