import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { hashBytes } from './hashList.ts'
import type { SwarmEffect } from './io.ts'
import { downloadFrom } from './testing/downloads.ts'
import {
  bitsOf,
  hashesOf,
  hashOf,
  Machine,
  newManifest,
  newPeerId,
  ordered,
  range,
  sentTo,
} from './testing/swarmWorld.ts'

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
      { type: 'bitfield', share: ours.share, bits: bitsOf(3, [0, 1]) },
    ])
  })

  it('S1 the first offer says what a share is; another is not believed', () => {
    const alice = new Machine()
    const manifest = newManifest(3)
    alice.holder(manifest, [0])
    const bob = alice.link()
    const effects = alice.hear(bob, { type: 'offer', manifest: { ...manifest, name: 'else' } })
    expect(ordered(effects, 'report').map(({ report }) => report.type)).toEqual(['peerMisbehaved'])
    expect(alice.swarm.shares()[0]?.manifest).toEqual(manifest)
    alice.hear(bob, { type: 'bitfield', share: manifest.share, bits: bitsOf(3, [0, 1, 2]) })
    expect(alice.swarm.shares()[0]?.otherCopies).toBe(0)
  })

  it('S2 a bitfield replaces what was known, haves add to it, a withdrawal ends it', () => {
    const alice = new Machine()
    const manifest = newManifest(20)
    const { share } = manifest
    const bob = alice.holder(manifest, [0, 1])
    const carol = alice.holder(manifest, [1])
    const copies = (): number[] => [...(alice.swarm.inspect(share)?.ledger.copies.slice(0, 4) ?? [])]
    expect(copies()).toEqual([1, 2, 0, 0])
    alice.hear(bob, { type: 'bitfield', share, bits: bitsOf(20, [1, 3]) })
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

/** Alice holds a share; bob is linked, and what he says of it brings him so many messages of hashes. */
function sendingLists() {
  const alice = new Machine()
  const manifest = newManifest(3)
  const { share } = manifest
  alice.offer(manifest)
  const bob = alice.holder(manifest, [])
  alice.pass(limits.announceBatchMs)
  const listsAfter = (type: 'interested' | 'notInterested' | 'withdraw'): number => {
    const effects = alice.hear(bob, type === 'interested' ? { type, share, hashesFrom: 0 } : { type, share })
    return sentTo([...effects, ...alice.pass(limits.announceBatchMs)], bob, 'hashes').length
  }
  return { alice, bob, manifest, listsAfter }
}

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

describe('hash lists', () => {
  it('S4 interest is answered with the list from there on, and with its growth', () => {
    const alice = new Machine()
    const bob = alice.link()
    const manifest = newManifest(5)
    const { share } = manifest
    alice.offer(manifest, 3)
    const effects = alice.hear(bob, { type: 'interested', share, hashesFrom: 1 })
    expect(sentTo(effects, bob, 'hashes')).toEqual([
      { type: 'hashes', share, first: 1, hashes: hashesOf(1, 3) },
    ])
    alice.hash(manifest, 3)
    expect(sentTo(alice.pass(limits.announceBatchMs), bob, 'hashes')).toEqual([
      { type: 'hashes', share, first: 3, hashes: hashesOf(3, 4) },
    ])
  })

  it('S4 who knows the list is sent none of what we learn of it later', () => {
    const alice = new Machine()
    const bob = alice.link()
    const manifest = newManifest(5)
    const { share } = manifest
    alice.offer(manifest, 1)
    alice.hear(bob, { type: 'interested', share, hashesFrom: 4 })
    for (const piece of [1, 2, 3]) alice.hash(manifest, piece)
    expect(sentTo(alice.pass(limits.announceBatchMs), bob, 'hashes')).toEqual([])
    alice.hash(manifest, 4)
    expect(sentTo(alice.pass(limits.announceBatchMs), bob, 'hashes')).toEqual([
      { type: 'hashes', share, first: 4, hashes: hashesOf(4, 5) },
    ])
  })

  it('S5 interest is told to one who holds some, and to the others when hashes have come', () => {
    const { alice, manifest, share, peers, start } = wantedOf([[], [1], [0, 1]])
    const [empty, bob, carol] = peers
    const effects = start()
    expect(toldInterest(effects)).toEqual([bob])
    const hashes = hashesOf(0, 2)
    const told = toldInterest(alice.hear(bob ?? alice.peer, { type: 'hashes', share, first: 0, hashes }))
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

  it('S4 a long list goes out in batches of few messages', () => {
    const alice = new Machine()
    const bob = alice.link()
    const pieces = limits.hashesPerMessage * (limits.hashMessagesPerBatch + 1)
    const manifest = newManifest(pieces)
    alice.offer(manifest)
    alice.pass(limits.announceBatchMs)
    const effects = alice.hear(bob, { type: 'interested', share: manifest.share, hashesFrom: 0 })
    const first = sentTo(effects, bob, 'hashes')
    expect(first).toHaveLength(limits.hashMessagesPerBatch)
    const all = [...first, ...sentTo(alice.pass(limits.announceBatchMs), bob, 'hashes')]
    expect(all.reduce((sum, { hashes }) => sum + hashes.length / hashBytes, 0)).toBe(pieces)
  })

  it('S4 interest told again, even after notInterested or a withdrawal, does not begin the list again', () => {
    const { alice, bob, manifest, listsAfter } = sendingLists()
    expect(listsAfter('interested')).toBe(1)
    for (const type of ['interested', 'notInterested', 'interested', 'withdraw'] as const)
      expect(listsAfter(type)).toBe(0)
    alice.hear(bob, { type: 'offer', manifest })
    expect(listsAfter('interested')).toBe(0)
  })

  it('S4 the list begins again after we withdrew the share, and on a new link', () => {
    const { alice, bob, manifest, listsAfter } = sendingLists()
    expect(listsAfter('interested')).toBe(1)
    alice.hear(bob, { type: 'offer', manifest })
    alice.feed({ type: 'removeAsked', share: manifest.share })
    alice.feed({ type: 'sourceAttached', share: manifest.share })
    expect(listsAfter('interested')).toBe(1)
    alice.feed({ type: 'peerUnlinked', peer: bob })
    alice.link(bob)
    expect(listsAfter('interested')).toBe(1)
  })

  it('S4 hashes still under way when interest ends are taken, for they do not come again', () => {
    const alice = new Machine()
    const manifest = newManifest(5)
    const { share } = manifest
    const bob = alice.holder(manifest, range(5))
    alice.download(manifest, bob, hashesOf(0, 2))
    alice.feed({ type: 'cancelAsked', share })
    alice.hear(bob, { type: 'hashes', share, first: 2, hashes: hashesOf(2, 5) })
    const interest = sentTo(alice.feed({ type: 'downloadAsked', share }), bob, 'interested')
    expect(interest).toEqual([{ type: 'interested', share, hashesFrom: 5 }])
    expect(sentTo(alice.feed({ type: 'storeOpened', share }), bob, 'request')).toHaveLength(1)
  })

  it('S4 hashes of a share we do not want, our own among them, are not taken', () => {
    const alice = new Machine()
    const ours = newManifest(3)
    alice.offer(ours, 1)
    const bob = alice.holder(ours, [])
    const liar = hashesOf(10, 12)
    alice.hear(bob, { type: 'hashes', share: ours.share, first: 1, hashes: liar })
    alice.hash(ours, 1)
    alice.hash(ours, 2)
    expect(alice.swarm.shares()[0]).toMatchObject({ state: 'complete', source: 'whole' })
    const theirs = newManifest(3)
    alice.holder(theirs, [0])
    alice.hear(bob, { type: 'hashes', share: theirs.share, first: 0, hashes: hashesOf(0, 3) })
    expect(alice.swarm.inspect(theirs.share)?.hashCount).toBe(0)
  })

  it('S4 the first hash is told to all, so that the same file dropped elsewhere is recognised', () => {
    const [alice, bob] = [new Machine(), new Machine()]
    const manifest = newManifest(3)
    const { share } = manifest
    alice.link(bob.peer)
    alice.offer(manifest)
    const told = sentTo(alice.pass(limits.announceBatchMs), bob.peer, 'hashes')
    expect(told).toEqual([{ type: 'hashes', share, first: 0, hashes: hashesOf(0, 1) }])
    const carol = newPeerId()
    expect(sentTo(alice.feed({ type: 'peerLinked', peer: carol }), carol, 'hashes')).toEqual(told)

    const holder = bob.holder(manifest, [0])
    for (const message of told) bob.hear(holder, message)
    expect(bob.swarm.firstHash(share)).toEqual(hashOf(0))
    // It is a hint and no more: the list itself is still unknown, and a false hint stands in nobody's way.
    expect(bob.swarm.inspect(share)?.hashCount).toBe(0)
  })

  it.each([
    ['that differ from those known', 0, hashesOf(7, 8)],
    ['beyond the share', 2, hashesOf(2, 5)],
  ])('S4 hashes %s are a strike', (_, first, hashes) => {
    const alice = new Machine()
    const manifest = newManifest(4)
    const bob = alice.holder(manifest, [0])
    alice.download(manifest, bob, hashesOf(0, 2))
    const effects = alice.hear(bob, { type: 'hashes', share: manifest.share, first, hashes })
    expect(ordered(effects, 'report').map(({ report }) => report.type)).toEqual(['peerMisbehaved'])
    expect(alice.swarm.inspect(manifest.share)?.hashCount).toBe(2)
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
    expect(alice.hear(bob, { type: 'bitfield', share, bits })).toEqual([])
    expect(alice.hear(bob, { type: 'request', share, blocks: [{ piece: 0, block: 0 }] })).toEqual([])
    expect(alice.hear(newPeerId(), { type: 'offer', manifest: newManifest(1) })).toEqual([])
    expect(alice.swarm.shares()).toEqual([])
  })
})
