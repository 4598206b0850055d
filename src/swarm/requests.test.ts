import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Manifest } from './manifest.ts'
import { downloadFrom, joins } from './testing/downloads.ts'
import { hashesOf, listOf, unlisted } from './testing/lists.ts'
import {
  askedOf,
  bitsOf,
  keptBlocks,
  Machine,
  newManifest,
  ordered,
  range,
  sentTo,
} from './testing/swarmWorld.ts'

describe('asking', () => {
  it('S5 asks only for pieces that the peer holds and whose hash is known', () => {
    const { alice, bob, manifest, share, effects } = downloadFrom(4, [1, 2], 2)
    expect(askedOf(effects, bob)).toEqual([1])
    const grown = alice.tellList(bob, manifest, listOf(manifest, 4, [1, 2]).slice(2))
    expect(askedOf(grown, bob)).toEqual([2])
    expect(askedOf(alice.hear(bob, { type: 'have', share, runs: [[3, 1]] }), bob)).toEqual([])
    expect(askedOf(alice.give(bob, { ...newManifest(4), share }, 1), bob)).toEqual([3])
  })

  it('S5 tells interest to whoever offers it while we want it', () => {
    const { alice, bob, manifest, share, effects } = downloadFrom(4, [1], 2)
    expect(sentTo(effects, bob, 'interested')).toEqual([{ type: 'interested', share, hashesFrom: 0 }])
    const { peer, effects: more } = joins(alice, manifest, [])
    expect(sentTo(more, peer, 'interested')).toEqual([{ type: 'interested', share, hashesFrom: 2 }])
  })

  it('S6 asks for the rarest piece first', () => {
    const alice = new Machine()
    const manifest = newManifest(6)
    alice.holder(manifest, [0, 1, 2, 4, 5])
    alice.holder(manifest, [0, 1, 4, 5])
    const carol = alice.holder(manifest, range(6))
    const effects = alice.download(manifest, carol, hashesOf(0, 6))
    expect(askedOf(effects, carol)[0]).toBe(3)
  })

  it('S6 finishes a piece begun before it begins another, with all who hold it', () => {
    const alice = new Machine()
    const manifest = newManifest(4, { pieceSizeBytes: 4 * limits.blockSizeBytes })
    const bob = alice.holder(manifest, range(4))
    const carol = alice.holder(manifest, range(4))
    const effects = alice.download(manifest, bob, hashesOf(0, 4))
    expect(new Set([...askedOf(effects, bob), ...askedOf(effects, carol)]).size).toBe(1)
  })

  it('S6 asks a peer for what nobody else has before it lets it finish what others could', () => {
    const alice = new Machine()
    const manifest = newManifest(4, { pieceSizeBytes: 4 * limits.blockSizeBytes })
    const bob = alice.holder(manifest, [0])
    alice.download(manifest, bob, hashesOf(0, 4))
    const { peer: carol, effects } = joins(alice, manifest, range(4))
    expect(askedOf(effects, carol)[0]).toBeGreaterThan(0)
    const { peer: dave, effects: more } = joins(alice, manifest, range(4))
    expect(new Set(askedOf(more, dave))).toEqual(new Set([0]))
  })

  it('S6 goes on with the piece after the last one, while none is rarer', () => {
    const { bob, effects } = downloadFrom(40, range(40))
    const [first = 0, second] = askedOf(effects, bob)
    expect(second).toBe(first + 1 < 40 ? first + 1 : second)
    const alice = new Machine()
    const manifest = newManifest(6)
    alice.holder(manifest, [0, 1, 3, 5])
    const carol = alice.holder(manifest, range(6))
    const [third = 0] = askedOf(alice.download(manifest, carol, hashesOf(0, 6)), carol)
    const [fourth] = askedOf(alice.give(carol, manifest, third), carol)
    expect([third, fourth].toSorted()).toEqual([2, 4])
  })

  it('S6 in order, asks for what is next before what is rare, and for what is rare of what is further on', () => {
    const alice = new Machine()
    const ahead = limits.inOrderAheadBytes / limits.blockSizeBytes
    const manifest = newManifest(4 * ahead)
    const { share } = manifest
    const bob = alice.holder(manifest, range(2 * ahead))
    alice.feed({ type: 'linkBacklog', peer: bob, isFull: true })
    const carol = alice.holder(manifest, range(4 * ahead))
    alice.feed({ type: 'inOrderAsked', share })
    const first = askedOf(alice.download(manifest, carol, hashesOf(0, 4 * ahead)), carol)
    alice.now += 1
    // Piece 0 is not yet checked: the first two megabytes begin with it.
    const asked = [...first, ...askedOf(alice.give(carol, manifest, 0), carol)]
    expect(asked.slice(0, ahead)).toEqual(range(ahead))
    expect(asked.length).toBeGreaterThan(ahead)
    for (const piece of asked.slice(ahead)) expect(piece).toBeGreaterThanOrEqual(2 * ahead)
    alice.feed({ type: 'anyOrderAsked', share })
    for (const piece of range(ahead / 2)) {
      alice.now += 1
      alice.checked(manifest, piece)
      const more = askedOf(alice.give(carol, manifest, piece + 1), carol)
      for (const next of more) expect(next).toBeGreaterThanOrEqual(2 * ahead)
    }
  })
})

describe('blocks', () => {
  it('S9 keeps blocks that were asked for, and has the piece checked with its last one', () => {
    const alice = new Machine()
    const manifest = newManifest(1, {
      pieceSizeBytes: 2 * limits.blockSizeBytes,
      sizeBytes: 2 * limits.blockSizeBytes,
    })
    const { share } = manifest
    const bob = alice.holder(manifest, [0])
    expect(askedOf(alice.download(manifest, bob, hashesOf(0, 1)), bob)).toEqual([0, 0])
    const bytes = new Uint8Array(limits.blockSizeBytes)
    const [first, last] = [1, 0].map((block) =>
      alice.hear(bob, { type: 'block', share, piece: 0, block, bytes }),
    )
    expect(first).toContainEqual({ type: 'keepBlock', share, piece: 0, block: 1, bytes })
    expect(last).toContainEqual({
      type: 'finishPiece',
      share,
      piece: 0,
      block: 0,
      bytes,
      hash: hashesOf(0, 1),
    })
    expect(alice.swarm.inspect(share)?.held.count).toBe(0)
    alice.checked(manifest, 0)
    expect(alice.swarm.inspect(share)?.held.has(0)).toBe(true)
  })

  it('S9 does not keep a block from somebody who was not asked, nor one that comes twice', () => {
    const { alice, bob, manifest, share } = downloadFrom(4, [2])
    const carol = alice.link()
    expect(alice.give(carol, manifest, 2)).toEqual([])
    alice.give(bob, manifest, 2)
    expect(keptBlocks(alice.give(bob, manifest, 2))).toEqual([])
    expect(alice.swarm.inspect(share)?.wastedBytes).toBe(2 * limits.blockSizeBytes)
  })

  it('S9 a block of the wrong length is a strike, and the block is asked for again', () => {
    const { alice, bob, share } = downloadFrom(4, [2])
    const effects = alice.hear(bob, { type: 'block', share, piece: 2, block: 0, bytes: new Uint8Array(9) })
    expect(ordered(effects, 'report').map(({ report }) => report.type)).toEqual(['peerMisbehaved'])
    expect(keptBlocks(effects)).toEqual([])
    expect(askedOf(effects, bob)).toEqual([2])
  })
})

describe('promises', () => {
  it('S8 asks the lone holder for other pieces than those promised to somebody else', () => {
    const { alice, bob, share } = downloadFrom(3, range(3))
    const [first, second] = [...alice.asked(share).keys()]
    const effects = alice.hear(bob, { type: 'promise', share, pieces: [first ?? 0, first ?? 0] })
    expect(sentTo(effects, bob, 'cancel')).toEqual([
      { type: 'cancel', share, blocks: [{ piece: first, block: 0 }] },
    ])
    const third = range(3).find((piece) => piece !== first && piece !== second)
    expect(askedOf(effects, bob)).toEqual([third])
  })

  it('S8 asks for promised pieces when nothing else is left', () => {
    const { alice, bob, share } = downloadFrom(1, [0])
    const effects = alice.hear(bob, { type: 'promise', share, pieces: [0] })
    expect(askedOf(effects, bob)).toEqual([0])
  })

  it('S8 keeps asking for what it knew to be promised: no answer is asked for again and again', () => {
    const { alice, bob, share } = downloadFrom(1, [0])
    alice.hear(bob, { type: 'promise', share, pieces: [0] })
    expect(alice.hear(bob, { type: 'promise', share, pieces: [0] })).toEqual([])
    expect(alice.asked(share).get(0)).toEqual([bob])
  })

  it('S8 believes promises of a piece that nobody else can give, too', () => {
    const { alice, bob, manifest, share } = downloadFrom(2, range(2))
    const { peer: carol } = joins(alice, manifest, [0])
    alice.feed({ type: 'linkBacklog', peer: carol, isFull: true })
    alice.hear(bob, { type: 'promise', share, pieces: [0, 1] })
    expect([...alice.asked(share).values()].flat()).toContain(bob)
  })

  it('S8 does not believe promises of a peer that is not the only holder', () => {
    const { alice, manifest, share } = downloadFrom(4, [2])
    const { peer: carol } = joins(alice, manifest, [3])
    expect(alice.hear(carol, { type: 'promise', share, pieces: [2, 99, 2 ** 31] })).toEqual([])
    expect(alice.swarm.inspect(share)?.ledger.promised.has(2)).toBe(false)
  })
})

/** A piece of two blocks, one from each of two peers, came corrupt. */
function suspectPiece() {
  const alice = new Machine()
  const manifest = newManifest(1, { pieceSizeBytes: 2 * limits.blockSizeBytes })
  const { share } = manifest
  const bob = alice.holder(manifest, [0])
  alice.download(manifest, bob, hashesOf(0, 1))
  alice.hear(bob, { type: 'refuse', share, blocks: [{ piece: 0, block: 1 }] })
  const { peer: carol } = joins(alice, manifest, [0])
  const give = (peer: PeerId, block: number) =>
    alice.hear(peer, {
      type: 'block',
      share,
      piece: 0,
      block,
      bytes: new Uint8Array(limits.blockSizeBytes),
    })
  give(bob, 0)
  give(carol, 1)
  alice.hear(bob, { type: 'have', share, runs: [[0, 1]] })
  const effects = alice.checked(manifest, 0, false)
  return { alice, manifest, share, bob, carol, give, effects }
}

describe('corrupt pieces', () => {
  it('S10 a lone giver is at fault: it is not asked for the piece again, and twice drops its link', () => {
    const { alice, bob, manifest } = downloadFrom(4, [0, 1])
    const effects = range(limits.badPiecesMax).flatMap((piece) => {
      alice.give(bob, manifest, piece)
      return alice.checked(manifest, piece, false)
    })
    expect(askedOf(effects, bob)).toEqual([])
    expect(ordered(effects, 'dropLink')).toEqual([{ type: 'dropLink', peer: bob, reason: 'badPieces' }])
  })

  it('S10 of several givers none is blamed: the piece is taken again from one alone', () => {
    const { alice, share, bob, effects } = suspectPiece()
    expect(ordered(effects, 'report')).toEqual([])
    expect(alice.asked(share).get(0)).toEqual([bob, bob])
    alice.pass(limits.requestStallMs - limits.requestTickMs)
    expect(alice.asked(share).get(0)).toEqual([bob, bob])
  })

  it.each(['unlinked', 'withdrawn', 'refused', 'silent'] as const)(
    'S12 a piece to come from one peer alone is begun anew with another when that peer is %s',
    (way) => {
      const { alice, share, bob, carol, give } = suspectPiece()
      give(bob, 0)
      if (way === 'unlinked') alice.feed({ type: 'peerUnlinked', peer: bob })
      else if (way === 'withdrawn') alice.hear(bob, { type: 'withdraw', share })
      else if (way === 'refused') alice.hear(bob, { type: 'refuse', share, blocks: [{ piece: 0, block: 1 }] })
      else alice.pass(limits.requestStallMs + limits.requestTickMs)
      expect(alice.asked(share).get(0)).toEqual([carol, carol])
    },
  )
})

/** Gives all that is asked, until nothing is. */
function giveAll(alice: Machine, bob: PeerId, { share }: Manifest, max = Infinity): void {
  const bytes = new Uint8Array(limits.blockSizeBytes)
  for (let given = 0; given < max; given++) {
    const open = [...(alice.swarm.inspect(share)?.open.values() ?? [])]
    const request = open.flatMap((one) => one.blocks.flatMap((block) => block.requests))[0]
    if (!request) return
    alice.hear(bob, { type: 'block', share, piece: request.open.piece, block: request.block, bytes })
  }
}

describe('memory', () => {
  const big = { pieceSizeBytes: limits.pieceSizeMaxBytes }
  const blocks = limits.pieceSizeMaxBytes / limits.blockSizeBytes
  const openMax = limits.openPiecesMaxBytes / limits.pieceSizeMaxBytes

  it('S16 pieces begun and unchecked are bounded; a checked one lets the download go on', () => {
    const alice = new Machine()
    const manifest = newManifest(openMax + 2, big)
    const bob = alice.holder(manifest, range(openMax + 2))
    alice.download(manifest, bob, hashesOf(0, openMax + 2))
    giveAll(alice, bob, manifest)
    expect(alice.swarm.load()).toMatchObject({ openBytes: limits.openPiecesMaxBytes, aheadBytes: 0 })
    const [checking] = alice.asked(manifest.share).keys()
    expect(askedOf(alice.checked(manifest, checking ?? 0), bob).length).toBeGreaterThan(0)
  })

  it('S16 what a paused download had begun makes way for another', () => {
    const alice = new Machine()
    const first = newManifest(openMax, big)
    const bob = alice.holder(first, range(openMax))
    alice.download(first, bob, hashesOf(0, openMax))
    // All but one block of each piece: the last of each is refused.
    for (let piece = 0; piece < openMax; piece++) {
      giveAll(alice, bob, first, blocks - 1)
      const last = [...alice.asked(first.share)].find(([, peers]) => peers.length > 0)
      alice.hear(bob, {
        type: 'refuse',
        share: first.share,
        blocks: range(blocks).map((block) => ({ piece: last?.[0] ?? 0, block })),
      })
    }
    expect(alice.swarm.load().openBytes).toBe(limits.openPiecesMaxBytes)
    const second = newManifest(1, big)
    alice.hear(bob, { type: 'offer', manifest: second })
    alice.hear(bob, { type: 'bitfield', share: second.share, listed: unlisted, bits: bitsOf(1, [0]) })
    alice.download(second, bob, hashesOf(0, 1))
    alice.feed({ type: 'pauseAsked', share: first.share })
    expect(alice.asked(second.share).get(0)).toContain(bob)
    expect(alice.swarm.load().openBytes).toBe(limits.openPiecesMaxBytes)
  })

  it('S16 pieces whose holders are gone make way for those that somebody has', () => {
    const alice = new Machine()
    const manifest = newManifest(2 * openMax, big)
    const bob = alice.holder(manifest, range(openMax))
    alice.download(manifest, bob, hashesOf(0, 2 * openMax))
    for (let piece = 0; piece < openMax; piece++) {
      giveAll(alice, bob, manifest, blocks - 1)
      const open = [...alice.asked(manifest.share)].filter(([, peers]) => peers.length > 0)
      alice.hear(bob, {
        type: 'refuse',
        share: manifest.share,
        blocks: open.flatMap(([at]) => range(blocks).map((block) => ({ piece: at, block }))),
      })
    }
    alice.feed({ type: 'peerUnlinked', peer: bob })
    const { peer: carol } = joins(alice, manifest, range(2 * openMax).slice(openMax))
    expect([...alice.asked(manifest.share).values()].flat()).toContain(carol)
  })
})
