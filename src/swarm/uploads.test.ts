import { describe, expect, it } from 'vitest'
import type { PeerId, PieceIndex, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { SwarmEffect } from './io.ts'
import type { Manifest } from './manifest.ts'
import { unlisted } from './testing/lists.ts'
import { bitsOf, Machine, newManifest, newPeerId, ordered, range, sentTo } from './testing/swarmWorld.ts'

/** Alice holds a share of so many pieces, alone. */
function holding(pieces: number) {
  const alice = new Machine()
  const manifest = newManifest(pieces)
  alice.offer(manifest)
  return { alice, manifest, share: manifest.share }
}

/** A linked peer that wants the share and holds nothing of it; its link takes so many blocks. */
function taker(alice: Machine, manifest: Manifest, roomBlocks = 2): PeerId {
  const peer = alice.holder(manifest, [])
  alice.room(peer, roomBlocks)
  alice.hear(peer, { type: 'interested', share: manifest.share, hashesFrom: 0 })
  return peer
}

const asks = (alice: Machine, peer: PeerId, { share }: Manifest, ...pieces: PieceIndex[]): SwarmEffect[] =>
  alice.hear(peer, { type: 'request', share, blocks: pieces.map((piece) => ({ piece, block: 0 })) })

/** The block of a piece is gone with the lane it was on. */
const lose = (alice: Machine, peer: PeerId, share: ShareId, piece: PieceIndex): SwarmEffect[] =>
  alice.feed({ type: 'blockLost', peer, share, piece, block: 0, lengthBytes: limits.blockSizeBytes })

const served = (effects: readonly SwarmEffect[]): [PeerId, PieceIndex][] =>
  ordered(effects, 'uploadBlock').map(({ peer, piece }) => [peer, piece])

describe('promises', () => {
  it('S7 a piece that nobody else holds is promised to the first who asks; the others who want it are told', () => {
    const { alice, manifest, share } = holding(3)
    const [bob, carol] = [taker(alice, manifest), taker(alice, manifest)]
    const stranger = alice.link()
    const effects = asks(alice, bob, manifest, 1)
    expect(sentTo(effects, carol, 'promise')).toEqual([{ type: 'promise', share, pieces: [1] }])
    expect(sentTo(effects, bob, 'promise')).toEqual([])
    expect(sentTo(effects, stranger, 'promise')).toEqual([])
    expect(sentTo(asks(alice, carol, manifest, 1), bob, 'promise')).toEqual([])
  })

  it('S7 what somebody else holds is not promised', () => {
    const { alice, manifest } = holding(3)
    const [bob, carol] = [taker(alice, manifest), alice.holder(manifest, [1])]
    alice.hear(carol, { type: 'interested', share: manifest.share, hashesFrom: 0 })
    expect(sentTo(asks(alice, bob, manifest, 1), carol, 'promise')).toEqual([])
  })

  it.each(['gone', 'withdrawn'] as const)(
    'S7 what was promised to a peer that is %s is promised to the next who asks, though it had arrived',
    (way) => {
      const { alice, manifest, share } = holding(3)
      const [bob, carol, dave] = [taker(alice, manifest), taker(alice, manifest), taker(alice, manifest)]
      asks(alice, bob, manifest, 1)
      alice.hear(bob, { type: 'have', share, runs: [[1, 1]] })
      if (way === 'gone') alice.feed({ type: 'peerUnlinked', peer: bob })
      else alice.hear(bob, { type: 'withdraw', share })
      const effects = asks(alice, carol, manifest, 1)
      expect(sentTo(effects, dave, 'promise')).toEqual([{ type: 'promise', share, pieces: [1] }])
    },
  )

  it('S7 a promise that is cancelled before it is served is free for the next', () => {
    const { alice, manifest, share } = holding(9)
    const [bob, carol] = [taker(alice, manifest), taker(alice, manifest)]
    asks(alice, bob, manifest, ...range(9))
    alice.hear(bob, { type: 'cancel', share, blocks: [{ piece: 8, block: 0 }] })
    const effects = asks(alice, carol, manifest, 8)
    expect(sentTo(effects, bob, 'promise')).toEqual([{ type: 'promise', share, pieces: [8] }])
  })

  it('S7 what was just promised leaves for nobody else before who asked can have heard of it, while there is more to ask for', () => {
    const { alice, manifest } = holding(3)
    const [bob, carol] = [taker(alice, manifest), taker(alice, manifest)]
    expect(served(asks(alice, bob, manifest, 1))).toEqual([[bob, 1]])
    expect(served(asks(alice, carol, manifest, 1))).toEqual([])
    expect(served(asks(alice, carol, manifest, 2))).toEqual([[carol, 2]])
    expect(served(alice.pass(limits.promiseHeardMs - 1))).toEqual([])
    expect(served(alice.pass(limits.requestTickMs))).toEqual([[carol, 1]])
  })

  it('S7 of a share that is all promised a second copy leaves at once', () => {
    const { alice, manifest } = holding(1)
    const [bob, carol] = [taker(alice, manifest), taker(alice, manifest)]
    expect(served(asks(alice, bob, manifest, 0))).toEqual([[bob, 0]])
    expect(served(asks(alice, carol, manifest, 0))).toEqual([[carol, 0]])
  })
})

describe('serving', () => {
  it('S21 hands a link as much as it takes, the last block of it though it is larger', () => {
    const { alice, manifest } = holding(60)
    const bob = taker(alice, manifest, 0)
    expect(served(asks(alice, bob, manifest, ...range(30)))).toEqual([])
    const counts = [0, 1, 1.01, 2].map((blocks) => served(alice.room(bob, blocks)).length)
    expect(counts).toEqual([0, 1, 2, 2])
  })

  it('S21 what a link was said to take counts for what is asked for later', () => {
    const { alice, manifest } = holding(9)
    const bob = taker(alice, manifest, 3)
    expect(served(asks(alice, bob, manifest, 0))).toHaveLength(1)
    expect(served(asks(alice, bob, manifest, 1, 2, 3))).toHaveLength(2)
  })

  it('S21 hands a new link nothing before it has said what it takes', () => {
    const { alice, manifest, share } = holding(9)
    const bob = taker(alice, manifest, 9)
    alice.feed({ type: 'peerUnlinked', peer: bob })
    alice.link(bob)
    alice.hear(bob, { type: 'interested', share, hashesFrom: 0 })
    expect(served(asks(alice, bob, manifest, 0))).toEqual([])
    expect(served(alice.room(bob, 1))).toEqual([[bob, 0]])
  })

  it('S21 what else goes out for others counts in the upload limit', () => {
    const alice = new Machine({ uploadLimitBytesPerSecond: limits.blockSizeBytes })
    const manifest = newManifest(9)
    alice.offer(manifest)
    const bob = taker(alice, manifest, 9)
    alice.feed({ type: 'sentElsewhere', bytes: 3 * limits.blockSizeBytes })
    const soon = [...asks(alice, bob, manifest, 0, 1), ...alice.pass(2700)]
    expect(served(soon)).toEqual([])
    expect(served(alice.pass(400))).toEqual([[bob, 0]])
  })

  it('S21 among equals serves whoever was served longest ago', () => {
    // Both links have room all the time: only the upload limit lets the blocks out one by one.
    const alice = new Machine({ uploadLimitBytesPerSecond: limits.blockSizeBytes })
    const manifest = newManifest(9)
    alice.offer(manifest)
    const [bob, carol] = [taker(alice, manifest, 9), taker(alice, manifest, 9)]
    const effects = [
      ...asks(alice, bob, manifest, 0, 1, 2, 3),
      ...asks(alice, carol, manifest, 4, 5, 6, 7),
      ...alice.pass(3000),
    ]
    expect(served(effects).map(([peer]) => peer)).toEqual([bob, carol, bob, carol])
  })

  it('S21 by turns serves whoever has least, who gains no more than half by saying so', () => {
    const alice = new Machine({ uploadLimitBytesPerSecond: limits.blockSizeBytes })
    const manifest = newManifest(12)
    alice.offer(manifest)
    const [bob, carol, dave] = [
      taker(alice, manifest, 9),
      taker(alice, manifest, 9),
      taker(alice, manifest, 9),
    ]
    const all = { type: 'have', share: manifest.share, runs: [[0, 9]] } as const
    for (const peer of [bob, carol]) alice.hear(peer, all)
    alice.holder(manifest, range(12))
    const effects = [
      ...asks(alice, bob, manifest, 9, 10, 11),
      ...asks(alice, carol, manifest, 9, 10, 11),
      ...asks(alice, dave, manifest, 0, 1, 2, 3, 4, 5),
      ...alice.pass(8000),
    ]
    const turns = served(effects).map(([peer]) => peer)
    expect(turns.filter((peer) => peer === dave).length).toBeGreaterThan(turns.length / 3)
    expect(turns.slice(0, 7).filter((peer) => peer !== dave).length).toBeGreaterThanOrEqual(3)
  })

  it('S21 gives what nobody else holds before what others could give', () => {
    const { alice, manifest } = holding(9)
    const bob = taker(alice, manifest)
    alice.holder(manifest, [0, 1, 2, 3])
    expect(served(asks(alice, bob, manifest, 0, 1, 2, 3, 8))).toEqual([
      [bob, 8],
      [bob, 0],
    ])
  })

  it('S21 whoever asks again for what it was given comes after the others', () => {
    const alice = new Machine({ uploadLimitBytesPerSecond: limits.blockSizeBytes })
    const manifest = newManifest(9)
    alice.offer(manifest)
    const [bob, carol] = [taker(alice, manifest, 9), taker(alice, manifest, 9)]
    asks(alice, bob, manifest, 0)
    asks(alice, carol, manifest, 1)
    asks(alice, bob, manifest, 0, 0)
    expect(served(alice.pass(1000))).toEqual([[carol, 1]])
  })

  it('S21 a link that takes nothing does not hold up the others', () => {
    const { alice, manifest } = holding(9)
    const [bob, carol] = [taker(alice, manifest), taker(alice, manifest)]
    expect(served(asks(alice, bob, manifest, 0, 1, 2, 3))).toHaveLength(2)
    expect(served(asks(alice, carol, manifest, 4))).toEqual([[carol, 4]])
  })

  it('S21 keeps to the upload limit', () => {
    const alice = new Machine({ uploadLimitBytesPerSecond: limits.blockSizeBytes })
    const manifest = newManifest(9)
    alice.offer(manifest)
    const bob = taker(alice, manifest, 9)
    const atOnce = asks(alice, bob, manifest, ...range(9))
    expect(served([...atOnce, ...alice.pass(5000)])).toHaveLength(6)
  })

  it.each([0, 15, 150])(
    'S21 keeps to the upload limit within a twentieth where timers go off %s ms late',
    (lateMs) => {
      const blocksPerSecond = 16
      const alice = new Machine({ uploadLimitBytesPerSecond: blocksPerSecond * limits.blockSizeBytes })
      const manifest = newManifest(250)
      alice.offer(manifest)
      const bob = taker(alice, manifest, 250)
      let given = served(asks(alice, bob, manifest, ...range(250))).length
      while (alice.wakeAt < 10_000) {
        alice.now = alice.wakeAt + lateMs
        alice.wakeAt = Infinity
        given += served(alice.feed({ type: 'woke' })).length
      }
      expect(Math.abs(given / (blocksPerSecond * 10) - 1)).toBeLessThan(0.05)
    },
  )

  it('S21 a block that is lost with its lane goes out again before the others, and counts once', () => {
    const { alice, manifest, share } = holding(9)
    const bob = taker(alice, manifest)
    asks(alice, bob, manifest, 0, 1, 2)
    lose(alice, bob, share, 1)
    expect(alice.swarm.shares()[0]?.holders[0]?.upBytes).toBe(limits.blockSizeBytes)
    expect(served(alice.room(bob, 2))).toEqual([
      [bob, 1],
      [bob, 2],
    ])
    expect(alice.swarm.shares()[0]?.holders[0]?.upBytes).toBe(3 * limits.blockSizeBytes)
  })

  it.each(['notInterested', 'withdraw'] as const)('S21 a lost block goes nowhere after a %s', (type) => {
    const { alice, manifest, share } = holding(9)
    const bob = taker(alice, manifest)
    asks(alice, bob, manifest, 0, 1)
    alice.hear(bob, { type, share })
    expect(served([...lose(alice, bob, share, 1), ...alice.room(bob, 9)])).toEqual([])
  })

  it('S21 a lost block of a share that is gone, or of a peer that is, is forgotten', () => {
    const { alice, manifest, share } = holding(9)
    const [bob, carol] = [taker(alice, manifest), taker(alice, manifest)]
    for (const peer of [bob, carol]) asks(alice, peer, manifest, 0)
    alice.feed({ type: 'peerUnlinked', peer: carol })
    alice.feed({ type: 'removeAsked', share })
    for (const peer of [bob, carol]) {
      expect(lose(alice, peer, share, 0)).toEqual([])
      expect(alice.room(peer, 9)).toEqual([])
    }
  })

  it('S23 sleeps when the only peer that waits for blocks is gone', () => {
    const { alice, manifest } = holding(60)
    const bob = taker(alice, manifest)
    asks(alice, bob, manifest, ...range(60))
    alice.feed({ type: 'peerUnlinked', peer: bob })
    alice.pass(limits.requestTimeoutMs)
    expect(alice.wakeAt).toBe(Infinity)
  })

  it('S22 refuses what it does not hold, in messages that can be read', () => {
    const alice = new Machine()
    const manifest = newManifest(4)
    alice.offer(manifest, 2)
    const bob = taker(alice, manifest)
    const effects = asks(alice, bob, manifest, 1, 3)
    expect(sentTo(effects, bob, 'refuse').flatMap(({ blocks }) => blocks)).toEqual([{ piece: 3, block: 0 }])
    expect(served(effects)).toEqual([[bob, 1]])
  })

  it('S22 a request beyond the share is a strike', () => {
    const { alice, manifest, share } = holding(2)
    const bob = taker(alice, manifest)
    const blocks = [
      { piece: 2, block: 0 },
      { piece: 0, block: 1 },
    ]
    const effects = alice.hear(bob, { type: 'request', share, blocks })
    expect(ordered(effects, 'report')).toHaveLength(2)
    expect(served(effects)).toEqual([])
  })

  it('S22 lets one peer have so many requests waiting, and refuses more', () => {
    const { alice, manifest } = holding(400)
    const bob = taker(alice, manifest)
    const effects = range(6).flatMap((part) =>
      asks(alice, bob, manifest, ...range(limits.requestsPerMessage).map((at) => 64 * part + at)),
    )
    const refused = sentTo(effects, bob, 'refuse').flatMap(({ blocks }) => blocks)
    expect(refused).toHaveLength(6 * 64 - limits.uploadQueuePerPeerMax - 2)
  })

  it('S22 tells everyone who waits when it lets go of a share', () => {
    const { alice, manifest, share } = holding(300)
    const bob = taker(alice, manifest)
    for (let part = 0; part < 3; part++)
      asks(alice, bob, manifest, ...range(limits.requestsPerMessage).map((at) => 64 * part + at))
    const effects = alice.feed({ type: 'removeAsked', share })
    const refusals = sentTo(effects, bob, 'refuse')
    expect(refusals.flatMap(({ blocks }) => blocks)).toHaveLength(3 * 64 - 2)
    for (const { blocks } of refusals) expect(blocks.length).toBeLessThanOrEqual(limits.requestsPerMessage)
    expect(sentTo(effects, bob, 'withdraw')).toHaveLength(1)
  })

  it('S22 a block that cannot be read is refused', () => {
    const { alice, manifest, share } = holding(4)
    const bob = taker(alice, manifest)
    asks(alice, bob, manifest, 0)
    const at = { piece: 0, block: 0 }
    const effects = alice.feed({
      type: 'blockUnreadable',
      peer: bob,
      share,
      lengthBytes: limits.blockSizeBytes,
      ...at,
    })
    expect(sentTo(effects, bob, 'refuse')).toEqual([{ type: 'refuse', share, blocks: [at] }])
  })

  it.each(['cancel', 'notInterested', 'withdraw'] as const)('S22 a %s ends what waits', (type) => {
    const { alice, manifest, share } = holding(9)
    const bob = taker(alice, manifest)
    asks(alice, bob, manifest, 0, 1, 2)
    if (type === 'cancel') alice.hear(bob, { type, share, blocks: [{ piece: 2, block: 0 }] })
    else alice.hear(bob, { type, share })
    expect(served(alice.room(bob, 9))).toEqual([])
  })

  it('S22 gives nothing to a peer that is not linked', () => {
    const { alice, manifest, share } = holding(1)
    expect(asks(alice, newPeerId(), manifest, 0)).toEqual([])
    alice.hear(newPeerId(), { type: 'bitfield', share, listed: unlisted, bits: bitsOf(1, [0]) })
    expect(alice.swarm.shares()[0]?.otherCopies).toBe(0)
  })
})

describe('an uplink that takes little', () => {
  it('S21 is given to few at a time, whatever their links would take', () => {
    const { alice, manifest } = holding(8)
    alice.uplinkRoomBytes = limits.blockSizeBytes + 1
    const [bob, carol] = [taker(alice, manifest, 4), taker(alice, manifest, 4)]
    expect(served(asks(alice, bob, manifest, 0, 1, 2))).toEqual([
      [bob, 0],
      [bob, 1],
    ])
    expect(served(asks(alice, carol, manifest, 3))).toEqual([])
    // What comes free goes to who was served longest ago.
    const freed = alice.feed({ type: 'uplinkHasRoom', roomBytes: 1 })
    expect(served(freed)).toEqual([[carol, 3]])
  })
})
