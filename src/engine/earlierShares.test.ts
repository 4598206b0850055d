import { beforeEach, describe, expect, it } from 'vitest'
import type { KeptKey, ShareCrypto } from '../crypto/crypto.ts'
import { sha256AtOnce } from '../crypto/nobleHashes.ts'
import { openShareCrypto } from '../crypto/openShareCrypto.ts'
import { base64UrlFromBytes, type Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { memoryIndex, recordVersion, type ShareIndex, type ShareRecord } from '../store/shareIndex.ts'
import { openMemoryStore } from '../store/memoryStore.ts'
import type { PieceStore } from '../store/pieceStore.ts'
import { HashList, signedBytes, type HashPart } from '../swarm/hashList.ts'
import type { SwarmInput } from '../swarm/io.ts'
import { certified, encodeManifest, type Manifest } from '../swarm/manifest.ts'
import { hashesOf } from '../swarm/testing/lists.ts'
import { newManifest } from '../swarm/testing/swarmWorld.ts'
import { restoreShares } from './earlierShares.ts'

let crypto: ShareCrypto
let index: ShareIndex
let manifest: Manifest
let key: KeptKey
beforeEach(async () => {
  crypto = await openShareCrypto()
  index = memoryIndex()
  const made = await crypto.newSigningKey()
  key = made.kept
  manifest = certified({ ...newManifest(4), key: base64UrlFromBytes(made.publicKey) }, sha256AtOnce)
})

async function listOf(...counts: readonly number[]): Promise<HashPart[]> {
  const signing = await crypto.keptSigningKey(key)
  const list = new HashList(sha256AtOnce)
  for (const count of counts) {
    const hashes = hashesOf(list.count, list.count + count)
    const part = { first: list.count, before: list.digest, hashes }
    const signature = (await signing?.sign(signedBytes(manifest.share, part))) ?? new Uint8Array()
    list.add({ ...part, signature })
  }
  return [...list.parts]
}

async function left(parts: readonly HashPart[], of: Partial<ShareRecord> = {}): Promise<void> {
  const { share } = manifest
  const said = { wish: 'fetch', completed: false, key: null, source: null, updatedMs: 0 } as const
  await index.put({
    version: recordVersion,
    tab: 'tab',
    share,
    manifest: encodeManifest(manifest),
    ...said,
    ...of,
  })
  await index.putParts('tab', share, parts)
}

/** What the machine is told; `marks` is what the disk claims. */
async function restored(marks: Uint8Array = new Uint8Array(4), change: Partial<PieceStore> = {}) {
  const inputs: SwarmInput[] = []
  const bugs: unknown[] = []
  const sha256 = (bytes: Bytes): Promise<Bytes> => crypto.sha256(bytes)
  const store = openMemoryStore({ sha256, limitBytes: limits.memoryStoreMaxBytes, bugFound: () => undefined })
  const shares = await restoreShares({
    tab: 'tab',
    index,
    store: { ...store, restore: async () => ({ ok: true, value: marks }), ...change },
    crypto,
    signer: { goesOn: async (_, kept) => (await crypto.keptSigningKey(kept)) !== null },
    keeper: { restored: () => undefined },
    handle: (input) => void inputs.push(input),
    // What waits goes on at once.
    clock: { now: () => 0, after: (_, then) => (queueMicrotask(then), () => undefined) },
    bugFound: (error) => void bugs.push(error),
  })
  return { shares, inputs, bugs }
}

describe('what an earlier page left', () => {
  it('S29 is handed to the machine as it was, with what the disk claims', async () => {
    const parts = await listOf(1, 2)
    await left(parts)
    const { shares, inputs } = await restored(Uint8Array.of(1, 0, 0, 1))
    const { share } = manifest
    expect(shares).toEqual([{ share, wish: 'fetch', completed: false, source: null, isCopied: false }])
    const said = { isOrigin: false, claimed: [0, 3], wish: 'fetch', fits: true, completed: false } as const
    expect(inputs).toEqual([{ type: 'shareRestored', manifest, parts, ...said }])
  })

  it('S29 is believed only as far as its list is signed', async () => {
    const [first, second, third] = await listOf(1, 1, 1)
    if (!first || !second || !third) throw new Error('a list has three parts')
    await left([first, { ...second, hashes: hashesOf(9, 10) }, third])
    const { inputs } = await restored()
    expect(inputs).toMatchObject([{ parts: [first] }])
  })

  it('S29 is nothing where the manifest does not give its id', async () => {
    await left([], { manifest: encodeManifest({ ...manifest, name: 'else' }) })
    const { shares, inputs } = await restored()
    expect([shares, inputs]).toEqual([[], []])
    expect(await index.list()).toEqual([])
  })

  it('S29 is asked for again where the page before still holds it open', async () => {
    await left(await listOf(1))
    let tries = 0
    const restore: PieceStore['restore'] = async () =>
      ++tries < 3
        ? { ok: false, fault: { code: 'broken', detail: 'NoModificationAllowedError' } }
        : { ok: true, value: Uint8Array.of(1, 0, 0, 0) }
    expect((await restored(undefined, { restore })).inputs).toMatchObject([{ claimed: [0], fits: true }])
  })

  it('S29 keeps none of the others back where one cannot be had', async () => {
    await left([])
    const { parts } = index
    const other = certified(newManifest(1), sha256AtOnce)
    await index.put({
      version: recordVersion,
      tab: 'tab',
      share: other.share,
      manifest: encodeManifest(other),
      key: null,
      source: null,
      wish: 'fetch',
      completed: false,
      updatedMs: -1,
    })
    index.parts = async (tab, share) => {
      if (share === other.share) throw new DOMException('lost', 'UnknownError')
      return parts(tab, share)
    }
    const { shares, bugs } = await restored()
    expect(shares.map(({ share }) => share)).toEqual([manifest.share])
    expect(bugs).toHaveLength(1)
  })

  it('S30 is ours to go on with where the key was kept', async () => {
    await left(await listOf(1), { key, wish: 'offer' })
    expect((await restored(Uint8Array.of(1, 1, 1, 1))).inputs).toMatchObject([
      { isOrigin: true, wish: 'offer', claimed: [], fits: false },
    ])
  })

  it('S30 is whole where all its files were copied and listed', async () => {
    await left(await listOf(1, 3), { key, wish: 'offer' })
    const { shares, inputs } = await restored(Uint8Array.of(1, 1, 1, 1))
    expect(inputs).toMatchObject([{ wish: 'offer', claimed: [0, 1, 2, 3], fits: true }])
    expect(shares).toMatchObject([{ isCopied: true }])
  })

  it('S30 frees a copy that was not finished', async () => {
    await left(await listOf(1, 3), { key, wish: 'offer' })
    const removed: string[] = []
    const remove: PieceStore['remove'] = async (share) => void removed.push(share)
    const { shares, inputs } = await restored(Uint8Array.of(1, 1, 0, 1), { remove })
    expect(inputs).toMatchObject([{ wish: 'offer', claimed: [], fits: false }])
    expect(shares).toMatchObject([{ isCopied: false }])
    expect(removed).toEqual([manifest.share])
  })

  it('S30 is not ours to sign where this browser cannot use the key any more', async () => {
    await left(await listOf(1), { key, wish: 'offer' })
    crypto = { ...crypto, keptSigningKey: async () => null }
    expect((await restored()).inputs).toMatchObject([{ isOrigin: false, wish: 'offer' }])
  })
})
