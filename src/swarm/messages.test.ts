import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { SwarmEffect } from './io.ts'
import { downloadFrom } from './testing/downloads.ts'
import { listedOf, listOf, unlisted } from './testing/lists.ts'
import { bitsOf, Machine, newManifest, newPeerId, ordered, range, sentTo } from './testing/swarmWorld.ts'

describe('shares', () => {
  it('S1 a new link hears of what we hold, offer or want: an offer, then a bitfield', () => {
    const alice = new Machine()
    const ours = newManifest(3)
    alice.offer(ours, 2)
    const theirs = newManifest(2)
    alice.holder(theirs, [0, 1])
    const carol = newPeerId()
    const greeting = alice.feed({ type: 'peerLinked', peer: carol })
    expect(sentTo(greeting, carol, 'offer').map(({ manifest }) => manifest)).toEqual([ours])
    expect(sentTo(greeting, carol, 'bitfield')).toEqual([
      { type: 'bitfield', share: ours.share, listed: listedOf(ours, 1), bits: bitsOf(3, [0, 1]) },
    ])
  })

  it('S2 a bitfield replaces what was known, haves add to it, a withdrawal ends it', () => {
    const alice = new Machine()
    const manifest = newManifest(20)
    const { share } = manifest
    const bob = alice.holder(manifest, [0, 1])
    const carol = alice.holder(manifest, [1])
    const copies = (): number[] => [...(alice.swarm.inspect(share)?.ledger.copies.slice(0, 4) ?? [])]
    expect(copies()).toEqual([1, 2, 0, 0])
    alice.hear(bob, { type: 'bitfield', share, listed: unlisted, bits: bitsOf(20, [1, 3]) })
    expect(copies()).toEqual([0, 2, 0, 1])
    alice.hear(bob, { type: 'have', share, runs: [[1, 3]] })
    expect(copies()).toEqual([0, 2, 1, 1])
    alice.hear(carol, { type: 'withdraw', share })
    expect(copies()).toEqual([0, 1, 1, 1])
  })

  it('S2 a have beyond the share is a strike; one of a peer that never said what it holds is nothing', () => {
    const alice = new Machine()
    const manifest = newManifest(4)
    const { share } = manifest
    const bob = alice.holder(manifest, [0])
    const carol = alice.link()
    expect(ordered(alice.hear(carol, { type: 'have', share, runs: [[0, 4]] }), 'report')).toEqual([])
    expect(alice.swarm.inspect(share)?.ledger.reachableCount).toBe(1)
    expect(ordered(alice.hear(bob, { type: 'have', share, runs: [[2, 3]] }), 'report')).toHaveLength(1)
  })

  it('S2 what we hold ourselves is told in batches of runs', () => {
    const alice = new Machine()
    const bob = alice.link()
    const manifest = newManifest(6)
    const effects = alice.offer(manifest, 5)
    expect(sentTo(effects, bob, 'have')).toEqual([])
    expect(sentTo(alice.pass(limits.announceBatchMs), bob, 'have')).toEqual([
      { type: 'have', share: manifest.share, runs: [[0, 5]] },
    ])
  })

  it('S2 in the midst of a download few pieces wait for more to be told with', () => {
    const pieces = Array.from({ length: 9 }, (_, piece) => piece)
    const { alice, bob, manifest } = downloadFrom(9, pieces)
    const carol = alice.link()
    const getNext = (): void => {
      const [piece = 0] = alice.asked(manifest.share).keys()
      alice.give(bob, manifest, piece)
      alice.checked(manifest, piece)
    }
    const toldIn = (spanMs: number): number =>
      sentTo(alice.pass(spanMs), carol, 'have')
        .flatMap(({ runs }) => runs)
        .reduce((sum, [, count]) => sum + count, 0)
    getNext()
    expect(toldIn(limits.announceBatchMs)).toBe(1)
    getNext()
    expect(toldIn(limits.announceFewMs - 1)).toBe(0)
    expect(toldIn(1)).toBe(1)
    for (let count = 0; count < limits.announceFew; count++) getNext()
    expect(toldIn(limits.announceBatchMs)).toBe(limits.announceFew)
  })

  it('S3 a share is gone when nobody linked offers it and we neither hold nor want it', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const bob = alice.holder(manifest, [0])
    // Carol has offered it and not yet said what she holds.
    const carol = alice.link()
    alice.hear(carol, { type: 'offer', manifest })
    alice.hear(bob, { type: 'withdraw', share: manifest.share })
    expect(alice.swarm.shares()).toHaveLength(1)
    const effects = alice.feed({ type: 'peerUnlinked', peer: carol })
    expect(alice.swarm.shares()).toHaveLength(0)
    expect(ordered(effects, 'report')).toEqual([
      { type: 'report', report: { type: 'shareGone', share: manifest.share } },
    ])
  })

  it('S3 a share that we want stays, with nobody there', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const bob = alice.holder(manifest, [0])
    alice.feed({ type: 'downloadAsked', share: manifest.share })
    alice.feed({ type: 'peerUnlinked', peer: bob })
    expect(alice.swarm.shares()[0]?.state).toBe('downloading')
  })
})

/** Alice is about to take a share of two pieces that peers offer, who hold these of them. */
function wantedOf(holdings: readonly (readonly number[])[]) {
  const alice = new Machine()
  const manifest = newManifest(2)
  const { share } = manifest
  const peers = holdings.map((pieces) => alice.holder(manifest, pieces))
  const start = (): SwarmEffect[] => [
    ...alice.feed({ type: 'downloadAsked', share }),
    ...alice.feed({ type: 'storeOpened', share }),
  ]
  return { alice, manifest, share, peers, start }
}

const toldInterest = (effects: readonly SwarmEffect[]): PeerId[] =>
  effects.flatMap((effect) =>
    effect.type === 'send' && effect.message.type === 'interested' ? [effect.peer] : [],
  )

describe('interest', () => {
  it('S5 interest is told to one who holds some, and to the others when hashes have come', () => {
    const { alice, manifest, share, peers, start } = wantedOf([[], [1], [0, 1]])
    const [empty, bob, carol] = peers
    const effects = start()
    expect(toldInterest(effects)).toEqual([bob])
    const [first, second] = listOf(manifest, 2)
    expect(toldInterest(alice.tellList(bob ?? alice.peer, manifest, first ? [first] : []))).toEqual([])
    const told = toldInterest(alice.tellList(bob ?? alice.peer, manifest, second ? [second] : []))
    expect(told).toEqual([empty, carol])
    // Who comes later is told at once, and that we know the list.
    const dave = alice.holder(manifest, [0])
    expect(alice.swarm.inspect(share)?.interestToldTo.has(dave)).toBe(true)
  })

  it.each(['overdue', 'gone', 'withdrawn'] as const)(
    'S5 interest is told to others when the first is %s',
    (way) => {
      const { alice, share, peers, start } = wantedOf([[1], [0, 1], []])
      const [bob, carol, empty] = peers
      expect(toldInterest(start())).toEqual([bob])
      const first = bob ?? alice.peer
      if (way === 'overdue') expect(toldInterest(alice.pass(limits.hashesDueMs))).toEqual([carol, empty])
      if (way === 'gone')
        expect(toldInterest(alice.feed({ type: 'peerUnlinked', peer: first }))).toEqual([carol])
      if (way === 'withdrawn')
        expect(toldInterest(alice.hear(first, { type: 'withdraw', share }))).toEqual([carol])
    },
  )

  it('S5 interest waits for somebody who holds some', () => {
    const { alice, share, peers, start } = wantedOf([[], []])
    expect(toldInterest(start())).toEqual([])
    const [bob] = peers
    const have = { type: 'have', share, runs: [[1, 1]] } as const
    expect(toldInterest(alice.hear(bob ?? alice.peer, have))).toEqual([bob])
  })
})

describe('limits', () => {
  it('S24 strikes drop the link, once', () => {
    const alice = new Machine()
    const bob = alice.link()
    const effects = range(limits.strikesMax + 3).flatMap(() =>
      alice.feed({ type: 'messageFaulted', peer: bob }),
    )
    expect(ordered(effects, 'dropLink')).toEqual([{ type: 'dropLink', peer: bob, reason: 'misbehaved' }])
  })

  it('S24 words about a share nobody offered, or from a peer not linked, change nothing', () => {
    const alice = new Machine()
    const bob = alice.link()
    const { share } = newManifest(1)
    const bits = bitsOf(1, [0])
    expect(alice.hear(bob, { type: 'bitfield', share, listed: unlisted, bits })).toEqual([])
    expect(alice.hear(bob, { type: 'request', share, blocks: [{ piece: 0, block: 0 }] })).toEqual([])
    expect(alice.hear(newPeerId(), { type: 'offer', manifest: newManifest(1) })).toEqual([])
    expect(alice.swarm.shares()).toEqual([])
  })
})
