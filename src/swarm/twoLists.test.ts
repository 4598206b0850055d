import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { betweenTwo, blamed, dropped, forgedList } from './testing/liars.ts'
import { hashesOf, hashOf, listOf, signParts } from './testing/lists.ts'
import { Machine, newManifest, range, sentTo, SwarmWorld } from './testing/swarmWorld.ts'

const aMinuteMs = 60_000

describe('an origin that signs two lists', () => {
  const pieces = 12
  const manifest = newManifest(pieces)
  const { share } = manifest

  /** The origin is two machines with one key: each tells its half of the room another list, from the fifth piece on. */
  function twoHalves(hashedCount: number) {
    const world = new SwarmWorld(5)
    const [one, other, alice, bob, carol] = world.machines
    if (!one || !other || !alice || !bob || !carol) throw new Error('five machines')
    const hash = (from: number, to: number): void => {
      for (const [origin, offset] of [
        [one, 0],
        [other, 100],
      ] as const) {
        for (const piece of range(to).slice(from)) {
          const found = hashOf(piece < 4 ? piece : piece + offset)
          world.feed(origin, { type: 'pieceHashed', share, piece, hash: found })
        }
      }
      world.run(aMinuteMs)
    }
    for (const [origin, member] of [
      [one, alice],
      [other, bob],
    ] as const) {
      world.link(origin, member)
      world.feed(origin, { type: 'shareOffered', manifest })
    }
    hash(0, 4)
    for (const member of [alice, bob]) world.feed(member, { type: 'downloadAsked', share })
    hash(4, hashedCount)
    const marked = (): Machine[] =>
      world.reports.flatMap(({ type, machine }) => (type === 'shareContradicted' ? [machine] : []))
    return { world, one, other, alice, bob, carol, hash, marked }
  }

  const stopped = { state: 'stopped', contradicted: true, fault: { code: 'contradicted' } }

  it.each([8, 11, 12])(
    'S28 is found out when two of its halves meet, with %i pieces told: both mark it, neither blames the other',
    (hashedCount) => {
      const { world, one, other, alice, bob, marked } = twoHalves(hashedCount)
      expect([alice, bob].map(({ swarm }) => swarm.snapshot(share)?.heldCount)).toEqual([
        hashedCount,
        hashedCount,
      ])
      world.unlink(one, alice)
      world.unlink(other, bob)
      world.link(alice, bob)
      world.run(aMinuteMs)
      expect(new Set(marked())).toEqual(new Set([alice, bob]))
      expect(world.reports.filter(({ type }) => type === 'peerMisbehaved')).toEqual([])
    },
  )

  it('S28 while both still fetch, completes nothing at any of those it told, nor at one between them', () => {
    const { world, alice, bob, carol, hash, marked } = twoHalves(8)
    world.link(carol, alice)
    world.run(aMinuteMs)
    world.feed(carol, { type: 'downloadAsked', share })
    world.link(carol, bob)
    world.run(aMinuteMs)
    hash(8, pieces)
    expect(new Set(marked().filter((machine) => [alice, bob, carol].includes(machine)))).toEqual(
      new Set([alice, bob, carol]),
    )
    for (const { swarm } of [alice, bob, carol]) expect(swarm.snapshot(share)).toMatchObject(stopped)
    expect(world.reports.filter(({ type }) => type === 'peerMisbehaved')).toEqual([])
  })

  it('S28 stops a download for good, and one asked for later at once', () => {
    const victim = new Machine()
    const bob = victim.holder(manifest, range(pieces))
    victim.download(manifest, bob, hashesOf(0, pieces))
    const carol = victim.link()
    victim.hear(carol, { type: 'offer', manifest })
    const [, proof] = signParts(manifest, hashesOf(50, 50 + pieces))
    const effects = proof ? victim.tellList(carol, manifest, [proof]) : []
    expect(victim.swarm.snapshot(share)).toMatchObject(stopped)
    expect(blamed(effects)).toEqual([])
    // Everyone it concerns sees both parts, and can tell for itself.
    const own = listOf(manifest, pieces)[1]
    expect(sentTo(effects, bob, 'hashes').map(({ part }) => part)).toEqual([own, proof])
    expect(sentTo(effects, bob, 'withdraw')).toHaveLength(1)
    victim.feed({ type: 'resumeAsked', share })
    expect(victim.swarm.snapshot(share)).toMatchObject(stopped)
    victim.feed({ type: 'cancelAsked', share })
    victim.feed({ type: 'downloadAsked', share })
    expect(victim.swarm.snapshot(share)).toMatchObject(stopped)
    const refused = victim.hear(carol, { type: 'request', share, blocks: [{ piece: 0, block: 0 }] })
    expect(sentTo(refused, carol, 'refuse')).toHaveLength(1)
  })

  it('S28 is not blamed on who gave a piece of the other list', () => {
    const victim = new Machine()
    const bob = victim.holder(manifest, range(pieces))
    victim.download(manifest, bob, hashesOf(0, pieces))
    const pending = [...victim.asked(share).keys()].slice(0, 3)
    victim.give(bob, manifest, ...pending)
    const [, proof] = signParts(manifest, hashesOf(50, 50 + pieces))
    const effects = proof ? victim.tellList(bob, manifest, [proof]) : []
    for (const piece of pending) effects.push(...victim.checked(manifest, piece, false))
    expect(blamed(effects)).toEqual([])
    expect(dropped(effects)).toEqual([])
  })

  it('S28 is not blamed on who told another list while that is being verified', () => {
    const victim = new Machine()
    const bob = victim.holder(manifest, range(pieces))
    victim.download(manifest, bob, hashesOf(0, pieces))
    const pending = [...victim.asked(share).keys()].slice(0, 3)
    victim.give(bob, manifest, ...pending)
    victim.arePartsSlow = true
    const [, proof] = signParts(manifest, hashesOf(50, 50 + pieces))
    const effects = proof ? victim.tellList(bob, manifest, [proof]) : []
    for (const piece of pending) effects.push(...victim.checked(manifest, piece, false))
    expect(victim.swarm.snapshot(share)?.contradicted).toBe(false)
    expect([...blamed(effects), ...blamed(victim.finishParts())]).toEqual([])
    expect(victim.swarm.snapshot(share)).toMatchObject(stopped)
  })

  it('S28 a forged proof is no proof', () => {
    const { victim, manifest: offered, share: id, forger, origin } = betweenTwo()
    victim.pass(limits.hashesDueMs)
    victim.tellList(origin, offered, listOf(offered, 4))
    const effects = victim.tellList(forger, offered, forgedList(offered, 4).slice(1))
    expect(dropped(effects)).toEqual([forger])
    expect(victim.swarm.snapshot(id)?.contradicted).toBe(false)
  })
})
