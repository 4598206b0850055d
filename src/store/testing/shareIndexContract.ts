import { bytesEqual, type Bytes } from '../../shared/bytes.ts'
import type { ShareId } from '../../shared/ids.ts'
import { randomShareId } from '../../shared/random.ts'
import { recordVersion, type ShareIndex, type ShareRecord, type StoredPart } from '../shareIndex.ts'
import { random, same, sameBytes } from './pieceStoreSamples.ts'

export const recordOf = (tab: string, share: ShareId): ShareRecord => ({
  version: recordVersion,
  tab,
  share,
  manifest: Uint8Array.of(1, 2, 3),
  key: null,
  wish: 'fetch',
  completed: false,
  source: null,
  updatedMs: 1,
})

const partAt = (first: number): StoredPart => ({
  first,
  before: new Uint8Array(32).fill(first),
  signature: new Uint8Array(64),
  hashes: new Uint8Array(32).fill(first + 1),
})

const newTab = (): string => randomShareId(random)

async function recordsOf(index: ShareIndex, tab: string): Promise<ShareRecord[]> {
  return (await index.list()).filter((record) => record.tab === tab)
}

async function newKeyPair(): Promise<{ publicKey: Bytes; verifying: CryptoKey; secret: CryptoKey }> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey))
  return { publicKey: raw, verifying: publicKey, secret: privateKey }
}

/** What every index of shares must do. Needs no test framework: it also runs inside a browser page, over the same index again and again. */
export const shareIndexContract: readonly {
  readonly name: string
  run(open: () => Promise<ShareIndex>): Promise<void>
}[] = [
  {
    name: 'hands out what was put last of each share',
    async run(open) {
      const index = await open()
      const [tab, share] = [newTab(), randomShareId(random)]
      await index.put(recordOf(tab, share))
      await index.put({ ...recordOf(tab, share), wish: 'pause' })
      const [record, ...more] = await recordsOf(index, tab)
      same(more.length, 0, 'further records')
      same(record?.wish, 'pause', 'the later wish')
      same((await index.ofTab(tab)).length, 1, 'records of the tab')
      same((await index.ofTab(newTab())).length, 0, 'records of another tab')
      index.close()
    },
  },
  {
    name: 'hands out the parts of one share from the first on, however they came',
    async run(open) {
      const index = await open()
      const [tab, share] = [newTab(), randomShareId(random)]
      await index.putParts(tab, share, [partAt(300), partAt(0)])
      await index.putParts(tab, share, [partAt(4), partAt(0)])
      await index.putParts(tab, randomShareId(random), [partAt(2)])
      const parts = await index.parts(tab, share)
      same(parts.map(({ first }) => first).join(), '0,4,300', 'parts')
      sameBytes(parts[1]?.hashes ?? new Uint8Array(0), new Uint8Array(32).fill(5), 'hashes')
      index.close()
    },
  },
  {
    name: 'forgets a share, or all of a tab, with their parts, and nothing else',
    async run(open) {
      const index = await open()
      const [tab, other] = [newTab(), newTab()]
      const [kept, removed] = [randomShareId(random), randomShareId(random)]
      for (const [at, share] of [
        [tab, kept],
        [tab, removed],
        [other, kept],
      ] as const) {
        await index.put(recordOf(at, share))
        await index.putParts(at, share, [partAt(0)])
      }
      await index.remove(tab, removed)
      same((await recordsOf(index, tab)).map(({ share }) => share).join(), kept, 'what is left of the tab')
      same((await index.parts(tab, removed)).length, 0, 'parts of what is removed')
      same((await index.parts(tab, kept)).length, 1, 'parts of what is kept')
      await index.removeTab(tab)
      same((await recordsOf(index, tab)).length, 0, 'records of the tab')
      same((await index.parts(tab, kept)).length, 0, 'parts of the tab')
      same((await recordsOf(index, other)).length, 1, 'records of the other tab')
      same((await index.parts(other, kept)).length, 1, 'parts of the other tab')
      index.close()
    },
  },
  {
    name: 'keeps a key that cannot be read out, and that signs as before',
    async run(open) {
      const index = await open()
      const tab = newTab()
      const { publicKey, verifying, secret } = await newKeyPair()
      await index.put({ ...recordOf(tab, randomShareId(random)), key: { publicKey, secret } })
      const [record] = await recordsOf(index, tab)
      const key = record?.key
      if (!key || key.secret instanceof Uint8Array) throw new Error('the key is kept as one')
      same(key.secret.extractable, false, 'extractable')
      same(bytesEqual(key.publicKey, publicKey), true, 'the public key')
      const signature = await crypto.subtle.sign('Ed25519', key.secret, Uint8Array.of(7))
      same(
        await crypto.subtle.verify('Ed25519', verifying, signature, Uint8Array.of(7)),
        true,
        'the signature',
      )
      index.close()
    },
  },
  {
    name: 'names the tabs that left anything, be it parts alone or another format',
    async run(open) {
      const index = await open()
      const [withParts, withOld, empty] = [newTab(), newTab(), newTab()]
      await index.putParts(withParts, randomShareId(random), [partAt(0), partAt(1)])
      const old = { ...recordOf(withOld, randomShareId(random)), version: 1 }
      await index.put(old as unknown as ShareRecord)
      const tabs = (await index.tabs()).filter((tab) => [withParts, withOld, empty].includes(tab))
      same(tabs.toSorted().join(), [withParts, withOld].toSorted().join(), 'tabs')
      for (const tab of tabs) await index.removeTab(tab)
      index.close()
    },
  },
  {
    name: 'hands out nothing of another format',
    async run(open) {
      const index = await open()
      const tab = newTab()
      const old = { ...recordOf(tab, randomShareId(random)), version: 1 }
      await index.put(old as unknown as ShareRecord)
      same((await recordsOf(index, tab)).length, 0, 'records')
      await index.removeTab(tab)
      index.close()
    },
  },
]
