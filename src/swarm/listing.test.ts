import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import type { HashPart } from './hashList.ts'
import type { Manifest } from './manifest.ts'
import { downloadFrom } from './testing/downloads.ts'
import { hashesOf, hashOf, listOf, signParts } from './testing/lists.ts'
import {
  askedOf,
  listedTo,
  Machine,
  newManifest,
  newPeerId,
  ordered,
  range,
  sentTo,
} from './testing/swarmWorld.ts'

/** Alice holds a share; bob is linked, and what he says of it brings him so many parts of the list. */
function sendingLists() {
  const alice = new Machine()
  const manifest = newManifest(3)
  const { share } = manifest
  alice.offer(manifest)
  const bob = alice.holder(manifest, [])
  alice.pass(limits.announceBatchMs)
  const partsAfter = (type: 'interested' | 'notInterested' | 'withdraw'): number => {
    const effects = alice.hear(bob, type === 'interested' ? { type, share, hashesFrom: 0 } : { type, share })
    return listedTo([...effects, ...alice.pass(limits.announceBatchMs)], bob).length
  }
  return { alice, bob, manifest, partsAfter }
}

describe('signing', () => {
  it('S4 the first hash is signed alone and at once, and what is hashed after it with the next batch', () => {
    const alice = new Machine()
    const manifest = newManifest(5)
    const partsDue = (pieces: number[]): number[][] =>
      pieces
        .flatMap((piece) => ordered(alice.hash(manifest, piece), 'signPart'))
        .concat(ordered(alice.pass(limits.announceBatchMs), 'signPart'))
        .map(({ part }) => [part.first, part.first + part.hashes.length / 32])
    alice.feed({ type: 'shareOffered', manifest })
    expect(partsDue([0, 1, 2])).toEqual([
      [0, 1],
      [1, 3],
    ])
    alice.pass(limits.signEveryMs)
    expect(partsDue([3, 4])).toEqual([[3, 5]])
    expect(alice.swarm.inspect(manifest.share)?.list.parts).toEqual(listOf(manifest, 5, [1, 3]))
  })

  it('S4 one part is signed at a time, and nothing is told before', () => {
    const alice = new Machine()
    const bob = alice.link()
    const manifest = newManifest(4)
    alice.arePartsSlow = true
    alice.feed({ type: 'shareOffered', manifest })
    alice.hear(bob, { type: 'interested', share: manifest.share, hashesFrom: 0 })
    const effects = range(3).flatMap((piece) => alice.hash(manifest, piece))
    effects.push(...alice.pass(2 * limits.announceBatchMs))
    expect(ordered(effects, 'signPart')).toHaveLength(1)
    expect(listedTo(effects, bob)).toEqual([])
    expect(listedTo(alice.finishParts(), bob)).toEqual([[0, 1]])
    alice.pass(limits.announceBatchMs)
    expect(listedTo(alice.finishParts(), bob)).toEqual([[1, 3]])
  })

  it('S4 a signature that comes late is for the part that was to be signed', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    const { share } = manifest
    alice.arePartsSlow = true
    alice.offer(manifest)
    const [due] = alice.partsDue
    alice.feed({ type: 'sourceLost', share })
    alice.feed({ type: 'sourceAttached', share })
    alice.finishParts()
    expect(alice.swarm.inspect(share)?.list.count).toBe(1)
    if (due?.type !== 'signPart') throw new Error('a part is to be signed')
    alice.feed({ type: 'partSigned', share, part: due.part, signature: new Uint8Array(64) })
    expect(alice.swarm.inspect(share)?.list.parts).toEqual(listOf(manifest, 1))
  })
})

/** The parts of a list that are told at once, and with the next batch, of what was hashed and signed before. */
function toldInBatches(pieces: number, hashAll: (alice: Machine, manifest: Manifest) => void): HashPart[][] {
  const alice = new Machine()
  const bob = alice.link()
  const manifest = newManifest(pieces)
  alice.feed({ type: 'shareOffered', manifest })
  hashAll(alice, manifest)
  alice.pass(10 * limits.signEveryMs)
  const atOnce = alice.hear(bob, { type: 'interested', share: manifest.share, hashesFrom: 0 })
  const later = alice.pass(limits.announceBatchMs)
  return [atOnce, later].map((effects) => sentTo(effects, bob, 'hashes').map(({ part }) => part))
}

describe('telling', () => {
  it('S4 interest is answered with the list from there on, and with its growth', () => {
    const alice = new Machine()
    const bob = alice.link()
    const manifest = newManifest(5)
    alice.offer(manifest, 3)
    alice.pass(limits.announceBatchMs)
    const effects = alice.hear(bob, { type: 'interested', share: manifest.share, hashesFrom: 1 })
    expect(listedTo(effects, bob)).toEqual([[1, 3]])
    alice.hash(manifest, 3)
    expect(listedTo(alice.pass(limits.signEveryMs), bob)).toEqual([[3, 4]])
  })

  it('S4 who knows the list is sent none of what we learn of it later', () => {
    const { alice, bob, manifest, share } = downloadFrom(5, range(5), 1)
    const carol = alice.link()
    alice.hear(carol, { type: 'interested', share, hashesFrom: 3 })
    alice.tellList(bob, manifest, listOf(manifest, 5, [1, 3]).slice(1))
    expect(listedTo(alice.pass(limits.announceBatchMs), carol)).toEqual([[3, 5]])
  })

  it('S4 a part is passed on as it came', () => {
    const { alice, bob, manifest, share } = downloadFrom(5, range(5), 1)
    const carol = alice.link()
    alice.hear(carol, { type: 'interested', share, hashesFrom: 1 })
    const parts = listOf(manifest, 5, [1, 2, 4]).slice(1)
    alice.tellList(bob, manifest, parts)
    const told = sentTo(alice.pass(limits.announceBatchMs), carol, 'hashes')
    expect(told.map(({ part }) => part)).toEqual(parts)
  })

  it('S4 a long list goes out in batches of few bytes, one of many parts in batches of few parts', () => {
    const [long = [], rest = []] = toldInBatches(5 * limits.hashesPerMessage, (alice, manifest) => {
      for (let piece = 0; piece < 5 * limits.hashesPerMessage; piece++) alice.hash(manifest, piece)
    })
    const bytes = long.reduce((sum, { hashes }) => sum + hashes.length, 0)
    expect(bytes).toBeLessThan(limits.hashListBytesPerBatch + limits.hashesPerMessage * 32)
    expect(long.concat(rest).reduce((sum, { hashes }) => sum + hashes.length / 32, 0)).toBe(
      5 * limits.hashesPerMessage,
    )
    const [many = []] = toldInBatches(2 * limits.hashPartsPerBatch, (alice, manifest) => {
      for (let piece = 0; piece < 2 * limits.hashPartsPerBatch; piece++) {
        alice.hash(manifest, piece)
        alice.pass(limits.signEveryMs)
      }
    })
    expect(many).toHaveLength(limits.hashPartsPerBatch)
  })

  it('S4 interest told again, even after notInterested or a withdrawal, does not begin the list again', () => {
    const { alice, bob, manifest, partsAfter } = sendingLists()
    expect(partsAfter('interested')).toBe(2)
    for (const type of ['interested', 'notInterested', 'interested', 'withdraw'] as const)
      expect(partsAfter(type)).toBe(0)
    alice.hear(bob, { type: 'offer', manifest })
    expect(partsAfter('interested')).toBe(0)
  })

  it('S4 the list begins again after we withdrew the share, and on a new link', () => {
    const { alice, bob, manifest, partsAfter } = sendingLists()
    expect(partsAfter('interested')).toBe(2)
    alice.hear(bob, { type: 'offer', manifest })
    alice.feed({ type: 'removeAsked', share: manifest.share })
    alice.feed({ type: 'sourceAttached', share: manifest.share })
    expect(partsAfter('interested')).toBe(2)
    alice.feed({ type: 'peerUnlinked', peer: bob })
    alice.link(bob)
    expect(partsAfter('interested')).toBe(2)
  })

  it('S4 the first hash is told to all, so that the same file dropped elsewhere is recognised', () => {
    const [alice, bob] = [new Machine(), new Machine()]
    const manifest = newManifest(3)
    alice.link(bob.peer)
    const told = sentTo(alice.offer(manifest), bob.peer, 'hashes')
    expect(told.map(({ part }) => part)).toEqual(listOf(manifest, 1))
    alice.pass(limits.announceBatchMs)
    const carol = newPeerId()
    expect(sentTo(alice.feed({ type: 'peerLinked', peer: carol }), carol, 'hashes')).toEqual(told)

    const holder = bob.holder(manifest, [0])
    for (const message of told) bob.hear(holder, message)
    expect(bob.swarm.firstHash(manifest.share)).toEqual(hashOf(0))
    expect(bob.swarm.inspect(manifest.share)?.list.count).toBe(1)
  })
})

describe('taking', () => {
  it('S5 nothing is asked for while only the first hash is known, which everyone knows', () => {
    const { alice, bob, manifest, effects } = downloadFrom(4, range(4), 1)
    expect(askedOf(effects, bob)).toEqual([])
    const told = alice.tellList(bob, manifest, listOf(manifest, 4).slice(1))
    expect(askedOf(told, bob).length).toBeGreaterThan(0)
    const { bob: holder, effects: begun } = downloadFrom(1, [0])
    expect(askedOf(begun, holder)).toEqual([0])
  })

  it('S4 what we told a peer it need not tell us, and goes on from there', () => {
    const { alice, bob, manifest, share } = downloadFrom(6, range(6), 1)
    const carol = alice.holder(manifest, range(6))
    const parts = listOf(manifest, 6, [1, 2, 4])
    for (const peer of [bob, carol]) alice.hear(peer, { type: 'interested', share, hashesFrom: 1 })
    alice.tellList(bob, manifest, parts.slice(1, 3))
    const told = alice.pass(limits.announceBatchMs)
    expect([listedTo(told, bob).length, listedTo(told, carol).length]).toEqual([0, 2])
    const effects = alice.tellList(carol, manifest, parts.slice(3))
    expect(alice.swarm.inspect(share)?.list.count).toBe(6)
    expect(ordered(effects, 'report')).toEqual([])
  })

  it('S4 a part counts when its signature has been found right, and not before', () => {
    const { alice, bob, manifest, share } = downloadFrom(4, range(4), 1)
    alice.arePartsSlow = true
    const [, part] = listOf(manifest, 4)
    const early = part ? alice.tellList(bob, manifest, [part]) : []
    expect(ordered(early, 'verifyPart')).toHaveLength(1)
    expect(alice.swarm.inspect(share)?.list.count).toBe(1)
    expect(listedTo(alice.finishParts(), bob)).toEqual([])
    expect(alice.swarm.inspect(share)?.list.count).toBe(4)
  })

  it('S4 one part is verified at a time, and what several send once', () => {
    const { alice, bob, manifest, share } = downloadFrom(4, range(4), 1)
    const carol = alice.holder(manifest, range(4))
    alice.arePartsSlow = true
    const parts = listOf(manifest, 4, [1, 2, 3]).slice(1)
    const effects = [...alice.tellList(bob, manifest, parts), ...alice.tellList(carol, manifest, parts)]
    expect(ordered(effects, 'verifyPart')).toHaveLength(1)
    // Three parts, and the first again where both sent it before it was known.
    expect(ordered(alice.finishParts(), 'verifyPart')).toHaveLength(2)
    expect(alice.swarm.inspect(share)?.list.count).toBe(4)
  })

  it('S4 hashes still under way when interest ends are taken, for they do not come again', () => {
    const { alice, bob, manifest, share } = downloadFrom(5, range(5), 2)
    alice.feed({ type: 'cancelAsked', share })
    alice.tellList(bob, manifest, listOf(manifest, 5, [1, 2]).slice(2))
    const interest = sentTo(alice.feed({ type: 'downloadAsked', share }), bob, 'interested')
    expect(interest).toEqual([{ type: 'interested', share, hashesFrom: 5 }])
    expect(sentTo(alice.feed({ type: 'storeOpened', share }), bob, 'request')).toHaveLength(1)
  })

  it('S4 hashes of a share we do not want are not taken, but for the first', () => {
    const alice = new Machine()
    const theirs = newManifest(3)
    const bob = alice.holder(theirs, [0])
    alice.tellList(bob, theirs, listOf(theirs, 3))
    expect(alice.swarm.inspect(theirs.share)?.list.count).toBe(1)
  })

  it('S4 a part whose peer is gone by then counts all the same', () => {
    const { alice, bob, manifest, share } = downloadFrom(4, range(4), 1)
    alice.arePartsSlow = true
    alice.tellList(bob, manifest, listOf(manifest, 4, [1, 2]).slice(1))
    alice.feed({ type: 'peerUnlinked', peer: bob })
    alice.finishParts()
    expect(alice.swarm.inspect(share)?.list.count).toBe(4)
  })

  it('S4 an answer about a part of a share that came anew meanwhile is nothing', () => {
    const alice = new Machine()
    const manifest = newManifest(2)
    alice.arePartsSlow = true
    const bob = alice.holder(manifest, [0])
    alice.tellList(bob, manifest, listOf(manifest, 1))
    alice.hear(bob, { type: 'withdraw', share: manifest.share })
    alice.hear(bob, { type: 'offer', manifest })
    alice.finishParts()
    expect(alice.swarm.inspect(manifest.share)?.list.count).toBe(0)
  })

  it('S4 verifying is paid for out of what a peer may have us do', () => {
    const { alice, bob, manifest } = downloadFrom(4, range(4), 1)
    const before = alice.swarm.inspect(manifest.share)
    expect(before).not.toBeNull()
    alice.arePartsSlow = true
    const [first] = signParts(newManifest(4), hashesOf(9, 10))
    const perSecond = limits.changedPiecesBurst / limits.verifyingCostPieces
    const effects = range(perSecond + limits.strikesMax).flatMap(() =>
      first ? alice.tellList(bob, manifest, [first]) : [],
    )
    expect(ordered(effects, 'dropLink')).toEqual([{ type: 'dropLink', peer: bob, reason: 'misbehaved' }])
  })

  it('S4 a list of 2^18 pieces costs as many hashings as it has parts, and each piece is looked up at once', () => {
    const pieces = limits.piecesPerShareMax
    const parts = Math.ceil((pieces - 1) / limits.hashesPerMessage) + 1
    const cuts = range(parts - 1).map((at) => 1 + at * limits.hashesPerMessage)
    const manifest = newManifest(pieces)
    const list = listOf(manifest, pieces, cuts)
    const alice = new Machine()
    const bob = alice.holder(manifest, [])
    alice.hashedCount = 0
    alice.feed({ type: 'sourceAttached', share: manifest.share })
    alice.tellList(bob, manifest, list)
    expect(alice.swarm.inspect(manifest.share)?.list.count).toBe(pieces)
    expect(alice.hashedCount).toBe(parts)
  })
})

describe('own files', () => {
  it('S19 the same file dropped elsewhere is held as the list comes, however far it is hashed', () => {
    const alice = new Machine()
    const manifest = newManifest(6)
    const { share } = manifest
    const bob = alice.holder(manifest, range(6))
    alice.tellList(bob, manifest, listOf(manifest, 1))
    const attached = alice.feed({ type: 'sourceAttached', share })
    expect(sentTo(attached, bob, 'interested')).toEqual([{ type: 'interested', share, hashesFrom: 1 }])
    for (const piece of range(4)) alice.hash(manifest, piece)
    expect(alice.swarm.snapshot(share)?.heldCount).toBe(1)
    alice.tellList(bob, manifest, listOf(manifest, 6, [1, 3]).slice(1))
    expect(alice.swarm.snapshot(share)?.heldCount).toBe(4)
    for (const piece of [4, 5]) alice.hash(manifest, piece)
    expect(alice.swarm.snapshot(share)).toMatchObject({ state: 'complete', source: 'whole' })
  })

  it('S19 a file that turns out to be another when the list comes is told, and not held', () => {
    const alice = new Machine()
    const manifest = newManifest(4)
    const { share } = manifest
    const bob = alice.holder(manifest, range(4))
    alice.tellList(bob, manifest, listOf(manifest, 1))
    alice.feed({ type: 'sourceAttached', share })
    for (const piece of [0, 1]) alice.hash(manifest, piece)
    alice.feed({ type: 'pieceHashed', share, piece: 2, hash: hashOf(77) })
    const [, part] = listOf(manifest, 4)
    const effects = part ? alice.tellList(bob, manifest, [part]) : []
    expect(ordered(effects, 'report').map(({ report }) => report.type)).toEqual(['sourceDiffers'])
    expect(alice.swarm.snapshot(share)).toMatchObject({ source: 'none', heldCount: 2 })
  })
})
