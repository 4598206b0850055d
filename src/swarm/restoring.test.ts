import { describe, expect, it } from 'vitest'
import type { SwarmEffect } from './io.ts'
import { hashesOf, hashOf, listOf, signParts } from './testing/lists.ts'
import type { Manifest } from './manifest.ts'
import {
  askedOf,
  bitsOf,
  Machine,
  newManifest,
  newPeerId,
  ordered,
  range,
  sentTo,
} from './testing/swarmWorld.ts'

const fetched = { isOrigin: false, wish: 'fetch', fits: true, completed: false } as const

/** What an earlier page kept of a share of so many pieces: these claimed, and the hashes of the first `listed`. */
const keptOf = (manifest: Manifest, claimed: readonly number[], listed: number) =>
  ({ type: 'shareRestored', manifest, parts: listOf(manifest, listed), claimed, ...fetched }) as const

/** The same, of a share that it gave from files. */
const given = (manifest: Manifest, listed: number) =>
  ({ ...keptOf(manifest, [], listed), isOrigin: true, wish: 'offer', fits: false }) as const

/** The same, where it had copied all the files. */
const copied = (manifest: Manifest) => {
  const pieces = range(manifest.sizeBytes / manifest.pieceSizeBytes)
  const kept = keptOf(manifest, pieces, pieces.length)
  return { ...kept, isOrigin: true, wish: 'offer', completed: true } as const
}

const rechecked = (effects: readonly SwarmEffect[]): number[] =>
  ordered(effects, 'recheckPiece').map(({ piece }) => piece)

const heldBy = (alice: Machine, { share }: Manifest): number[] =>
  range(alice.swarm.inspect(share)?.pieceCount ?? 0).filter((piece) =>
    alice.swarm.inspect(share)?.held.has(piece),
  )

describe('a share of an earlier page', () => {
  it('S29 has each piece on disk hashed again, one after the other, before it counts', () => {
    const alice = new Machine()
    const manifest = newManifest(4)
    const { share } = manifest
    const effects = alice.feed(keptOf(manifest, [0, 2], 4))
    expect(ordered(effects, 'recheckPiece')).toEqual([
      { type: 'recheckPiece', share, piece: 0, hash: hashOf(0) },
    ])
    expect(ordered(effects, 'openStore')).toEqual([])
    expect(heldBy(alice, manifest)).toEqual([])
    const next = alice.feed({ type: 'pieceRechecked', share, piece: 0, right: true })
    expect(rechecked(next)).toEqual([2])
    expect(heldBy(alice, manifest)).toEqual([0])
    expect(rechecked(alice.feed({ type: 'pieceRechecked', share, piece: 2, right: true }))).toEqual([])
    expect(heldBy(alice, manifest)).toEqual([0, 2])
  })

  it('S29 asks nobody for what is being hashed again, and for the rest at once', () => {
    const alice = new Machine()
    const manifest = newManifest(6)
    alice.feed(keptOf(manifest, [0, 1, 2], 6))
    const bob = alice.holder(manifest, range(6))
    for (let left = 3; left > 0; left--) {
      const [asked] = alice.asked(manifest.share).keys()
      expect(asked).toBeGreaterThanOrEqual(3)
      alice.give(bob, manifest, asked ?? 0)
      alice.checked(manifest, asked ?? 0)
    }
    expect(heldBy(alice, manifest)).toEqual([3, 4, 5])
    expect([...alice.asked(manifest.share).keys()]).toEqual([])
  })

  it('S29 fetches what the disk has wrong', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const { share } = manifest
    alice.feed(keptOf(manifest, [0, 1], 2))
    const bob = alice.holder(manifest, [0, 1])
    expect(askedOf(alice.pass(1000), bob)).toEqual([])
    alice.feed({ type: 'pieceRechecked', share, piece: 0, right: true })
    const effects = alice.feed({ type: 'pieceRechecked', share, piece: 1, right: false })
    expect(askedOf(effects, bob)).toEqual([1])
    expect(heldBy(alice, manifest)).toEqual([0])
  })

  it('S29 waits, with what it has no hash of, for the list', () => {
    const alice = new Machine()
    const manifest = newManifest(3)
    const { share } = manifest
    alice.feed(keptOf(manifest, [0, 2], 1))
    expect(rechecked(alice.feed({ type: 'pieceRechecked', share, piece: 0, right: true }))).toEqual([])
    const bob = alice.holder(manifest, [1])
    const told = alice.tellList(bob, manifest, listOf(manifest, 3))
    expect(rechecked(told)).toEqual([2])
  })

  it('S29 that was complete is so again when all is right, and that is no news', () => {
    const alice = new Machine()
    const manifest = newManifest(1)
    const { share } = manifest
    alice.feed({ ...keptOf(manifest, [0], 1), completed: true })
    expect(alice.swarm.snapshot(share)?.state).toBe('downloading')
    const effects = alice.feed({ type: 'pieceRechecked', share, piece: 0, right: true })
    expect(alice.swarm.snapshot(share)?.state).toBe('complete')
    expect(ordered(effects, 'report')).toEqual([])
  })

  it('S29 that was paused stays paused, and is given all the same', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const { share } = manifest
    alice.feed({ ...keptOf(manifest, [0], 2), wish: 'pause' })
    const bob = alice.holder(manifest, [0, 1])
    alice.feed({ type: 'pieceRechecked', share, piece: 0, right: true })
    const effects = alice.pass(1000)
    expect(askedOf(effects, bob)).toEqual([])
    expect(sentTo(effects, bob, 'have')).toHaveLength(1)
    expect(alice.swarm.snapshot(share)?.state).toBe('paused')
  })

  it.each([
    ['fetch', 'stopped'],
    ['pause', 'paused'],
  ] as const)('S29 whose rest has no room does not begin by itself (%s)', (wish, state) => {
    const alice = new Machine()
    const manifest = newManifest(3)
    const { share } = manifest
    const bob = alice.holder(manifest, range(3))
    alice.feed({ ...keptOf(manifest, [0], 3), wish, fits: false })
    alice.feed({ type: 'pieceRechecked', share, piece: 0, right: true })
    expect(askedOf(alice.pass(1000), bob)).toEqual([])
    expect(alice.swarm.snapshot(share)?.state).toBe(state)
    // It asks for room, and goes on with what is here.
    const resumed = alice.feed({ type: 'resumeAsked', share })
    expect(ordered(resumed, 'openStore')).toHaveLength(1)
    const opened = alice.feed({ type: 'storeOpened', share })
    expect(askedOf(opened, bob).every((piece) => piece > 0)).toBe(true)
    expect(heldBy(alice, manifest)).toEqual([0])
  })

  it('S29 tells how much of it is still to be hashed', () => {
    const alice = new Machine()
    const manifest = newManifest(4)
    const { share } = manifest
    const claimedCount = () => alice.swarm.snapshot(share)?.claimedCount
    alice.feed(keptOf(manifest, [0, 1, 3], 4))
    expect(claimedCount()).toBe(3)
    alice.feed({ type: 'pieceRechecked', share, piece: 0, right: true })
    alice.feed({ type: 'pieceRechecked', share, piece: 1, right: false })
    expect(claimedCount()).toBe(1)
    alice.feed({ type: 'cancelAsked', share })
    alice.holder(manifest, [0])
    expect(claimedCount() ?? 0).toBe(0)
  })

  it('S29 meets what a peer has said of it meanwhile', () => {
    const alice = new Machine()
    const manifest = newManifest(30)
    const { share } = manifest
    const bob = alice.holder(manifest, range(30))
    alice.download(manifest, bob, hashesOf(0, 30))
    const asked = [...alice.asked(share).keys()]
    alice.feed(keptOf(manifest, range(30), 30))
    // What was asked for before is under way; the rest is hashed again.
    const claimed = range(30).find((piece) => !asked.includes(piece))
    expect(asked.length).toBeLessThan(30)
    expect(alice.swarm.inspect(share)?.rechecking).toBe(claimed)
  })

  it('S29 whose origin told a peer something else is contradicted', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const bob = alice.holder(manifest, [0, 1])
    alice.download(manifest, bob, hashesOf(0, 2))
    const other = signParts(manifest, hashesOf(5, 7))
    alice.feed({ ...keptOf(manifest, [0, 1], 0), parts: other })
    expect(alice.swarm.inspect(manifest.share)?.contradicted).toBe(true)
  })

  it('S29 forgets what was claimed when it is cancelled', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const { share } = manifest
    const bob = alice.holder(manifest, [0, 1])
    alice.feed(keptOf(manifest, [0, 1], 2))
    alice.feed({ type: 'cancelAsked', share })
    expect(rechecked(alice.feed({ type: 'pieceRechecked', share, piece: 0, right: true }))).toEqual([])
    expect(heldBy(alice, manifest)).toEqual([])
    expect(alice.swarm.snapshot(share)?.state).toBe('offered')
    expect(sentTo(alice.pass(1000), bob, 'have')).toEqual([])
  })
})

describe('a share that an earlier page gave from files', () => {
  it('S30 is offered by nobody until its files are there again, and stays on the list', () => {
    const alice = new Machine()
    const manifest = newManifest(3)
    const { share } = manifest
    const bob = alice.holder(newManifest(1), [])
    const effects = alice.feed(given(manifest, 2))
    expect(sentTo(effects, bob, 'offer')).toEqual([])
    expect(alice.swarm.snapshot(share)).toMatchObject({ source: 'away', state: 'offered' })
    alice.feed({ type: 'peerUnlinked', peer: bob })
    expect(alice.swarm.snapshot(share)).not.toBeNull()
  })

  it('S30 goes on with the list that was signed, and signs no other in its place', () => {
    const alice = new Machine()
    const manifest = newManifest(3)
    const { share } = manifest
    alice.feed(given(manifest, 2))
    const bob = alice.holder(newManifest(1), [])
    expect(sentTo(alice.feed({ type: 'sourceAttached', share }), bob, 'offer')).toHaveLength(1)
    for (const piece of [0, 1, 2]) alice.feed({ type: 'pieceHashed', share, piece, hash: hashOf(piece) })
    alice.pass(1000)
    const parts = alice.swarm.inspect(share)?.list.parts ?? []
    expect(parts.slice(0, 2)).toEqual(listOf(manifest, 2))
    expect(parts.map(({ first }) => first)).toEqual([0, 1, 2])
    expect(alice.swarm.snapshot(share)).toMatchObject({ source: 'whole', state: 'complete' })
  })

  it('S30 is another share when other bytes are where the list says', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const { share } = manifest
    alice.feed(given(manifest, 2))
    alice.feed({ type: 'sourceAttached', share })
    const effects = alice.feed({ type: 'pieceHashed', share, piece: 0, hash: hashOf(9) })
    const reports = ordered(effects, 'report').map(({ report }) => report.type)
    expect(reports).toContain('sourceDiffers')
    expect(ordered(effects, 'signPart')).toEqual([])
  })

  it('S30 can be fetched from others like any other', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const { share } = manifest
    alice.feed(given(manifest, 2))
    const bob = alice.holder(manifest, [0, 1])
    alice.feed({ type: 'downloadAsked', share })
    const effects = alice.feed({ type: 'storeOpened', share })
    expect(askedOf(effects, bob).toSorted()).toEqual([0, 1])
  })

  it('S30 is gone when it is removed', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    alice.feed(given(manifest, 2))
    alice.feed({ type: 'removeAsked', share: manifest.share })
    expect(alice.swarm.snapshot(manifest.share)).toBeNull()
  })

  it('S30 is offered at once where all its files were copied, and each piece counts when it is hashed again', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const { share } = manifest
    const bob = alice.holder(newManifest(1), [])
    const effects = alice.feed(copied(manifest))
    expect(sentTo(effects, bob, 'offer')).toHaveLength(1)
    expect(alice.swarm.snapshot(share)).toMatchObject({ source: 'hashing', heldCount: 0 })
    for (const piece of [0, 1]) alice.feed({ type: 'pieceRechecked', share, piece, right: true })
    expect(alice.swarm.snapshot(share)).toMatchObject({ source: 'whole', state: 'complete', heldCount: 2 })
  })

  it('S30 a copy that is not right any more waits for its files, gives the rest, and can be fetched', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const { share } = manifest
    alice.feed(copied(manifest))
    alice.feed({ type: 'pieceRechecked', share, piece: 0, right: false })
    alice.feed({ type: 'pieceRechecked', share, piece: 1, right: true })
    expect(alice.swarm.snapshot(share)).toMatchObject({ source: 'away', state: 'offered', heldCount: 1 })
    const bob = alice.holder(manifest, [0, 1])
    alice.feed({ type: 'downloadAsked', share })
    expect(askedOf(alice.feed({ type: 'storeOpened', share }), bob)).toEqual([0])
  })

  it('S30 an empty one needs no files', () => {
    const alice = new Machine()
    const manifest = newManifest(0)
    alice.feed(copied(manifest))
    expect(alice.swarm.snapshot(manifest.share)).toMatchObject({ source: 'whole', state: 'complete' })
  })

  it('S29 whoever has it says so in a bitfield', () => {
    const alice = new Machine()
    const manifest = newManifest(9)
    const { share } = manifest
    alice.feed(keptOf(manifest, [0, 8], 9))
    alice.feed({ type: 'pieceRechecked', share, piece: 0, right: true })
    alice.feed({ type: 'pieceRechecked', share, piece: 8, right: true })
    const bob = newPeerId()
    const greeting = alice.feed({ type: 'peerLinked', peer: bob })
    expect(sentTo(greeting, bob, 'bitfield').map(({ bits }) => bits)).toEqual([bitsOf(9, [0, 8])])
  })
})
