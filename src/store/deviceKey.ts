import { openDatabase, type DBSchema } from './database.ts'

/** A public key with whatever this browser takes for its secret. */
interface KeptKey {
  readonly publicKey: Uint8Array
}

interface Schema extends DBSchema {
  keys: { key: 'device'; value: KeptKey }
}

/**
 * The key that this device keeps, or `fresh`, which is kept from now on, in place of an unusable one too. Tabs that open at the same time
 * agree on one. Where the browser keeps nothing, it is `fresh` for as long as the page lives.
 */
export async function keepDeviceKey<Key extends KeptKey>(
  fresh: Key,
  { inPlaceOf = null }: { readonly inPlaceOf?: Key | null } = {},
): Promise<Key> {
  const database = await openDatabase<Schema>(
    'swarmdrop-device',
    1,
    (made) => void made.createObjectStore('keys'),
  )
  if (database === null) return fresh
  try {
    const transaction = database.transaction('keys', 'readwrite')
    const kept = await transaction.store.get('device')
    const isKept = kept !== undefined && !isSame(kept, inPlaceOf)
    if (!isKept) await transaction.store.put(fresh, 'device')
    await transaction.done
    // What is kept was put here by an earlier page of this one.
    return isKept ? (kept as Key) : fresh
  } catch (error) {
    // The disk is full, or the browser keeps no keys.
    if (error instanceof DOMException) return fresh
    throw error
  } finally {
    database.close()
  }
}

const isSame = (kept: KeptKey, other: KeptKey | null): boolean =>
  other !== null && kept.publicKey.every((byte, at) => byte === other.publicKey[at])
