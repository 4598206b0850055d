import { beforeEach, describe, expect, it } from 'vitest'
import { pieceCount, pieceLength } from '../shared/geometry.ts'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomPeerId, seededRandom } from '../shared/random.ts'
import { memoryIndex, type ShareIndex } from '../store/shareIndex.ts'
import type { SwarmInput } from '../swarm/io.ts'
import { geometryOf, parseManifest, type Manifest } from '../swarm/manifest.ts'
import { createSwarm, type Swarm } from '../swarm/swarm.ts'
import { fakeSha256 } from '../swarm/testing/fakeCrypto.ts'
import { listOf, unlisted } from '../swarm/testing/lists.ts'
import { fileManifest, newManifest } from '../swarm/testing/swarmWorld.ts'
import { IndexKeeper } from './indexKeeper.ts'
import { MemoryClock } from '../shared/testing/memoryClock.ts'

const random = seededRandom(1)
const alice: PeerId = randomPeerId(random)
const tab = 'tab'
let bugs: unknown[]
const bugFound = (error: unknown): void => void bugs.push(error)

let clock: MemoryClock
let swarm: Swarm
let index: ShareIndex
let keeper: IndexKeeper
beforeEach(() => {
  bugs = []
  clock = new MemoryClock()
  swarm = createSwarm({ random, sha256: fakeSha256, uploadLimitBytesPerSecond: 0, carries: true })
  index = memoryIndex()
  keeper = new IndexKeeper({ index, tab, swarm, clock, bugFound })
})

const key = { publicKey: new Uint8Array(32).fill(1), secret: new Uint8Array(32).fill(2) }

/** A share of alice's of which we have fetched this many pieces. */
function fetched(manifest: Manifest, pieces: number): void {
  const { share } = manifest
  const count = pieceCount(geometryOf(manifest))
  const bits = new Uint8Array(Math.ceil(count / 8)).fill(0xff << (8 - (count % 8 || 8)))
  const inputs: SwarmInput[] = [
    { type: 'peerLinked', peer: alice },
    { type: 'messageArrived', peer: alice, message: { type: 'offer', manifest } },
    { type: 'messageArrived', peer: alice, message: { type: 'bitfield', share, listed: unlisted, bits } },
    { type: 'downloadAsked', share },
    { type: 'storeOpened', share },
    ...listOf(manifest, count).map(
      (part) => ({ type: 'messageArrived', peer: alice, message: { type: 'hashes', share, part } }) as const,
    ),
  ]
  for (const input of inputs)
    for (const effect of swarm.handle(input, 0))
      if (effect.type === 'verifyPart')
        swarm.handle({ type: 'partVerified', share, part: effect.part, right: true }, 0)
  for (let fetchedCount = 0; fetchedCount < pieces; fetchedCount++) fetchPiece(manifest)
}

/** The first of the pieces asked for comes: which are asked for is drawn by lot. */
function fetchPiece(manifest: Manifest): void {
  const { share } = manifest
  const piece = Math.min(...(swarm.inspect(share)?.open.keys() ?? []))
  const bytes = new Uint8Array(pieceLength(geometryOf(manifest), piece))
  const message = { type: 'block', share, piece, block: 0, bytes } as const
  swarm.handle({ type: 'messageArrived', peer: alice, message }, 0)
  swarm.handle({ type: 'pieceChecked', share, piece, right: true }, 0)
}

const refuse = async (): Promise<never> => {
  throw new DOMException('lost', 'UnknownError')
}

describe('the index', () => {
  it('says what has been fetched, with all that is needed to go on', async () => {
    const manifest = newManifest(2)
    fetched(manifest, 1)
    await keeper.write()
    const [record] = await index.list()
    expect(parseManifest(JSON.parse(new TextDecoder().decode(record?.manifest)), fakeSha256)).toEqual(
      manifest,
    )
    expect(record).toMatchObject({ key: null, wish: 'fetch', completed: false, source: null })
    expect(await index.parts(tab, manifest.share)).toEqual(listOf(manifest, 2))
  })

  it('says of our own what a later page needs to sign on: its key, and each part before anybody is told of it', async () => {
    const manifest = newManifest(2)
    const [first] = listOf(manifest, 1)
    if (!first) throw new Error('a list has a first part')
    keeper.offered(manifest.share, key, null)
    swarm.handle({ type: 'shareOffered', manifest }, 0)
    await keeper.signed(manifest.share, first)
    expect(await index.parts(tab, manifest.share)).toEqual([first])
    await keeper.write()
    expect(await index.list()).toMatchObject([{ share: manifest.share, key, wish: 'offer' }])
  })

  it('keeps no key of a share of which a part could not be written: a later page would sign another in its place', async () => {
    const manifest = newManifest(2)
    const [first] = listOf(manifest, 1)
    if (!first) throw new Error('a list has a first part')
    keeper.offered(manifest.share, key, null)
    swarm.handle({ type: 'shareOffered', manifest }, 0)
    await keeper.write()
    expect(await index.list()).toHaveLength(1)
    index.putParts = async () => {
      throw new DOMException('no space', 'QuotaExceededError')
    }
    await keeper.signed(manifest.share, first)
    await keeper.write()
    expect(await index.list()).toEqual([])
  })

  it('tells nobody of a part while neither it nor the end of its key could be written', async () => {
    const manifest = newManifest(2)
    const [first] = listOf(manifest, 1)
    if (!first) throw new Error('a list has a first part')
    keeper.offered(manifest.share, key, null)
    swarm.handle({ type: 'shareOffered', manifest }, 0)
    await keeper.write()
    const { putParts, remove } = index
    Object.assign(index, { putParts: refuse, remove: refuse })
    let isSure = false
    const signing = keeper.signed(manifest.share, first).then(() => (isSure = true))
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(isSure).toBe(false)
    Object.assign(index, { putParts, remove })
    clock.advanceTo(clock.now() + limits.indexRetryMs)
    await signing
    expect(await index.parts(tab, manifest.share)).toEqual([first])
  })

  it('that cannot forget a share tries again, and keeps none of the others back', async () => {
    const [cancelled, other] = [newManifest(2), newManifest(2)]
    fetched(cancelled, 1)
    await keeper.write()
    swarm.handle({ type: 'cancelAsked', share: cancelled.share }, 0)
    const { remove } = index
    index.remove = refuse
    keeper.offered(other.share, key, null)
    swarm.handle({ type: 'shareOffered', manifest: other }, 0)
    await keeper.write()
    expect((await index.list()).map(({ share }) => share).toSorted()).toEqual(
      [cancelled.share, other.share].toSorted(),
    )
    index.remove = remove
    await keeper.write()
    expect((await index.list()).map(({ share }) => share)).toEqual([other.share])
  })

  it('says nothing of a share of ours whose key it was not given', async () => {
    swarm.handle({ type: 'shareOffered', manifest: fileManifest(10) }, 0)
    await keeper.write()
    expect(await index.list()).toEqual([])
  })

  it('says what is wanted, from the first moment on, and follows what becomes of it', async () => {
    const manifest = newManifest(2)
    fetched(manifest, 0)
    await keeper.write()
    expect(await index.list()).toMatchObject([{ wish: 'fetch', completed: false }])
    swarm.handle({ type: 'pauseAsked', share: manifest.share }, 0)
    await keeper.write()
    expect(await index.list()).toMatchObject([{ wish: 'pause', completed: false }])
    swarm.handle({ type: 'resumeAsked', share: manifest.share }, 0)
    fetchPiece(manifest)
    fetchPiece(manifest)
    await keeper.write()
    expect(await index.list()).toMatchObject([{ wish: 'fetch', completed: true }])
  })

  it('says that a share is given from files of this device, whoever made it', async () => {
    const manifest = newManifest(2)
    fetched(manifest, 1)
    swarm.handle({ type: 'cancelAsked', share: manifest.share }, 0)
    swarm.handle({ type: 'sourceAttached', share: manifest.share }, 0)
    await keeper.write()
    expect(await index.list()).toMatchObject([{ key: null, wish: 'offer' }])
  })

  it('forgets what was cancelled or removed', async () => {
    const manifest = newManifest(2)
    fetched(manifest, 1)
    await keeper.write()
    swarm.handle({ type: 'cancelAsked', share: manifest.share }, 0)
    await keeper.write()
    expect(await index.list()).toEqual([])
  })

  it('is written a while after something changed, and not after the end', async () => {
    const manifest = newManifest(2)
    fetched(manifest, 1)
    keeper.touch()
    keeper.touch()
    expect(await index.list()).toEqual([])
    clock.advanceTo(clock.nextAt() ?? 0)
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(await index.list()).toHaveLength(1)
    keeper.touch()
    keeper.close()
    expect(clock.nextAt()).toBeNull()
  })

  it('that the browser refuses to write is written at the next change', async () => {
    const manifest = fileManifest(3 * 65_536)
    fetched(manifest, 1)
    const { put } = index
    index.put = async () => {
      throw new DOMException('no space', 'QuotaExceededError')
    }
    await keeper.write()
    index.put = put
    await keeper.write()
    expect(await index.list()).toHaveLength(1)
  })

  it('does not hide a mistake of ours', async () => {
    fetched(newManifest(2), 1)
    index.put = async () => {
      throw new TypeError('a mistake')
    }
    await keeper.write()
    expect(bugs).toEqual([new TypeError('a mistake')])
  })
})
