import { describe, expect, it } from 'vitest'
import type { ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { hashesOf, listedOf, unlisted } from './testing/lists.ts'
import {
  askedOf,
  bitsOf,
  listedTo,
  Machine,
  newManifest,
  ordered,
  range,
  sentTo,
} from './testing/swarmWorld.ts'

/** Alice, and bob who holds some of a share of many pieces. */
function holderOfMany() {
  const alice = new Machine()
  const pieces = limits.piecesPerShareMax
  const manifest = newManifest(pieces)
  const bob = alice.holder(manifest, [])
  return { alice, bob, pieces, manifest, share: manifest.share }
}

describe('work', () => {
  it('S24 whoever says again and again what it holds collects strikes and is dropped, and heard no more', () => {
    const { alice, bob, pieces, share } = holderOfMany()
    const repeat = () => alice.hear(bob, { type: 'have', share, runs: [[0, pieces]] })
    const free = limits.changedPiecesBurst / pieces
    const first = range(free - 2).flatMap(repeat)
    expect(ordered(first, 'report')).toEqual([])
    const effects = range(limits.strikesMax + 5).flatMap(repeat)
    expect(ordered(effects, 'dropLink')).toEqual([{ type: 'dropLink', peer: bob, reason: 'misbehaved' }])
    expect(alice.hear(bob, { type: 'offer', manifest: newManifest(1) })).toEqual([])
  })

  it.each(['bitfield', 'withdraw'] as const)(
    'S24 a %s costs what it may change, and small ones cost too',
    (type) => {
      const { alice, bob, pieces, manifest, share } = holderOfMany()
      const none = bitsOf(pieces, [])
      const effects = range(2 * (limits.changedPiecesBurst / pieces)).flatMap(() => {
        if (type === 'bitfield') return alice.hear(bob, { type, share, listed: unlisted, bits: none })
        return alice.hear(bob, { type, share }).concat(alice.hear(bob, { type: 'offer', manifest }))
      })
      expect(ordered(effects, 'dropLink')).toHaveLength(1)
      const other = new Machine()
      const small = newManifest(1)
      const carol = other.holder(small, [0])
      const bits = bitsOf(1, [0])
      const flood = range(limits.changedPiecesBurst / limits.changedPiecesLeast + limits.strikesMax).flatMap(
        () => other.hear(carol, { type: 'bitfield', share: small.share, listed: unlisted, bits }),
      )
      expect(ordered(flood, 'dropLink')).toHaveLength(1)
    },
  )

  it('S24 one that sends more blocks than it was asked for is dropped at once, whatever share it says they are of', () => {
    for (const shareOf of [(known: ShareId) => known, () => newManifest(1).share]) {
      const { alice, bob, share } = holderOfMany()
      const bytes = new Uint8Array(limits.blockSizeBytes)
      const flood = () => alice.hear(bob, { type: 'block', share: shareOf(share), piece: 0, block: 0, bytes })
      const allowed = range(limits.unaskedMaxBytes / limits.blockSizeBytes).flatMap(flood)
      expect(ordered(allowed, 'dropLink')).toEqual([])
      expect(ordered(flood(), 'dropLink')).toEqual([{ type: 'dropLink', peer: bob, reason: 'misbehaved' }])
      expect(flood()).toEqual([])
    }
  })

  it('S24 requests and cancels without end cost more than there is', () => {
    const { alice, bob, share } = holderOfMany()
    const blocks = range(64).map((block) => ({ piece: 0, block }))
    const effects = range(limits.changedPiecesBurst / (64 + limits.requestCostPieces) + 10).flatMap((at) =>
      alice.hear(bob, { type: at % 2 === 0 ? 'request' : 'cancel', share, blocks }),
    )
    expect(ordered(effects, 'dropLink')).toHaveLength(1)
  })

  it('S24 what is said at leisure costs nothing', () => {
    const { alice, bob, pieces, share } = holderOfMany()
    const effects = range(100).flatMap(() => {
      alice.now += (1000 * pieces) / limits.changedPiecesPerSecond
      return alice.hear(bob, { type: 'have', share, runs: [[0, pieces]] })
    })
    expect(ordered(effects, 'report')).toEqual([])
  })

  it('S24 all that a budget allows may be offered, told, got and withdrawn at once', () => {
    const alice = new Machine()
    const bob = alice.link()
    const pieces = 2 ** 11
    const manifests = range(limits.piecesPerPeerMax / pieces).map(() => newManifest(pieces))
    const effects = manifests.flatMap((manifest) => {
      const { share } = manifest
      return [
        alice.hear(bob, { type: 'offer', manifest }),
        alice.hear(bob, { type: 'bitfield', share, listed: unlisted, bits: bitsOf(pieces, []) }),
        alice.hear(bob, { type: 'have', share, runs: [[0, pieces]] }),
      ].flat()
    })
    effects.push(...manifests.flatMap(({ share }) => alice.hear(bob, { type: 'withdraw', share })))
    const reports = ordered(effects, 'report').map(({ report }) => report.type)
    expect(new Set(reports)).toEqual(new Set(['shareAppeared', 'shareGone']))
  })

  it('S24 offers beyond the budget, and first bitfields, are no strikes however many pieces they name', () => {
    const alice = new Machine()
    const bob = alice.link()
    const manifests = range(100).map(() => newManifest(limits.piecesPerShareMax))
    for (const manifest of manifests.slice(0, 50)) alice.offer(manifest, 0)
    const bits = bitsOf(limits.piecesPerShareMax, [])
    const effects = manifests.flatMap((manifest) =>
      alice
        .hear(bob, { type: 'offer', manifest })
        .concat(alice.hear(bob, { type: 'bitfield', share: manifest.share, listed: unlisted, bits })),
    )
    expect(ordered(effects, 'report').filter(({ report }) => report.type === 'peerMisbehaved')).toEqual([])
  })

  it('S5 interest is told once, however often a bitfield comes', () => {
    const alice = new Machine()
    const manifest = newManifest(4)
    const { share } = manifest
    const bob = alice.holder(manifest, [0])
    alice.download(manifest, bob, hashesOf(0, 4))
    const again = range(3).flatMap(() =>
      alice.hear(bob, { type: 'bitfield', share, listed: unlisted, bits: bitsOf(4, [0, 1]) }),
    )
    expect(sentTo(again, bob, 'interested')).toEqual([])
  })
})

/** Alice holds a share alone; bob wants it, and so much waits on his link that no more should. */
function backlogged(pieces = 9) {
  const alice = new Machine()
  const manifest = newManifest(pieces)
  alice.offer(manifest, pieces - 1)
  const bob = alice.holder(manifest, [])
  alice.pass(limits.announceBatchMs)
  alice.feed({ type: 'linkBacklog', peer: bob, isFull: true })
  const drain = () => alice.feed({ type: 'linkBacklog', peer: bob, isFull: false })
  return { alice, bob, manifest, share: manifest.share, drain }
}

describe('a link that does not drain', () => {
  it('S27 hears no hash lists until it drains', () => {
    const { alice, bob, share, drain } = backlogged()
    alice.hear(bob, { type: 'interested', share, hashesFrom: 0 })
    expect(sentTo(alice.pass(10 * limits.announceBatchMs), bob, 'hashes')).toEqual([])
    expect(alice.wakeAt).toBe(Infinity)
    drain()
    expect(listedTo(alice.pass(limits.announceBatchMs), bob)).toEqual([
      [0, 1],
      [1, 8],
    ])
  })

  it('S27 hears no haves, but when it drains one bitfield of each share that grew', () => {
    const { alice, bob, manifest, share, drain } = backlogged()
    alice.hash(manifest, 8)
    const effects = alice.pass(limits.announceBatchMs)
    expect(sentTo(effects, bob, 'have')).toEqual([])
    const drained = drain()
    expect(sentTo(drained, bob, 'bitfield')).toEqual([
      { type: 'bitfield', share, listed: listedOf(manifest, 8), bits: bitsOf(9, range(9)) },
    ])
    expect(sentTo(drain(), bob, 'bitfield')).toEqual([])
  })

  it('S27 hears no promises', () => {
    const { alice, bob, manifest, share } = backlogged()
    alice.hear(bob, { type: 'interested', share, hashesFrom: 0 })
    const carol = alice.holder(manifest, [])
    const effects = alice.hear(carol, { type: 'request', share, blocks: [{ piece: 0, block: 0 }] })
    expect(sentTo(effects, bob, 'promise')).toEqual([])
  })

  it('S27 hears no refusals, and asking for more than may wait is a strike', () => {
    const { alice, bob, share } = backlogged()
    const missing = alice.hear(bob, { type: 'request', share, blocks: [{ piece: 8, block: 0 }] })
    expect(missing.filter(({ type }) => type === 'send' || type === 'report')).toEqual([])
    const blocks = range(8).map((piece) => ({ piece, block: 0 }))
    const effects = range(100).flatMap(() => alice.hear(bob, { type: 'request', share, blocks }))
    expect(sentTo(effects, bob, 'refuse')).toEqual([])
    expect(ordered(effects, 'dropLink')).toHaveLength(1)
  })

  it('S27 is not asked for blocks until it drains, nor told what is ignored', () => {
    const alice = new Machine()
    const manifest = newManifest(4)
    const bob = alice.holder(manifest, range(4))
    alice.feed({ type: 'linkBacklog', peer: bob, isFull: true })
    expect(askedOf(alice.download(manifest, bob, hashesOf(0, 4)), bob)).toEqual([])
    const offers = range(limits.sharesPerPeerMax).flatMap(() =>
      alice.hear(bob, { type: 'offer', manifest: newManifest(1) }),
    )
    expect(sentTo(offers, bob, 'ignored')).toEqual([])
    expect(ordered(offers, 'report').map(({ report }) => report.type)).toContain('sharesIgnored')
    const drained = alice.feed({ type: 'linkBacklog', peer: bob, isFull: false })
    expect(askedOf(drained, bob).length).toBeGreaterThan(0)
  })
})
