import { describe, expect, it } from 'vitest'
import type { Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { randomShareId, seededRandom } from '../shared/random.ts'
import { openMemoryStore } from './memoryStore.ts'
import { pieceStoreContract } from './testing/pieceStoreContract.ts'

const sha256 = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
const random = seededRandom(1)
const nothing = (): void => undefined
const pieceSizeBytes = limits.pieceSizeMinBytes

describe('memory store', () => {
  for (const { name, run } of pieceStoreContract) {
    const limitBytes = 8 * limits.pieceSizeMaxBytes
    it(name, () => run(async () => openMemoryStore({ sha256, limitBytes, bugFound: nothing })))
  }

  it('refuses a share that would not fit beside those created before, until one is removed', async () => {
    const store = openMemoryStore({ sha256, limitBytes: 3 * pieceSizeBytes, bugFound: nothing })
    const [first, second] = [randomShareId(random), randomShareId(random)]
    const geometry = { sizeBytes: 2 * pieceSizeBytes, pieceSizeBytes }
    expect(await store.create(first, geometry)).toMatchObject({ ok: true })
    expect(await store.create(second, geometry)).toMatchObject({ fault: { code: 'full' } })
    await store.remove(first)
    expect(await store.create(second, geometry)).toMatchObject({ ok: true })
  })
})
