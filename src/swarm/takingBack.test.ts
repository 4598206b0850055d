import { describe, expect, it } from 'vitest'
import type { PeerId, PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Manifest } from './manifest.ts'
import { downloadFrom, joins } from './testing/downloads.ts'
import { hashesOf, unlisted } from './testing/lists.ts'
import { askedOf, bitsOf, keptBlocks, Machine, newManifest, range, sentTo } from './testing/swarmWorld.ts'

const elsewhere = (then: (alice: Machine, bob: PeerId, manifest: Manifest) => void): PieceIndex[] => {
  const { alice, bob, manifest } = downloadFrom(1, [0])
  const { peer: carol } = joins(alice, manifest, [0])
  expect(alice.asked(manifest.share).get(0)).toEqual([bob])
  then(alice, bob, manifest)
  return alice.asked(manifest.share).get(0)?.includes(carol) === true ? [0] : []
}

/** Bob, of whom one block was asked, sends a part of it now and then; whether carol is asked for it after so long. */
function isAskedOfCarol(partEveryMs: number, afterMs: number): boolean {
  const { alice, bob, manifest, share } = downloadFrom(1, [0])
  const { peer: carol } = joins(alice, manifest, [0])
  for (let passedMs = 0; passedMs < afterMs; passedMs += partEveryMs) {
    alice.feed({ type: 'blockComing', peer: bob })
    alice.pass(partEveryMs)
  }
  return (alice.asked(share).get(0) ?? []).includes(carol)
}

describe('giving back', () => {
  it('S11 what a peer refuses is asked of another', () => {
    expect(
      elsewhere((alice, bob, { share }) =>
        alice.hear(bob, { type: 'refuse', share, blocks: [{ piece: 0, block: 0 }] }),
      ),
    ).toEqual([0])
  })

  it('S12 what a peer owes is asked of another as soon as its link is gone', () => {
    expect(elsewhere((alice, bob) => alice.feed({ type: 'peerUnlinked', peer: bob }))).toEqual([0])
  })

  it('S12 what a peer owes is asked of another as soon as it withdraws the share', () => {
    expect(elsewhere((alice, bob, { share }) => alice.hear(bob, { type: 'withdraw', share }))).toEqual([0])
  })

  it('S13 what a silent peer owes is asked of another after two seconds, and still taken from whoever brings it first', () => {
    const { alice, bob, manifest, share } = downloadFrom(1, [0])
    const { peer: carol } = joins(alice, manifest, [0])
    alice.pass(limits.requestStallMs - limits.requestTickMs)
    expect(alice.asked(share).get(0)).toEqual([bob])
    expect(sentTo(alice.pass(2 * limits.requestTickMs), bob, 'cancel')).toEqual([])
    expect(alice.asked(share).get(0)).toEqual([bob, carol])
    const effects = alice.give(bob, manifest, 0)
    expect(keptBlocks(effects)).toEqual([[0, 0]])
    expect(sentTo(effects, carol, 'cancel')).toHaveLength(1)
    expect(alice.swarm.load().aheadBytes).toBe(0)
  })

  it('S13 a peer whose block is coming in parts is not silent', () => {
    expect(isAskedOfCarol(limits.comingToldMs, 1.5 * limits.requestStallMs)).toBe(false)
    expect(isAskedOfCarol(2 * limits.requestStallMs, 1.5 * limits.requestStallMs)).toBe(true)
  })

  it('S13 one that sends parts without end is not waited for without end', () => {
    const { alice, bob } = downloadFrom(1, [0])
    const effects = range(limits.requestTimeoutMs / limits.comingToldMs + 1).flatMap(() => {
      alice.feed({ type: 'blockComing', peer: bob })
      return alice.pass(limits.comingToldMs)
    })
    expect(sentTo(effects, bob, 'cancel')).toHaveLength(1)
  })

  it('S13 a silent peer is asked for no more until it delivers, or in the end for one block', () => {
    const { alice, bob, share } = downloadFrom(9, [0, 1, 2])
    alice.pass(limits.requestStallMs + limits.requestTickMs)
    expect(askedOf(alice.hear(bob, { type: 'have', share, runs: [[3, 6]] }), bob)).toEqual([])
    const effects = alice.pass(limits.requestTimeoutMs)
    expect(sentTo(effects, bob, 'cancel')).toHaveLength(1)
    expect(askedOf(effects, bob)).toHaveLength(1)
  })

  it('S13 of three silent peers two are asked for a block at a time, and each in its turn', () => {
    const { alice, bob, manifest, share } = downloadFrom(1, [0])
    const others = [joins(alice, manifest, [0]).peer, joins(alice, manifest, [0]).peer]
    alice.pass(2 * (limits.requestStallMs + limits.requestTickMs))
    const asked = alice.asked(share).get(0)
    expect(asked).toHaveLength(limits.endGameCopiesMax)
    expect(asked).not.toContain(bob)
    expect(others).toEqual(expect.arrayContaining(asked ?? []))
  })

  it('S13 blocks of a thin link may lie further apart', () => {
    const { alice, bob, manifest, share } = downloadFrom(4, range(4))
    const [first = 0] = alice.asked(share).keys()
    alice.now += 1900
    alice.give(bob, manifest, first)
    joins(alice, manifest, range(4))
    const [second = 0] = [...alice.asked(share)].find(([, peers]) => peers.includes(bob)) ?? []
    alice.pass(2 * limits.requestStallMs)
    expect(alice.asked(share).get(second)).toEqual([bob])
  })
})

/** Of so many pieces bob and carol hold two; bob brings a block in so long, carol in so long; piece 1 is asked of bob. */
function secondBlockWithBob(bobMs: number, carolMs: number, pieces = 2) {
  const { alice, bob, manifest, share } = downloadFrom(pieces, [0])
  alice.now += bobMs
  alice.give(bob, manifest, 0)
  alice.checked(manifest, 0)
  const other = newManifest(1)
  const carol = alice.holder(other, [0])
  alice.download(other, carol, hashesOf(0, 1))
  alice.now += carolMs
  alice.give(carol, other, 0)
  alice.hear(bob, { type: 'have', share, runs: [[1, 1]] })
  expect(alice.asked(share).get(1)).toEqual([bob])
  alice.hear(carol, { type: 'offer', manifest })
  alice.hear(carol, { type: 'bitfield', share, listed: unlisted, bits: bitsOf(pieces, [0, 1]) })
  return { alice, bob, carol, manifest, share }
}

describe('end game', () => {
  it('S14 a block that a second peer would bring well before the one who owes it is asked of that one too', () => {
    const { alice, bob, carol, manifest, share } = secondBlockWithBob(1500, 50)
    expect(alice.asked(share).get(1)).toEqual([bob, carol])
    const effects = alice.give(carol, manifest, 1)
    expect(sentTo(effects, bob, 'cancel')).toHaveLength(1)
    expect(alice.swarm.load().aheadBytes).toBe(0)
  })

  it('S14 not of one that would bring it hardly sooner, until it is late', () => {
    const { alice, bob, carol, share } = secondBlockWithBob(500, 400)
    expect(alice.asked(share).get(1)).toEqual([bob])
    alice.pass(1900)
    expect(alice.asked(share).get(1)).toEqual([bob, carol])
  })

  it('S14 nor while there is something left to begin', () => {
    const { alice, bob, share } = secondBlockWithBob(1500, 50, 3)
    expect(alice.swarm.inspect(share)?.ledger.wantedCount).toBe(1)
    expect(alice.asked(share).get(1)).toEqual([bob])
  })
})

describe('cancelling', () => {
  it('S14 whose copy was cancelled is asked for something else at once', () => {
    const { alice, bob, manifest, share } = downloadFrom(3, [0, 1])
    const { peer: carol } = joins(alice, manifest, [0, 1])
    alice.pass(limits.requestStallMs + limits.requestTickMs)
    const [first = 0] = alice.asked(share).keys()
    expect(alice.asked(share).get(first)).toEqual([bob, carol])
    // She owes as much as she is asked for.
    expect(askedOf(alice.hear(carol, { type: 'have', share, runs: [[2, 1]] }), carol)).toEqual([])
    // Of what bob still owes others have a copy, of this nobody has.
    expect(askedOf(alice.give(bob, manifest, first), carol)).toEqual([2])
  })

  it('S19 who was asked for what our own files turn out to have is asked for something else at once', () => {
    const { alice, bob, manifest, share } = downloadFrom(3, [0, 1])
    alice.hear(bob, { type: 'have', share, runs: [[2, 1]] })
    alice.feed({ type: 'sourceAttached', share })
    const effects = alice.hash(manifest, 0)
    expect(sentTo(effects, bob, 'cancel')).toHaveLength(1)
    expect(askedOf(effects, bob)).toEqual([2])
  })

  it('S15 what is taken back from one peer is cancelled in messages of many blocks', () => {
    const alice = new Machine()
    const manifest = newManifest(2, { pieceSizeBytes: 4 * limits.blockSizeBytes })
    const { share } = manifest
    const bob = alice.holder(manifest, [0, 1])
    const asked = sentTo(alice.download(manifest, bob, hashesOf(0, 2)), bob, 'request')
    const cancels = sentTo(alice.feed({ type: 'pauseAsked', share }), bob, 'cancel')
    expect(cancels.map(({ blocks }) => blocks)).toEqual(asked.map(({ blocks }) => blocks))
    expect(cancels[0]?.blocks).toHaveLength(2)
  })
})
