import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { hashesOf, hashOf, listOf, unlisted } from './testing/lists.ts'
import {
  askedOf,
  bitsOf,
  keptBlocks,
  Machine,
  newManifest,
  newPeerId,
  ordered,
  range,
  sentTo,
} from './testing/swarmWorld.ts'

const atRest = { openBytes: 0, aheadBytes: 0, queuedBytes: 0, carriedBytes: 0 }

function downloading(pieces: number) {
  const alice = new Machine()
  const manifest = newManifest(pieces)
  const bob = alice.holder(manifest, range(pieces))
  alice.download(manifest, bob, hashesOf(0, pieces))
  return { alice, bob, manifest, share: manifest.share }
}

const stateOf = (alice: Machine) => alice.swarm.shares()[0]?.state

describe('downloading', () => {
  it('S17 asks for room, and for the hash list meanwhile, then says what it holds, then asks for blocks', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const { share } = manifest
    const bob = alice.holder(manifest, [0, 1])
    const asked = alice.feed({ type: 'downloadAsked', share })
    const message = { type: 'interested', share, hashesFrom: 0 } as const
    expect(asked.slice(0, 2)).toEqual([
      { type: 'openStore', manifest },
      { type: 'send', peer: bob, message },
    ])
    const told = alice.tellList(bob, manifest, listOf(manifest, 2))
    expect(sentTo(told, bob, 'request')).toEqual([])
    const opened = alice.feed({ type: 'storeOpened', share })
    expect(opened.flatMap((effect) => (effect.type === 'send' ? [effect.message.type] : []))).toEqual([
      'offer',
      'bitfield',
      'hashes',
      'request',
    ])
    expect(sentTo(opened, bob, 'offer')).toHaveLength(1)
  })

  it('S25 is complete when the last piece is checked and kept, and interested no more', () => {
    const { alice, bob, manifest, share } = downloading(2)
    alice.give(bob, manifest, 0, 1)
    alice.checked(manifest, 0)
    expect(stateOf(alice)).toBe('downloading')
    const effects = alice.checked(manifest, 1)
    expect(stateOf(alice)).toBe('complete')
    expect(sentTo(effects, bob, 'notInterested')).toHaveLength(1)
    expect(ordered(effects, 'report')).toEqual([
      { type: 'report', report: { type: 'shareCompleted', share } },
    ])
    expect(alice.swarm.load()).toEqual(atRest)
  })

  it('S17 a pause takes requests back and keeps what is gathered; resuming goes on from there', () => {
    const { alice, bob, manifest, share } = downloading(3)
    const [gathering, other] = [...alice.asked(share).keys()]
    alice.give(bob, manifest, gathering ?? 0)
    const paused = alice.feed({ type: 'pauseAsked', share })
    expect(sentTo(paused, bob, 'cancel').length).toBeGreaterThan(0)
    expect(alice.swarm.load().aheadBytes).toBe(0)
    // A block and a check that cross the pause.
    expect(keptBlocks(alice.give(bob, manifest, other ?? 0))).toEqual([])
    alice.checked(manifest, gathering ?? 0)
    expect(alice.swarm.inspect(share)?.held.count).toBe(1)
    const passed = alice.pass(60_000)
    expect(sentTo(passed, bob, 'have')).toHaveLength(1)
    expect(sentTo(passed, bob, 'request')).toEqual([])
    const resumed = alice.feed({ type: 'resumeAsked', share })
    expect(askedOf(resumed, bob)).toContain(other)
    expect(askedOf(resumed, bob)).not.toContain(gathering)
  })

  it('S17 the last piece checked during a pause completes the share, and interest ends', () => {
    const { alice, bob, manifest, share } = downloading(1)
    alice.give(bob, manifest, 0)
    alice.feed({ type: 'pauseAsked', share })
    const effects = alice.checked(manifest, 0)
    expect(stateOf(alice)).toBe('complete')
    expect(sentTo(effects, bob, 'notInterested')).toHaveLength(1)
  })

  it('S17 a download paused while room was made for it is announced when it goes on', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const { share } = manifest
    const bob = alice.holder(manifest, [0, 1])
    alice.feed({ type: 'downloadAsked', share })
    alice.feed({ type: 'pauseAsked', share })
    alice.feed({ type: 'storeOpened', share })
    expect(stateOf(alice)).toBe('paused')
    const effects = alice.feed({ type: 'resumeAsked', share })
    expect(sentTo(effects, bob, 'offer')).toHaveLength(1)
    expect(sentTo(effects, bob, 'bitfield')).toHaveLength(1)
    expect(ordered(effects, 'openStore')).toEqual([])
  })

  it.each(['cancelAsked', 'removeAsked'] as const)('S17 %s forgets everything of the download', (type) => {
    const { alice, bob, manifest, share } = downloading(3)
    const [first] = [...alice.asked(share).keys()]
    alice.give(bob, manifest, first ?? 0)
    const effects = alice.feed({ type, share })
    expect(ordered(effects, 'closeStore')).toEqual([{ type: 'closeStore', share }])
    expect(sentTo(effects, bob, 'withdraw')).toHaveLength(1)
    expect(alice.swarm.load()).toEqual(atRest)
    // What crosses it changes nothing.
    alice.checked(manifest, first ?? 0)
    alice.feed({ type: 'storeOpened', share })
    alice.feed({ type: 'pieceFaulted', share, piece: 0, fault: { code: 'full' } })
    expect(alice.swarm.shares()[0]).toMatchObject({ state: 'offered', heldCount: 0 })
    const again = alice.download(manifest, bob, hashesOf(0, 3))
    expect(askedOf(again, bob).toSorted()).toEqual([0, 1, 2])
  })

  it('S18 when the disk is full the download stops; resumed, it checks what it had gathered', () => {
    const { alice, bob, manifest, share } = downloading(3)
    const [first, second] = [...alice.asked(share).keys()]
    alice.give(bob, manifest, first ?? 0, second ?? 0)
    for (const piece of [first ?? 0, second ?? 0])
      alice.feed({ type: 'pieceFaulted', share, piece, fault: { code: 'full' } })
    expect(alice.swarm.shares()[0]).toMatchObject({ state: 'stopped', fault: { code: 'full' } })
    expect(alice.swarm.load().aheadBytes).toBe(0)
    const effects = alice.feed({ type: 'resumeAsked', share })
    expect(ordered(effects, 'checkPiece').map(({ piece }) => piece)).toEqual([first, second])
    expect(askedOf(effects, bob)).not.toContain(first)
  })

  it('S18 what stopped for want of room goes on when something was freed, and nothing else does', () => {
    const { alice, manifest, share } = downloading(2)
    const other = newManifest(2)
    const bob = alice.holder(other, [0, 1])
    alice.download(other, bob, hashesOf(0, 2))
    alice.feed({ type: 'pauseAsked', share: other.share })
    alice.feed({ type: 'storeFailed', share, fault: { code: 'full' } })
    expect(alice.swarm.snapshot(share)?.state).toBe('stopped')
    const effects = alice.feed({ type: 'spaceFreed' })
    expect(alice.swarm.snapshot(share)?.state).toBe('downloading')
    expect(alice.swarm.snapshot(other.share)?.state).toBe('paused')
    expect(ordered(effects, 'openStore')).toEqual([])
    expect(alice.asked(manifest.share).size).toBeGreaterThan(0)
  })

  it('S18 when there is no room from the start, resuming asks for it again', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const { share } = manifest
    alice.holder(manifest, [0])
    alice.feed({ type: 'downloadAsked', share })
    alice.feed({ type: 'storeFailed', share, fault: { code: 'full' } })
    expect(stateOf(alice)).toBe('stopped')
    expect(ordered(alice.feed({ type: 'resumeAsked', share }), 'openStore')).toHaveLength(1)
  })

  it('S17 two downloads at once: the first is served first, the second gets what is left', () => {
    const alice = new Machine()
    const [first, second] = [newManifest(1), newManifest(5)]
    const bob = alice.holder(first, [0])
    alice.hear(bob, { type: 'offer', manifest: second })
    alice.hear(bob, { type: 'bitfield', share: second.share, listed: unlisted, bits: bitsOf(5, range(5)) })
    alice.download(first, bob, hashesOf(0, 1))
    alice.download(second, bob, hashesOf(0, 5))
    expect(alice.asked(first.share).get(0)).toEqual([bob])
    expect([...alice.asked(second.share).values()].flat()).toEqual([bob])
  })

  it('S20 an empty share is complete as soon as there is room', () => {
    const alice = new Machine()
    const manifest = newManifest(0)
    const { share } = manifest
    const bob = alice.holder(manifest, [])
    alice.feed({ type: 'downloadAsked', share })
    const effects = alice.feed({ type: 'storeOpened', share })
    expect(ordered(effects, 'report')).toEqual([
      { type: 'report', report: { type: 'shareCompleted', share } },
    ])
    expect(stateOf(alice)).toBe('complete')
    expect(sentTo(effects, bob, 'bitfield')).toHaveLength(1)
    const ours = newManifest(0)
    alice.offer(ours)
    expect(alice.swarm.shares()[1]).toMatchObject({ state: 'complete', source: 'whole' })
  })
})

describe('own files', () => {
  it('S19 hashed pieces are held, in place of what is being fetched', () => {
    const { alice, bob, manifest, share } = downloading(3)
    const [first, second] = [...alice.asked(share).keys()].toSorted()
    alice.give(bob, manifest, second ?? 0)
    alice.feed({ type: 'sourceAttached', share })
    const effects = alice.hash(manifest, 0)
    if (first === 0) expect(sentTo(effects, bob, 'cancel')).toHaveLength(1)
    for (const piece of [1, 2]) alice.hash(manifest, piece)
    expect(alice.swarm.shares()[0]).toMatchObject({ state: 'complete', source: 'whole', heldCount: 3 })
    expect(alice.swarm.load()).toEqual(atRest)
    expect(alice.checked(manifest, second ?? 0)).toEqual([])
  })

  it('S19 files that differ are told, and the download goes on without them', () => {
    const { alice, bob, share } = downloading(3)
    alice.feed({ type: 'sourceAttached', share })
    const effects = alice.feed({ type: 'pieceHashed', share, piece: 0, hash: hashOf(9) })
    expect(ordered(effects, 'report')).toEqual([
      { type: 'report', report: { type: 'sourceDiffers', share, piece: 0 } },
    ])
    expect(alice.swarm.shares()[0]).toMatchObject({ state: 'downloading', source: 'none', heldCount: 0 })
    expect([...alice.asked(share).values()].flat()).toContain(bob)
  })

  it('S19 files that differ from the first piece on are withdrawn, where there is nothing else of the share', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const { share } = manifest
    const bob = alice.holder(manifest, [0, 1])
    alice.download(manifest, bob, hashesOf(0, 2))
    alice.feed({ type: 'cancelAsked', share })
    alice.feed({ type: 'sourceAttached', share })
    const effects = alice.feed({ type: 'pieceHashed', share, piece: 0, hash: hashOf(9) })
    expect(sentTo(effects, bob, 'withdraw')).toHaveLength(1)
  })

  it('S19 files dropped again for a share already here back it in the end', () => {
    const { alice, bob, manifest, share } = downloading(1)
    alice.give(bob, manifest, 0)
    alice.checked(manifest, 0)
    alice.feed({ type: 'sourceAttached', share })
    expect(alice.swarm.shares()[0]?.source).toBe('hashing')
    alice.hash(manifest, 0)
    expect(alice.swarm.shares()[0]).toMatchObject({ source: 'whole', state: 'complete' })
  })

  it('S19 files that can no longer be read are withdrawn, and what waits for them is refused', () => {
    const alice = new Machine()
    const manifest = newManifest(4)
    const { share } = manifest
    alice.offer(manifest)
    const bob = alice.link()
    alice.hear(bob, { type: 'request', share, blocks: range(4).map((piece) => ({ piece, block: 0 })) })
    const effects = alice.feed({ type: 'sourceLost', share })
    expect(sentTo(effects, bob, 'withdraw')).toHaveLength(1)
    expect(sentTo(effects, bob, 'refuse')).toHaveLength(1)
    expect(alice.swarm.shares()[0]).toMatchObject({ source: 'lost', heldCount: 0, state: 'offered' })
    const carol = newPeerId()
    expect(sentTo(alice.feed({ type: 'peerLinked', peer: carol }), carol, 'offer')).toEqual([])
  })

  it('S19 a download whose own files are lost goes on with what others have', () => {
    const { alice, bob, manifest, share } = downloading(3)
    alice.feed({ type: 'sourceAttached', share })
    alice.hash(manifest, 0)
    const effects = alice.feed({ type: 'sourceLost', share })
    expect(alice.swarm.shares()[0]).toMatchObject({ state: 'downloading', heldCount: 0 })
    expect(askedOf(effects, bob)).toHaveLength(2)
    expect(sentTo(effects, bob, 'offer')).toHaveLength(1)
  })

  it('S2 a share taken away while it is hashed stays away', () => {
    const alice = new Machine()
    const manifest = newManifest(4)
    alice.offer(manifest, 2)
    alice.feed({ type: 'removeAsked', share: manifest.share })
    expect(alice.hash(manifest, 2)).toEqual([])
    expect(alice.pass(limits.announceBatchMs)).toEqual([])
    expect(alice.swarm.shares()).toEqual([])
  })
})

/** Alice hashes files of a share that bob offers too, and takes it back half-way. */
function removedHalfway() {
  const alice = new Machine()
  const manifest = newManifest(4)
  const { share } = manifest
  const bob = alice.holder(manifest, range(4))
  alice.tellList(bob, manifest, listOf(manifest, 1))
  alice.feed({ type: 'sourceAttached', share })
  for (const piece of [0, 1]) alice.hash(manifest, piece)
  const effects = alice.feed({ type: 'removeAsked', share })
  return { alice, bob, manifest, share, effects }
}

describe('removing a share whose files are being hashed', () => {
  it('S19 leaves it as a share that others offer, without a source', () => {
    const { alice, bob, share, effects } = removedHalfway()
    expect(sentTo(effects, bob, 'withdraw')).toHaveLength(1)
    expect(ordered(effects, 'closeStore')).toEqual([{ type: 'closeStore', share }])
    expect(ordered(effects, 'report')).toEqual([])
    expect(alice.swarm.shares()).toMatchObject([
      { state: 'offered', source: 'none', heldCount: 0, heldPayloadBytes: 0, reachableCount: 4 },
    ])
  })

  it('S19 lets later hashes change nothing, true or false', () => {
    const { alice, manifest, share } = removedHalfway()
    expect(alice.hash(manifest, 2)).toEqual([])
    expect(alice.feed({ type: 'pieceHashed', share, piece: 2, hash: hashOf(9) })).toEqual([])
    expect(alice.feed({ type: 'sourceLost', share })).toEqual([])
    expect(alice.pass(limits.announceBatchMs).filter(({ type }) => type === 'send')).toEqual([])
    expect(alice.swarm.shares()).toMatchObject([{ state: 'offered', source: 'none', heldCount: 0 }])
  })

  it('S19 lets it be downloaded, or its files be dropped again', () => {
    const { alice, bob, manifest, share } = removedHalfway()
    alice.download(manifest, bob, hashesOf(0, 4))
    expect([...alice.asked(share).keys()].length).toBeGreaterThan(0)
    alice.feed({ type: 'removeAsked', share })
    alice.feed({ type: 'sourceAttached', share })
    for (const piece of range(4)) alice.hash(manifest, piece)
    expect(alice.swarm.shares()).toMatchObject([{ state: 'complete', source: 'whole', heldCount: 4 }])
  })

  it('S19 while it is fetched too, ends the download with it', () => {
    const { alice, manifest, share } = downloading(4)
    alice.feed({ type: 'sourceAttached', share })
    alice.hash(manifest, 0)
    alice.feed({ type: 'removeAsked', share })
    expect(alice.hash(manifest, 1)).toEqual([])
    expect(alice.swarm.load()).toEqual(atRest)
    expect(alice.swarm.shares()).toMatchObject([{ state: 'offered', source: 'none', heldCount: 0 }])
  })

  it('S19 is not a share that differs: only then is that reported', () => {
    const { alice, share, effects } = removedHalfway()
    expect(ordered(effects, 'report').map(({ report }) => report.type)).not.toContain('sourceDiffers')
    alice.feed({ type: 'sourceAttached', share })
    const differs = alice.feed({ type: 'pieceHashed', share, piece: 0, hash: hashOf(9) })
    expect(ordered(differs, 'report').map(({ report }) => report.type)).toContain('sourceDiffers')
  })
})
