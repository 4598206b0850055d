import { describe, expect, it } from 'vitest'
import type { PeerId, PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Manifest } from './manifest.ts'
import { downloadFrom, joins } from './testing/downloads.ts'
import { askedOf, hashesOf, Machine, newManifest, sentTo } from './testing/swarmWorld.ts'

const elsewhere = (then: (alice: Machine, bob: PeerId, manifest: Manifest) => void): PieceIndex[] => {
  const { alice, bob, manifest } = downloadFrom(1, [0])
  const { peer: carol } = joins(alice, manifest, [0])
  expect(alice.asked(manifest.share).get(0)).toEqual([bob])
  then(alice, bob, manifest)
  return alice.asked(manifest.share).get(0)?.includes(carol) === true ? [0] : []
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

  it('S13 what a silent peer owes is taken back after a time, and it gets what others leave', () => {
    const { alice, bob, manifest, share } = downloadFrom(2, [0])
    alice.pass(limits.requestTimeoutMs - limits.requestTickMs)
    const { peer: carol } = joins(alice, manifest, [0])
    const effects = alice.pass(limits.requestTickMs)
    expect(sentTo(effects, bob, 'cancel')).toHaveLength(1)
    expect(alice.asked(share).get(0)).toEqual([carol])
  })
})

describe('end game', () => {
  it('S14 a block owed for long is asked of a second peer, and cancelled with the other when one brings it', () => {
    const { alice, bob, manifest, share } = downloadFrom(1, [0])
    const { peer: carol } = joins(alice, manifest, [0])
    const { peer: dave } = joins(alice, manifest, [0])
    expect(alice.asked(share).get(0)).toEqual([bob])
    alice.pass(limits.endGameAfterMs - limits.requestTickMs)
    expect(alice.asked(share).get(0)).toEqual([bob])
    alice.pass(2 * limits.requestTickMs)
    expect(alice.asked(share).get(0)).toEqual([bob, carol])
    const effects = alice.give(carol, manifest, 0)
    expect(sentTo(effects, bob, 'cancel')).toHaveLength(1)
    expect(sentTo(effects, dave, 'cancel')).toEqual([])
    expect(alice.swarm.load().aheadBytes).toBe(0)
  })
})

describe('cancelling', () => {
  it('S14 whose copy was cancelled is asked for something else at once', () => {
    const { alice, bob, manifest, share } = downloadFrom(3, [0, 1])
    const { peer: carol } = joins(alice, manifest, [0, 1])
    alice.pass(limits.endGameAfterMs + limits.requestTickMs)
    expect(alice.asked(share).get(0)).toEqual([bob, carol])
    expect(alice.asked(share).get(1)).toEqual([bob, carol])
    // Her window is full.
    expect(askedOf(alice.hear(carol, { type: 'have', share, runs: [[2, 1]] }), carol)).toEqual([])
    expect(askedOf(alice.give(bob, manifest, 0), carol)).toEqual([2])
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
