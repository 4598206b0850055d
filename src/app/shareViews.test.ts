import { beforeEach, describe, expect, it } from 'vitest'
import { ShareBoard } from '../engine/shareBoard.ts'
import type { MemberSnapshot } from '../room/io.ts'
import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomBytes, randomPeerId, seededRandom } from '../shared/random.ts'
import { MemoryClock } from '../shared/testing/memoryClock.ts'
import { hashBytes } from '../swarm/hashList.ts'
import type { SwarmMessage } from '../swarm/io.ts'
import { createSwarm, type Swarm } from '../swarm/swarm.ts'
import { fakeSha256 } from '../swarm/testing/fakeCrypto.ts'
import { hashesOf, listOf, signParts, unlisted } from '../swarm/testing/lists.ts'
import { newManifest } from '../swarm/testing/swarmWorld.ts'
import { KnownShares } from './knownShares.ts'
import { ShareViews } from './shareViews.ts'
import type { ShareView } from './view.ts'

const random = seededRandom(1)
const alice = randomPeerId(random)
const bob = randomPeerId(random)
const names = new Map([
  [alice, 'alice'],
  [bob, 'bob'],
])
const member = (peer: PeerId): MemberSnapshot => ({ peer, profile: null, device: null, state: 'direct' })

const piece = limits.blockSizeBytes
/** Four pieces. */
const manifest = newManifest(4, { name: 'a.bin' })
const { share } = manifest
const memoryLimitBytes = 10 * piece

let swarm: Swarm
let known: KnownShares
let views: ShareViews
let board: ShareBoard
let now: Millis
beforeEach(() => {
  swarm = createSwarm({ random, sha256: fakeSha256, uploadLimitBytesPerSecond: 0, carries: true })
  known = new KnownShares()
  views = new ShareViews(known, { memoryLimitBytes: memoryLimitBytes, canAsk: () => false })
  board = new ShareBoard(swarm, new MemoryClock(), (event) => {
    if (event.type === 'sharesChanged') known.take(event)
    if (event.type === 'piecesLeft') views.piecesLeft(event.share, names.get(event.peer) ?? '')
  })
  now = 0
  for (const peer of [alice, bob]) swarm.handle({ type: 'peerLinked', peer }, now)
})

function tell(peer: PeerId, message: SwarmMessage): void {
  for (const effect of swarm.handle({ type: 'messageArrived', peer, message }, now))
    if (effect.type === 'verifyPart')
      swarm.handle({ type: 'partVerified', share, part: effect.part, right: true }, now)
}

function offer(peer: PeerId, bits: number): void {
  tell(peer, { type: 'offer', manifest })
  tell(peer, { type: 'bitfield', share, listed: unlisted, bits: Uint8Array.of(bits) })
}

function startDownload(): void {
  swarm.handle({ type: 'downloadAsked', share }, now)
  swarm.handle({ type: 'storeOpened', share }, now)
  for (const part of listOf(manifest, 4)) tell(alice, { type: 'hashes', share, part })
}

/** The piece asked for first comes, and is found right. Answers which it was. */
function fetchPiece(): number {
  const [at] = swarm.inspect(share)?.open.keys() ?? []
  if (at === undefined) throw new Error('no piece is asked for')
  tell(alice, { type: 'block', share, piece: at, block: 0, bytes: new Uint8Array(piece) })
  swarm.handle({ type: 'pieceChecked', share, piece: at, right: true }, now)
  return at
}

const leave = (peer: PeerId): void =>
  board.peerLeaves(peer, () => void swarm.handle({ type: 'peerUnlinked', peer }, now))

/** `givers`: members that say they give the share. */
function look(givers: readonly PeerId[] = []): ShareView {
  board.tell()
  const named = {
    nameOf: (peer: PeerId) => names.get(peer) ?? '',
    originOf: () => null,
    giversOf: () => new Set(givers),
  }
  const [view] = views.views([member(alice), member(bob)], named, now)
  if (!view) throw new Error('there is no share')
  return view
}

const allPieces = 0b1111_0000

describe('a share of the room', () => {
  it('says who offers it and how many have it', () => {
    offer(alice, allPieces)
    offer(bob, 0b1000_0000)
    expect(look()).toMatchObject({
      name: 'a.bin',
      state: 'offered',
      mine: false,
      offeredBy: ['alice'],
      copies: 1,
      otherCopies: 1,
      roomFraction: 1,
      reachableFraction: 1,
      haveBytes: 0,
      pieceCount: 4,
      trouble: null,
    })
    expect(look().holders.map(({ name, fraction }) => [name, fraction])).toEqual([
      ['alice', 1],
      ['bob', 0.25],
    ])
  })

  it('at rest has a strip only while its details are looked at', () => {
    offer(alice, allPieces)
    offer(bob, 0b1000_0000)
    expect(look().strip).toEqual([])
    board.lookAt(share, true)
    expect(look().strip).toEqual(['common', 'rare', 'rare', 'rare'])
    board.lookAt(share, false)
    expect(look().strip).toEqual([])
  })

  it('counts what is here, from whom it comes and how fast', () => {
    offer(alice, allPieces)
    startDownload()
    look()
    now += 1000
    const fetched = fetchPiece()
    const coming = look()
    expect(coming).toMatchObject({ state: 'downloading', haveBytes: piece, sourceCount: 1 })
    expect(coming.downBytesPerSecond).toBeGreaterThan(0)
    expect(coming.timeLeftMs).toBeGreaterThan(0)
    expect(coming.strip[fetched]).toBe('here')
    expect(coming.strip.filter((cell) => cell === 'here')).toHaveLength(1)
    expect(coming.strip).toContain('coming')
    now += limits.sourceRecentMs
    expect(look().sourceCount).toBe(0)
    now += 60_000
    expect(look()).toMatchObject({ downBytesPerSecond: 0, timeLeftMs: null })
  })

  it('is not on the list while it is hidden', () => {
    offer(alice, allPieces)
    views.hidden.add(share)
    expect(() => look()).toThrow('no share')
    views.hidden.delete(share)
    expect(look().name).toBe('a.bin')
  })
})

describe('trouble', () => {
  it('is none while all of it can be had', () => {
    offer(alice, allPieces)
    startDownload()
    look()
    now += 60_000
    expect(look().trouble).toBeNull()
  })

  it('names who left with the rest, until somebody brings it', () => {
    offer(alice, allPieces)
    startDownload()
    const fetched = fetchPiece()
    offer(bob, 0b1000_0000 >> fetched)
    look()
    leave(alice)
    expect(look()).toMatchObject({
      trouble: { code: 'waitingForRest', leftBy: 'alice' },
      reachableFraction: 0.25,
      haveBytes: piece,
    })
    leave(bob)
    expect(look().trouble).toEqual({ code: 'waitingForRest', leftBy: 'alice' })

    swarm.handle({ type: 'peerLinked', peer: bob }, now)
    offer(bob, allPieces)
    expect(look().trouble).toBeNull()
  })

  it('is nobody’s fault when the rest was never here, and is not told before it is sure', () => {
    offer(alice, 0b1000_0000)
    startDownload()
    fetchPiece()
    expect(look().trouble).toBeNull()
    now += 10_000
    expect(look().trouble).toEqual({ code: 'waitingForRest', leftBy: null })
  })

  it('is that nobody was found who gives it, where others in a large room do', () => {
    offer(alice, 0b1000_0000)
    startDownload()
    fetchPiece()
    const far = [randomPeerId(random)]
    look(far)
    now += 10_000
    expect(look(far).trouble).toBeNull()
    now += 25_000
    expect(look(far).trouble).toEqual({ code: 'restOutOfReach' })
    offer(bob, allPieces)
    expect(look(far).trouble).toBeNull()
  })

  it('is not told of what nobody here wants', () => {
    offer(alice, 0b1000_0000)
    offer(bob, 0b0100_0000)
    look()
    now += 10_000
    leave(alice)
    expect(look().trouble).toBeNull()
  })

  it('is a full disk, with what is still needed', () => {
    offer(alice, allPieces)
    startDownload()
    fetchPiece()
    swarm.handle({ type: 'pieceFaulted', share, piece: 0, fault: { code: 'full' } }, now)
    expect(look()).toMatchObject({
      state: 'failed',
      trouble: { code: 'storageFull', neededBytes: manifest.sizeBytes - piece },
    })
    swarm.handle({ type: 'resumeAsked', share }, now)
    expect(look()).toMatchObject({ state: 'downloading', trouble: null })
  })

  it('is a memory that the share can never fit in', () => {
    views = new ShareViews(known, { memoryLimitBytes: piece, canAsk: () => false })
    offer(alice, allPieces)
    swarm.handle({ type: 'downloadAsked', share }, now)
    swarm.handle({ type: 'storeFailed', share, fault: { code: 'full' } }, now)
    expect(look().trouble).toEqual({ code: 'tooLargeForMemory', limitBytes: piece })
  })

  it('is a broken disk, in its own words', () => {
    offer(alice, allPieces)
    startDownload()
    swarm.handle({ type: 'pieceFaulted', share, piece: 1, fault: { code: 'broken', detail: 'why' } }, now)
    expect(look()).toMatchObject({ state: 'failed', trouble: { code: 'storageBroken', detail: 'why' } })
  })

  it.each([
    ['before it is taken', () => undefined],
    ['while it is', startDownload],
  ])('says that its origin signed two lists, %s', (_, begin) => {
    offer(alice, 0xf0)
    offer(bob, 0xf0)
    for (const part of listOf(manifest, 1)) tell(alice, { type: 'hashes', share, part })
    begin()
    const [other] = signParts(manifest, hashesOf(7, 8))
    if (other) tell(bob, { type: 'hashes', share, part: other })
    board.tell()
    expect(look()).toMatchObject({ state: 'failed', trouble: { code: 'contradicted' } })
  })

  it('is a file of ours that can no longer be read', () => {
    swarm.handle({ type: 'shareOffered', manifest }, now)
    swarm.handle({ type: 'pieceHashed', share, piece: 0, hash: randomBytes(random, hashBytes) }, now)
    expect(look()).toMatchObject({ mine: true, haveBytes: piece, trouble: null })
    swarm.handle({ type: 'sourceLost', share }, now)
    expect(look()).toMatchObject({ state: 'failed', mine: true, trouble: { code: 'sourceChanged' } })
  })
})
