import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { SwarmEffect } from './io.ts'
import type { Manifest } from './manifest.ts'
import { unlisted } from './testing/lists.ts'
import { bitsOf, listedTo, Machine, newManifest, ordered, range, sentTo } from './testing/swarmWorld.ts'

const large = (): Manifest => newManifest(limits.piecesPerShareMax)
const largeMax = limits.piecesPerPeerMax / limits.piecesPerShareMax

const offers = (alice: Machine, peer: PeerId, manifest: Manifest): SwarmEffect[] =>
  alice.hear(peer, { type: 'offer', manifest })
const isKnown = (alice: Machine, { share }: Manifest): boolean => alice.swarm.inspect(share) !== null
const reportTypes = (effects: readonly SwarmEffect[]): string[] =>
  ordered(effects, 'report').map(({ report }) => report.type)

/** Alice and a peer whose budget for pieces is used up. */
function usedUp() {
  const alice = new Machine()
  const mallory = alice.link()
  const manifests = range(largeMax).map(large)
  for (const manifest of manifests) offers(alice, mallory, manifest)
  return { alice, mallory, manifests }
}

describe('offers to us', () => {
  it('S26 one member can use up its own budget of pieces, and nobody else’s', () => {
    const { alice, mallory } = usedUp()
    const more = newManifest(1)
    const effects = offers(alice, mallory, more)
    expect(isKnown(alice, more)).toBe(false)
    expect(sentTo(effects, mallory, 'ignored')).toEqual([{ type: 'ignored', share: more.share }])
    const bob = alice.link()
    const theirs = large()
    expect(sentTo(offers(alice, bob, theirs), bob, 'ignored')).toEqual([])
    expect(isKnown(alice, theirs)).toBe(true)
  })

  it('S26 shares are counted by member too', () => {
    const alice = new Machine()
    const peers = range(3).map(() => alice.link())
    for (const peer of peers)
      for (let at = 0; at < limits.sharesPerPeerMax + 5; at++) offers(alice, peer, newManifest(1))
    expect(alice.swarm.shares()).toHaveLength(3 * limits.sharesPerPeerMax)
  })

  it('S26 that offers are ignored is reported once a link', () => {
    const { alice, mallory } = usedUp()
    expect(ordered(offers(alice, mallory, newManifest(1)), 'report')).toEqual([
      { type: 'report', report: { type: 'sharesIgnored', peer: mallory } },
    ])
    expect(reportTypes(offers(alice, mallory, newManifest(1)))).toEqual([])
  })

  it('S26 our own shares and those we want are not crowded out', () => {
    const { alice, mallory, manifests } = usedUp()
    const ours = large()
    alice.offer(ours, 1)
    expect(isKnown(alice, ours)).toBe(true)
    const bob = alice.link()
    for (const manifest of range(largeMax).map(large)) offers(alice, bob, manifest)
    const [wanted] = manifests as [Manifest]
    offers(alice, bob, wanted)
    alice.feed({ type: 'downloadAsked', share: wanted.share })
    alice.feed({ type: 'peerUnlinked', peer: mallory })
    expect(isKnown(alice, wanted)).toBe(true)
  })

  it('S26 a share several offer counts for the first, and for the next when that one leaves', () => {
    const alice = new Machine()
    const [bob, carol] = [alice.link(), alice.link()]
    const shared = large()
    offers(alice, bob, shared)
    offers(alice, carol, shared)
    const own = range(largeMax - 1).map(large)
    for (const manifest of own) offers(alice, carol, manifest)
    alice.feed({ type: 'peerUnlinked', peer: bob })
    expect(isKnown(alice, shared)).toBe(true)
    const more = newManifest(1)
    expect(sentTo(offers(alice, carol, more), carol, 'ignored')).toHaveLength(1)
    alice.hear(carol, { type: 'withdraw', share: shared.share })
    offers(alice, carol, more)
    expect(isKnown(alice, more)).toBe(true)
  })

  it('S26 a share whose next offerer has no room for it is ignored then', () => {
    const { alice, mallory } = usedUp()
    const shared = newManifest(1)
    const bob = alice.holder(shared, [0])
    offers(alice, mallory, shared)
    const effects = alice.hear(bob, { type: 'withdraw', share: shared.share })
    expect(sentTo(effects, mallory, 'ignored')).toEqual([{ type: 'ignored', share: shared.share }])
    expect(reportTypes(effects)).toEqual(['sharesIgnored', 'shareGone'])
    expect(isKnown(alice, shared)).toBe(false)
    const bits = bitsOf(1, [0])
    expect(alice.hear(mallory, { type: 'bitfield', share: shared.share, listed: unlisted, bits })).toEqual([])
  })

  it('S26 a share we let go of counts for somebody who offers it', () => {
    const { alice, mallory } = usedUp()
    const ours = newManifest(1)
    alice.offer(ours)
    offers(alice, mallory, ours)
    alice.feed({ type: 'removeAsked', share: ours.share })
    expect(isKnown(alice, ours)).toBe(false)
  })
})

describe('our offers', () => {
  it('S26 we are told that a share is ignored, report it once a link, and say no more of it', () => {
    const alice = new Machine()
    const bob = alice.link()
    const [first, second] = [newManifest(2), newManifest(2)]
    for (const manifest of [first, second]) alice.offer(manifest, 0)
    const effects = alice.hear(bob, { type: 'ignored', share: first.share })
    expect(ordered(effects, 'report')).toEqual([
      { type: 'report', report: { type: 'shareUnseen', share: first.share, peer: bob } },
    ])
    expect(alice.hear(bob, { type: 'ignored', share: first.share })).toEqual([])
    expect(alice.hear(bob, { type: 'ignored', share: second.share })).toEqual([])
    alice.hash(first, 0)
    expect(sentTo(alice.pass(limits.announceBatchMs), bob, 'have')).toEqual([])
  })

  it('S26 ignored by somebody we did not offer that to is nothing', () => {
    const alice = new Machine()
    const theirs = newManifest(2)
    const bob = alice.holder(theirs, [0])
    expect(alice.hear(bob, { type: 'ignored', share: theirs.share })).toEqual([])
    expect(alice.hear(bob, { type: 'ignored', share: newManifest(1).share })).toEqual([])
  })

  it('S26 after a withdrawal what was ignored is offered again, hash list and all', () => {
    const alice = new Machine()
    const [bob, carol] = [alice.link(), alice.link()]
    const [seen, ignored, another] = [newManifest(2), newManifest(2), newManifest(2)]
    for (const manifest of [seen, ignored, another]) alice.offer(manifest)
    const { share } = ignored
    alice.hear(bob, { type: 'interested', share, hashesFrom: 0 })
    alice.pass(limits.announceBatchMs)
    for (const manifest of [ignored, another]) alice.hear(bob, { type: 'ignored', share: manifest.share })
    const effects = alice.feed({ type: 'removeAsked', share: seen.share })
    expect(sentTo(effects, bob, 'offer').map(({ manifest }) => manifest)).toEqual([ignored])
    expect(sentTo(effects, carol, 'offer')).toEqual([])
    const told = alice.hear(bob, { type: 'interested', share, hashesFrom: 0 })
    expect(listedTo(told, bob)).toEqual([
      [0, 1],
      [1, 2],
    ])
  })
})
