import { beforeEach, describe, expect, it } from 'vitest'
import { pieceCount, pieceLength } from '../shared/geometry.ts'
import type { PeerId } from '../shared/ids.ts'
import { randomBytes, randomPeerId, seededRandom } from '../shared/random.ts'
import { memoryIndex, type ShareIndex } from '../store/shareIndex.ts'
import { hashBytes } from '../swarm/hashList.ts'
import type { SwarmInput } from '../swarm/io.ts'
import { geometryOf, type Manifest } from '../swarm/manifest.ts'
import { createSwarm, type Swarm } from '../swarm/swarm.ts'
import { fileManifest, newManifest } from '../swarm/testing/swarmWorld.ts'
import { IndexKeeper } from './indexKeeper.ts'
import { MemoryClock } from '../shared/testing/memoryClock.ts'

const random = seededRandom(1)
const alice: PeerId = randomPeerId(random)
const tab = 'tab'

let clock: MemoryClock
let swarm: Swarm
let index: ShareIndex
let keeper: IndexKeeper
beforeEach(() => {
  clock = new MemoryClock()
  swarm = createSwarm({ random, uploadLimitBytesPerSecond: 0 })
  index = memoryIndex()
  keeper = new IndexKeeper({ index, tab, swarm, clock })
})

/** A share of alice's of which we have fetched this many pieces. */
function fetched(manifest: Manifest, pieces: number): void {
  const { share } = manifest
  const count = pieceCount(geometryOf(manifest))
  const bits = new Uint8Array(Math.ceil(count / 8)).fill(0xff << (8 - (count % 8 || 8)))
  const inputs: SwarmInput[] = [
    { type: 'peerLinked', peer: alice },
    { type: 'messageArrived', peer: alice, message: { type: 'offer', manifest } },
    { type: 'messageArrived', peer: alice, message: { type: 'bitfield', share, bits } },
    { type: 'downloadAsked', share },
    { type: 'storeOpened', share },
    {
      type: 'messageArrived',
      peer: alice,
      message: { type: 'hashes', share, first: 0, hashes: randomBytes(random, count * hashBytes) },
    },
  ]
  for (const input of inputs) swarm.handle(input, 0)
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

describe('the index', () => {
  it('says what has been fetched, with all that is needed to go on', async () => {
    const manifest = newManifest(2)
    fetched(manifest, 1)
    await keeper.write()
    const [record] = await index.list()
    expect(JSON.parse(new TextDecoder().decode(record?.manifest))).toEqual(manifest)
    expect(record?.bitfield).toEqual(Uint8Array.of(0b1000_0000))
    expect(record?.hashes).toHaveLength(2 * hashBytes)
  })

  it('says nothing of our own files, and nothing of what has only begun', async () => {
    swarm.handle({ type: 'shareOffered', manifest: fileManifest(10) }, 0)
    fetched(newManifest(2), 0)
    await keeper.write()
    expect(await index.list()).toEqual([])
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
    await Promise.resolve()
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
    await expect(keeper.write()).rejects.toThrow('a mistake')
  })
})
