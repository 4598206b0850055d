import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { decodeMessage, encodeMessage } from './codec.ts'
import type { HashPart } from './hashList.ts'
import type { SwarmEffect } from './io.ts'
import type { Manifest } from './manifest.ts'
import { fakeSha256 } from './testing/fakeCrypto.ts'
import { betweenTwo, blamed, dropped, forgedList } from './testing/liars.ts'
import { flipped, hashesOf, hashOf, listOf, signedBy, signParts } from './testing/lists.ts'
import {
  askedOf,
  bitsOf,
  Machine,
  newManifest,
  ordered,
  range,
  sentTo,
  SwarmWorld,
} from './testing/swarmWorld.ts'

const aMinuteMs = 60_000

describe('a forged list', () => {
  it('S4 under a copied manifest, told first, costs the forger its link, and the origin nothing', () => {
    const { victim, manifest, share, forger, origin, effects } = betweenTwo()
    expect(sentTo(effects, forger, 'interested')).toHaveLength(1)
    const told = victim.tellList(forger, manifest, forgedList(manifest, 4))
    expect(dropped(told)).toEqual([forger])
    const asked = victim.feed({ type: 'peerUnlinked', peer: forger })
    expect(sentTo(asked, origin, 'interested')).toHaveLength(1)
    told.push(...victim.tellList(origin, manifest, listOf(manifest, 4)))
    for (let [piece] = victim.asked(share).keys(); piece !== undefined; [piece] = victim.asked(share).keys())
      told.push(...victim.give(origin, manifest, piece), ...victim.checked(manifest, piece))
    expect(range(4).map((piece) => victim.swarm.inspect(share)?.list.hashAt(piece))).toEqual(
      range(4).map(hashOf),
    )
    expect(victim.swarm.snapshot(share)?.state).toBe('complete')
    expect(blamed(told)).toEqual([forger])
  })

  it('S4 told first, stands in the way of nobody while it is being verified', () => {
    const { victim, manifest, share, forger, origin } = betweenTwo()
    victim.pass(limits.hashesDueMs)
    victim.arePartsSlow = true
    victim.tellList(forger, manifest, forgedList(manifest, 4))
    victim.tellList(origin, manifest, listOf(manifest, 4))
    expect(dropped(victim.finishParts())).toEqual([forger])
    expect(victim.swarm.inspect(share)?.list.parts).toEqual(listOf(manifest, 4))
  })

  it('S1 another manifest under a known id cannot be made: it is another share', () => {
    const victim = new Machine()
    const manifest = newManifest(3)
    victim.holder(manifest, [0])
    const forger = victim.link()
    const forged = encodeMessage({ type: 'offer', manifest: { ...manifest, name: 'else' } })
    const decoded = decodeMessage(forged, fakeSha256)
    if (!decoded.ok) throw new Error('it is well formed')
    expect(blamed(victim.hear(forger, decoded.value))).toEqual([])
    expect(victim.swarm.shares().map(({ manifest: { name } }) => name)).toEqual(['film.mkv', 'else'])
    expect(victim.swarm.snapshot(manifest.share)?.manifest).toEqual(manifest)
  })
})

const joined = ([one, other]: HashPart[]): HashPart[] =>
  one && other ? [{ ...one, hashes: Uint8Array.from([...one.hashes, ...other.hashes]) }] : []

describe('a member between origin and victim', () => {
  const pieces = 6
  const cuts = [1, 2, 4]

  /** The victim has been told the first two hashes, and the member is next to tell what it makes of the rest. */
  function relayed(change: (rest: HashPart[], manifest: Manifest) => HashPart[]) {
    const { victim, manifest, share, forger: member, origin } = betweenTwo(pieces)
    const [first, second, ...rest] = listOf(manifest, pieces, cuts)
    if (!first || !second) throw new Error('the list is cut in four')
    victim.tellList(member, manifest, [first, second])
    victim.tellList(origin, manifest, [first, second])
    const effects = victim.tellList(member, manifest, change(rest, manifest))
    const after = victim.tellList(origin, manifest, rest)
    return { victim, member, origin, effects, after, list: victim.swarm.inspect(share)?.list }
  }

  it.each<[string, (rest: HashPart[], manifest: Manifest) => HashPart[]]>([
    ['changes one hash', ([part]) => (part ? [{ ...part, hashes: part.hashes.with(40, 99) }] : [])],
    ['changes what was before', ([part]) => (part ? [{ ...part, before: part.before.with(0, 99) }] : [])],
    ['changes a signature', ([part]) => (part ? [{ ...part, signature: part.signature.with(63, 99) }] : [])],
    ['joins two parts', joined],
    ['cuts a part short', ([part]) => (part ? [{ ...part, hashes: part.hashes.subarray(0, 32) }] : [])],
    [
      'tells what the origin signed of another share',
      () => listOf(newManifest(pieces), pieces, cuts).slice(2),
    ],
    [
      'signs a list of its own',
      (_, manifest) => listOf({ ...newManifest(pieces), share: manifest.share }, pieces, cuts).slice(2),
    ],
  ])('S4 that %s is dropped; the list is as the origin signed it, who is blamed for nothing', (_, change) => {
    const { victim, member, effects, after, list } = relayed(change)
    expect(dropped(effects)).toEqual([member])
    expect(blamed([...effects, ...after])).toEqual([member])
    expect(list?.count).toBe(pieces)
    expect(victim.swarm.shares()[0]?.contradicted).toBe(false)
  })

  it.each<[string, (rest: HashPart[], manifest: Manifest) => HashPart[]]>([
    ['turns the parts around', (rest) => rest.toReversed().slice(0, 1)],
    ['leaves one out that we do not know', (rest) => rest.slice(1)],
    [
      'tells more than the share has',
      (_, manifest) => listOf(manifest, pieces + 2, [...cuts, pieces]).slice(-1),
    ],
  ])('S4 that %s gets a strike, and nothing is made of that', (_, change) => {
    const { member, effects, after, list } = relayed(change)
    expect(blamed([...effects, ...after])).toEqual([member])
    expect(ordered(effects, 'verifyPart')).toEqual([])
    expect(list?.count).toBe(pieces)
  })

  it('S4 that tells it twice, or to somebody who did not ask, achieves nothing', () => {
    const { victim, member, effects } = relayed((rest) => [...rest, ...rest])
    expect(blamed(effects)).toEqual([])
    expect(ordered(effects, 'verifyPart')).toHaveLength(2)
    const unasked = newManifest(pieces)
    victim.hear(member, { type: 'offer', manifest: unasked })
    const said = victim.tellList(member, unasked, listOf(unasked, pieces, cuts).slice(1))
    expect(said.filter(({ type }) => type !== 'wakeAt')).toEqual([])
    expect(victim.swarm.inspect(unasked.share)?.list.count).toBe(0)
  })

  it.each<[string, (manifest: Manifest) => HashPart[]]>([
    ['two hashes', (manifest) => signParts(manifest, hashesOf(0, 2), [])],
    [
      'something before it',
      (manifest) =>
        listOf(manifest, 1).map((part) => signedBy(manifest, { ...part, before: hashOf(3).slice() })),
    ],
  ])('S4 a first part of %s is no list, whoever signed it', (_, first) => {
    const { victim, manifest, forger } = betweenTwo()
    const effects = victim.tellList(forger, manifest, first(manifest))
    expect(blamed(effects)).toEqual([forger])
    expect(ordered(effects, 'verifyPart')).toEqual([])
  })

  it('S28 that only says it has another list is asked for nothing more, and costs nobody anything', () => {
    const { victim, manifest, share, forger, origin } = betweenTwo()
    const asked = victim.tellList(forger, manifest, listOf(manifest, 4))
    expect(askedOf(asked, forger).length).toBeGreaterThan(0)
    const listed = { count: 4, digest: new Uint8Array(32).fill(7) }
    const lie = { type: 'bitfield', share, listed, bits: bitsOf(4, range(4)) } as const
    const effects = [...victim.hear(forger, lie), ...victim.hear(forger, lie)]
    expect(sentTo(effects, forger, 'hashes').map(({ part }) => part)).toEqual(listOf(manifest, 4).slice(1))
    expect(victim.swarm.inspect(share)?.ledger.holdings.has(forger)).toBe(false)
    expect(new Set([...victim.asked(share).values()].flat())).toEqual(new Set([origin]))
    expect(blamed(effects)).toEqual([])
  })
})

describe('whatever liars send', () => {
  const pieces = 8
  const cuts = [1, 2, 3, 5]
  const lie = fc.record({
    by: fc.nat({ max: 1 }),
    at: fc.nat({ max: cuts.length }),
    changed: fc.constantFrom('nothing', 'hashes', 'before', 'signature', 'first', 'share', 'key'),
    byte: fc.nat({ max: 31 }),
  })
  const step = fc.oneof(lie, fc.constant('origin tells' as const), fc.constant('verified' as const))

  it('S4 the list is what the origin signed, all of it when it has told all, and it is never blamed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { victim, manifest, share, forger, origin } = betweenTwo(pieces)
        const liars = [forger, victim.holder(manifest, range(pieces))]
        victim.pass(limits.hashesDueMs)
        victim.arePartsSlow = true
        const parts = listOf(manifest, pieces, cuts)
        const left = [...parts]
        const effects: SwarmEffect[] = []
        const list = () => victim.swarm.inspect(share)?.list.parts ?? []
        const originTells = (): void => {
          const next = left.shift()
          if (next) effects.push(...victim.tellList(origin, manifest, [next]))
        }
        for (const one of steps) {
          if (one === 'origin tells') originTells()
          else if (one === 'verified') effects.push(...victim.finishParts())
          else {
            const part = partOfLie(manifest, parts, one)
            effects.push(...victim.tellList(liars[one.by] ?? forger, manifest, part ? [part] : []))
          }
          expect(list()).toEqual(parts.slice(0, list().length))
        }
        while (left.length > 0) originTells()
        effects.push(...victim.finishParts())
        expect(list()).toEqual(parts)
        expect([...blamed(effects), ...dropped(effects)]).not.toContain(origin)
        expect(victim.swarm.snapshot(share)?.contradicted).toBe(false)
      }),
    )
  })

  function partOfLie(
    manifest: Manifest,
    parts: readonly HashPart[],
    { at, changed, byte }: { at: number; changed: string; byte: number },
  ): HashPart | undefined {
    const part = parts[at]
    if (!part || changed === 'nothing') return part
    if (changed === 'first') return { ...part, first: part.first + byte }
    if (changed === 'share') return listOf(newManifest(pieces), pieces, cuts)[at]
    if (changed === 'key') return listOf({ ...newManifest(pieces), share: manifest.share }, pieces, cuts)[at]
    if (changed === 'before') return { ...part, before: flipped(part.before, byte) }
    if (changed === 'signature') return { ...part, signature: flipped(part.signature, byte) }
    return { ...part, hashes: flipped(part.hashes, byte) }
  }
})

describe('a list that grows slowly', () => {
  it('S4 is passed on by members when the origin has left, also to who comes late', () => {
    const world = new SwarmWorld(4)
    const [origin, near, far, late] = world.machines
    if (!origin || !near || !far || !late) throw new Error('four machines')
    world.link(origin, near)
    world.link(near, far)
    const manifest = newManifest(20)
    const { share } = manifest
    world.feed(origin, { type: 'shareOffered', manifest })
    world.hash(origin, manifest, 0)
    world.run(limits.announceBatchMs)
    world.feed(near, { type: 'downloadAsked', share })
    world.run(limits.announceBatchMs)
    world.feed(far, { type: 'downloadAsked', share })
    for (const piece of range(20).slice(1)) {
      world.hash(origin, manifest, piece)
      world.run(2 * limits.announceBatchMs)
    }
    world.unlink(origin, near)
    world.link(far, late)
    world.run(limits.announceBatchMs)
    world.feed(late, { type: 'downloadAsked', share })
    world.run(aMinuteMs)
    expect([near, far, late].map((one) => one.swarm.snapshot(share)?.state)).toEqual(
      range(3).map(() => 'complete'),
    )
    const parts = late.swarm.inspect(share)?.list.parts
    expect(parts?.length).toBeGreaterThan(10)
    expect(parts).toEqual(origin.swarm.inspect(share)?.list.parts)
    expect(world.reports.filter(({ type }) => type === 'peerMisbehaved')).toEqual([])
  })
})
