import { describe, expect, it } from 'vitest'
import type { PeerId, PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { SwarmEffect } from './io.ts'
import type { Manifest } from './manifest.ts'
import { bitsOf, Machine, newManifest, newPeerId, ordered, range, sentTo } from './testing/swarmWorld.ts'

const windowBlocks = limits.uploadingMinBytes / limits.blockSizeBytes

/** Alice holds a share of so many pieces, alone. */
function holding(pieces: number) {
  const alice = new Machine()
  const manifest = newManifest(pieces)
  alice.offer(manifest)
  return { alice, manifest, share: manifest.share }
}

/** A linked peer that wants the share and holds nothing of it. */
function taker(alice: Machine, manifest: Manifest): PeerId {
  const peer = alice.holder(manifest, [])
  alice.hear(peer, { type: 'interested', share: manifest.share, hashesFrom: 0 })
  return peer
}

const asks = (alice: Machine, peer: PeerId, { share }: Manifest, ...pieces: PieceIndex[]): SwarmEffect[] =>
  alice.hear(peer, { type: 'request', share, blocks: pieces.map((piece) => ({ piece, block: 0 })) })

const taken = (alice: Machine, peer: PeerId): SwarmEffect[] => alice.feed({ type: 'blockUploaded', peer })

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
})

describe('serving', () => {
  it('S21 hands out as much as the window allows, more as blocks are taken soon, less when late', () => {
    const { alice, manifest } = holding(60)
    const [bob, carol] = [taker(alice, manifest), taker(alice, manifest)]
    asks(alice, bob, manifest, ...range(30))
    asks(alice, carol, manifest, ...range(60).slice(30))
    expect(alice.swarm.load().uploadingBytes).toBe(windowBlocks * limits.blockSizeBytes)
    for (let at = 0; at < 5; at++) for (const peer of [bob, carol]) taken(alice, peer)
    expect(alice.swarm.load().uploadingBytes).toBe(2 * limits.uploadingPerLinkMaxBytes)
    alice.now += 3 * limits.uploadComfortMs
    for (let at = 0; at < 4; at++) for (const peer of [bob, carol]) taken(alice, peer)
    expect(alice.swarm.load().uploadingBytes).toBeLessThan(2 * limits.uploadingPerLinkMaxBytes)
  })

  it('S21 among equals serves whoever was served longest ago', () => {
    const { alice, manifest } = holding(9)
    const [bob, carol] = [taker(alice, manifest), taker(alice, manifest)]
    asks(alice, bob, manifest, 0, 1, 2, 3)
    asks(alice, carol, manifest, 4, 5, 6, 7)
    const effects = [bob, carol, bob, bob].flatMap((peer) => taken(alice, peer))
    const peers = served(effects).map(([peer]) => peer)
    expect(peers.filter((peer) => peer === carol).length).toBeGreaterThanOrEqual(2)
    expect(peers.slice(0, 2)).toContain(carol)
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
    const { alice, manifest } = holding(9)
    const [bob, carol] = [taker(alice, manifest), taker(alice, manifest)]
    asks(alice, bob, manifest, 0, 1)
    asks(alice, carol, manifest, 0)
    asks(alice, bob, manifest, 0, 1, 0, 1)
    const effects = [taken(alice, bob), taken(alice, bob)].flat()
    expect(served(effects)[0]).toEqual([carol, 0])
  })

  it('S21 a link that takes nothing does not hold up the others for long', () => {
    const { alice, manifest } = holding(9)
    const [bob, carol] = [taker(alice, manifest), taker(alice, manifest)]
    expect(served(asks(alice, bob, manifest, 0, 1, 2, 3))).toHaveLength(windowBlocks)
    expect(served(asks(alice, carol, manifest, 4))).toEqual([])
    const effects = alice.pass(limits.uploadStallMs + limits.requestTickMs)
    expect(served(effects)).toEqual([[carol, 4]])
  })

  it('S21 keeps to the upload limit', () => {
    const alice = new Machine({ uploadLimitBytesPerSecond: limits.blockSizeBytes })
    const manifest = newManifest(9)
    alice.offer(manifest)
    const bob = taker(alice, manifest)
    const atOnce = asks(alice, bob, manifest, ...range(9))
    let count = ordered(atOnce, 'uploadBlock').length
    for (let second = 0; second < 5; second++) {
      const effects = alice.pass(1000)
      count += ordered(effects, 'uploadBlock').length
      for (const _ of ordered(effects, 'uploadBlock')) taken(alice, bob)
    }
    expect(count).toBe(6)
  })

  it('S21 a block of an earlier link, taken after the peer came back, is not counted', () => {
    const { alice, manifest, share } = holding(9)
    const bob = taker(alice, manifest)
    asks(alice, bob, manifest, 0, 1)
    alice.feed({ type: 'peerUnlinked', peer: bob })
    alice.link(bob)
    taken(alice, bob)
    alice.feed({ type: 'blockUnreadable', peer: bob, share, piece: 1, block: 0, lengthBytes: 65536 })
    expect(alice.swarm.load().uploadingBytes).toBe(0)
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
    expect(refused).toHaveLength(6 * 64 - limits.uploadQueuePerPeerMax - windowBlocks)
  })

  it('S22 tells everyone who waits when it lets go of a share', () => {
    const { alice, manifest, share } = holding(300)
    const bob = taker(alice, manifest)
    for (let part = 0; part < 3; part++)
      asks(alice, bob, manifest, ...range(limits.requestsPerMessage).map((at) => 64 * part + at))
    const effects = alice.feed({ type: 'removeAsked', share })
    const refusals = sentTo(effects, bob, 'refuse')
    expect(refusals.flatMap(({ blocks }) => blocks)).toHaveLength(3 * 64 - windowBlocks)
    for (const { blocks } of refusals) expect(blocks.length).toBeLessThanOrEqual(limits.requestsPerMessage)
    expect(sentTo(effects, bob, 'withdraw')).toHaveLength(1)
  })

  it('S22 a block that cannot be read is refused and makes room', () => {
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
    expect(alice.swarm.load().uploadingBytes).toBe(0)
  })

  it.each(['cancel', 'notInterested', 'withdraw'] as const)('S22 a %s ends what waits', (type) => {
    const { alice, manifest, share } = holding(9)
    const bob = taker(alice, manifest)
    asks(alice, bob, manifest, 0, 1, 2)
    if (type === 'cancel') alice.hear(bob, { type, share, blocks: [{ piece: 2, block: 0 }] })
    else alice.hear(bob, { type, share })
    expect(served([taken(alice, bob), taken(alice, bob)].flat())).toEqual([])
  })

  it('S22 gives nothing to a peer that is not linked', () => {
    const { alice, manifest, share } = holding(1)
    expect(asks(alice, newPeerId(), manifest, 0)).toEqual([])
    alice.hear(newPeerId(), { type: 'bitfield', share, bits: bitsOf(1, [0]) })
    expect(alice.swarm.shares()[0]?.otherCopies).toBe(0)
  })
})
