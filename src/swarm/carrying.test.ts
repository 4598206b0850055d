import { describe, expect, it } from 'vitest'
import type { PeerId, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { BlockAt, SwarmEffect } from './io.ts'
import type { Manifest } from './manifest.ts'
import { stages } from './state.ts'
import { a, among, b, between, c, d, taken, throughCarol } from './testing/between.ts'
import { unlisted } from './testing/lists.ts'
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

const settleMs = limits.throughSettleMs

const stateOf = (machine: Machine, { share }: Manifest) => machine.swarm.snapshot(share)?.state ?? null
const bytesFrom = (machine: Machine, from: Machine, { share }: Manifest): number =>
  machine.swarm.inspect(share)?.traffic.get(from.peer)?.downBytes ?? 0

describe('who passes on', () => {
  it('T1 takes back what it offered of others when the room grows so large that nobody says who has no way to whom', () => {
    const { carol, bob, share } = between(10)
    carol.feed({ type: 'neighboursHeard', peer: bob, neighbours: null })
    expect(sentTo(carol.pass(settleMs), bob, 'withdraw')).toEqual([{ type: 'withdraw', share }])
  })

  it('T1 takes back at once what it offered where it is not to help any more, and offers it again where it is', () => {
    const { world, bob, carol, manifest, share } = taken(throughCarol, 3, 1000)
    for (let ms = 0; ms < 5000 && !carol.swarm.inspect(share)?.carrying; ms += 20) world.run(20)
    expect(carol.swarm.inspect(share)?.carrying).not.toBeNull()
    world.feed(carol, { type: 'carryingAllowed', isAllowed: false })
    world.run(settleMs)
    expect(carol.swarm.inspect(share)?.carrying).toBeNull()
    expect(carol.swarm.load().carriedBytes).toBe(0)
    expect(bob.swarm.snapshot(share)?.reachableCount).toBe(bob.swarm.snapshot(share)?.heldCount)
    expect(stateOf(bob, manifest)).toBe('downloading')
    world.feed(carol, { type: 'carryingAllowed', isAllowed: true })
    world.run(60_000)
    expect(stateOf(bob, manifest)).toBe('complete')
  })

  it('T1 offers nothing of others where it is not to help, and does as soon as it is', () => {
    const { world, bob, carol, manifest } = among(throughCarol, 3, 5, false)
    world.run(2 * settleMs)
    expect(stateOf(bob, manifest)).toBeNull()
    world.feed(carol, { type: 'carryingAllowed', isAllowed: true })
    world.run(2 * settleMs)
    expect(stateOf(bob, manifest)).toBe('offered')
  })
})

describe('what is passed on', () => {
  it('T4 is fetched as it is asked for, checked, given, and forgotten', () => {
    const { world, bob, carol, alice, manifest } = taken(throughCarol, 3)
    world.run(60_000)
    expect(stateOf(bob, manifest)).toBe('complete')
    expect(bytesFrom(carol, alice, manifest)).toBe(manifest.sizeBytes)
    expect(bytesFrom(bob, carol, manifest)).toBe(manifest.sizeBytes)
    expect(stateOf(carol, manifest)).toBe('offered')
    expect(carol.swarm.inspect(manifest.share)).toMatchObject({ carrying: null, heldPayloadBytes: 0 })
    expect(carol.swarm.load()).toEqual({ openBytes: 0, aheadBytes: 0, queuedBytes: 0, carriedBytes: 0 })
  })

  it('T4 is fetched while its origin still hashes it', () => {
    const world = new SwarmWorld(3, 1)
    const [alice, bob, carol] = world.machines as [Machine, Machine, Machine]
    world.meet(alice, carol)
    world.meet(carol, bob)
    const manifest = newManifest(20)
    world.offer(alice, manifest, 3)
    world.run(settleMs)
    world.feed(bob, { type: 'downloadAsked', share: manifest.share })
    for (let piece = 3; piece < 20; piece++) {
      world.hash(alice, manifest, piece)
      world.run(200)
    }
    world.run(5000)
    expect(stateOf(bob, manifest)).toBe('complete')
  })

  it('T3 comes from one of two that could: no piece is fetched twice', () => {
    const pairs = [...throughCarol, [a, d], [d, b], [c, d]] as const
    const { world, alice, bob, carol, dave, manifest } = taken(pairs, 4)
    world.run(60_000)
    expect(stateOf(bob, manifest)).toBe('complete')
    const fetched = [carol, dave].map((one) => bytesFrom(one, alice, manifest))
    expect(Math.min(...fetched)).toBeGreaterThan(0)
    expect((fetched[0] ?? 0) + (fetched[1] ?? 0)).toBe(manifest.sizeBytes)
  })

  it('T3 comes to two from one each of two that could: no piece is fetched twice', () => {
    const eve = 4
    const pairs = [...throughCarol, [a, d], [d, b], [c, d], [c, eve], [d, eve]] as const
    const { world, alice, bob, carol, dave, manifest, share } = taken(pairs, 5)
    const other = world.machines[eve]
    if (other) world.feed(other, { type: 'downloadAsked', share })
    world.run(60_000)
    expect([bob, other].map((one) => one && stateOf(one, manifest))).toEqual(['complete', 'complete'])
    const fetchedBytes = bytesFrom(carol, alice, manifest) + bytesFrom(dave, alice, manifest)
    expect(fetchedBytes).toBe(manifest.sizeBytes)
  })

  it('T4 is fetched once for two who take it, and kept until both have it', () => {
    const { world, alice, bob, carol, dave, manifest, share } = taken([...throughCarol, [c, d]], 4)
    world.feed(dave, { type: 'downloadAsked', share })
    world.run(60_000)
    expect([bob, dave].map((one) => stateOf(one, manifest))).toEqual(['complete', 'complete'])
    expect(bytesFrom(carol, alice, manifest)).toBe(manifest.sizeBytes)
    expect(carol.swarm.load().carriedBytes).toBe(0)
  })

  it('T3 is asked for no more once another gives it at first hand', () => {
    const { world, alice, bob, carol, manifest } = taken(throughCarol, 3, 400)
    world.run(1)
    world.meet(alice, bob)
    world.run(60_000)
    expect(stateOf(bob, manifest)).toBe('complete')
    expect(bytesFrom(bob, alice, manifest)).toBeGreaterThan(0)
    expect(carol.swarm.load().carriedBytes).toBe(0)
    expect(carol.swarm.inspect(manifest.share)?.carrying).toBeNull()
  })

  it('T8 ends where the one between takes it itself, and everyone has it all', () => {
    const { world, bob, carol, manifest, share } = taken(throughCarol, 3, 200)
    world.run(1)
    world.feed(carol, { type: 'downloadAsked', share })
    expect(carol.swarm.inspect(share)?.carrying).toBeNull()
    world.run(60_000)
    expect([bob, carol].map((one) => stateOf(one, manifest))).toEqual(['complete', 'complete'])
    expect(world.reports.filter(({ type }) => type === 'peerMisbehaved')).toEqual([])
  })

  it('T8 ends where the one between has the same files', () => {
    const { world, bob, carol, manifest, share } = taken(throughCarol, 3, 200)
    world.run(1)
    world.feed(carol, { type: 'sourceAttached', share })
    expect(carol.swarm.load().carriedBytes).toBe(0)
    for (let piece = 0; piece < 200; piece++) world.hash(carol, manifest, piece)
    world.run(60_000)
    expect([bob, carol].map((one) => stateOf(one, manifest))).toEqual(['complete', 'complete'])
  })

  it.each(['fetch', 'offer'] as const)(
    'T8 ends where an earlier page of the one between turns out to have had it, to %s',
    (wish) => {
      const { world, bob, carol, manifest, share } = taken(throughCarol, 3, 200)
      world.run(1)
      const isOrigin = wish === 'offer'
      const restored = { manifest, isOrigin, parts: [], claimed: range(150), completed: false, wish }
      world.feed(carol, { type: 'shareRestored', fits: true, ...restored })
      const wants = { type: 'interested', share, hashesFrom: 0 } as const
      world.feed(carol, { type: 'messageArrived', peer: bob.peer, message: wants })
      expect(carol.swarm.inspect(share)?.carrying).toBeNull()
      world.run(60_000)
      expect(carol.swarm.inspect(share)?.carrying).toBeNull()
      expect(carol.swarm.load().carriedBytes).toBe(0)
      // What is on her disk is still to be looked at.
      const claims = carol.swarm.inspect(share)?.stage.filter((stage) => stage === stages.claimed)
      expect(claims).toHaveLength(150)
    },
  )

  it('T8 is no bar to removing the share from the list', () => {
    const { world, bob, carol, manifest, share } = taken(throughCarol, 3, 200)
    world.run(1)
    world.feed(carol, { type: 'removeAsked', share })
    expect(carol.swarm.load().carriedBytes).toBe(0)
    world.run(60_000)
    expect(stateOf(bob, manifest)).toBe('complete')
  })
})

const blocksAskedOf = (effects: readonly SwarmEffect[], peer: PeerId): BlockAt[] =>
  sentTo(effects, peer, 'request').flatMap(({ blocks }) => blocks)

/** The peer brings a whole block, and where it is a piece's last, that is found right. */
function giveBlock(to: Machine, from: PeerId, share: ShareId, at: BlockAt): SwarmEffect[] {
  const bytes = new Uint8Array(limits.blockSizeBytes)
  const effects = to.hear(from, { type: 'block', share, ...at, bytes })
  const isLast = ordered(effects, 'finishPiece').length > 0
  return isLast
    ? [...effects, ...to.feed({ type: 'pieceChecked', share, piece: at.piece, right: true })]
    : effects
}

describe('who passes on', () => {
  it('T4 asks for nothing that nobody asked it for', () => {
    const { carol, alice, ask } = between(10)
    expect(askedOf(carol.pass(60_000), alice)).toEqual([])
    expect(askedOf(ask(3), alice)).toEqual([3])
    expect(askedOf(carol.pass(1000), alice)).toEqual([])
  })

  it('T4 gives nothing that was not checked, and blames who gave it wrong', () => {
    const { carol, alice, manifest, ask } = between(10)
    ask(3)
    expect(ordered(carol.give(alice, manifest, 3), 'uploadBlock')).toEqual([])
    const effects = carol.checked(manifest, 3, false)
    expect(ordered(effects, 'uploadBlock')).toEqual([])
    expect(ordered(effects, 'report')).toMatchObject([{ report: { type: 'peerMisbehaved', peer: alice } }])
  })

  it('T4 forgets a piece as soon as who asked has it', () => {
    const { carol, bob, share, ask, bring, manifest } = between(10)
    ask(3)
    expect(ordered(bring(3), 'uploadBlock')).toMatchObject([{ peer: bob, piece: 3 }])
    expect(carol.swarm.load().carriedBytes).toBe(limits.blockSizeBytes)
    carol.hear(bob, { type: 'offer', manifest })
    const bits = bitsOf(10, [3])
    const effects = carol.hear(bob, { type: 'bitfield', share, listed: unlisted, bits })
    expect(ordered(effects, 'forgetCarried')).toEqual([{ type: 'forgetCarried', share, piece: 3 }])
    expect(carol.swarm.load().carriedBytes).toBe(0)
  })

  it.each(['notInterested', 'gone'] as const)('T4 forgets all when nobody takes it any more: %s', (how) => {
    const { carol, bob, share, ask, bring } = between(10)
    ask(1, 2, 3)
    bring(2)
    const effects =
      how === 'gone'
        ? carol.feed({ type: 'peerUnlinked', peer: bob })
        : carol.hear(bob, { type: 'notInterested', share })
    expect(ordered(effects, 'closeCarried')).toEqual([{ type: 'closeCarried', share }])
    expect(carol.swarm.load()).toEqual({ openBytes: 0, aheadBytes: 0, queuedBytes: 0, carriedBytes: 0 })
  })

  it.each(['asks for more and more', 'takes back what it asked for'])(
    'T5 fetches for one that takes nothing no more than two of the largest pieces, if it %s',
    (how) => {
      const pieces = 8
      const { carol, alice, bob, share } = between(pieces, limits.pieceSizeMaxBytes)
      carol.room(bob, 0)
      for (let piece = 0; piece < pieces; piece++) {
        const blocks = [{ piece, block: 0 }]
        let effects = carol.hear(bob, { type: 'request', share, blocks })
        // Alice gives all that she is asked for.
        for (
          let asked = blocksAskedOf(effects, alice);
          asked.length > 0;
          asked = blocksAskedOf(effects, alice)
        )
          effects = asked.flatMap((at) => giveBlock(carol, alice, share, at))
        if (how !== 'asks for more and more') carol.hear(bob, { type: 'cancel', share, blocks })
      }
      const fetchedBytes = carol.swarm.inspect(share)?.traffic.get(alice)?.downBytes
      expect(fetchedBytes).toBe(limits.carriedPerPeerMaxBytes)
      expect(carol.swarm.load().carriedBytes).toBeLessThanOrEqual(limits.carriedMaxBytes)
    },
  )

  it('T5 slowly forgives what was asked for and not taken', () => {
    const { carol, alice, bob, share } = between(8, limits.pieceSizeMaxBytes)
    carol.room(bob, 0)
    /** Whether it is fetched; alice gives all that she is asked for. */
    const isFetched = (piece: number): boolean => {
      const blocks = [{ piece, block: 0 }]
      const downBytes = () => carol.swarm.inspect(share)?.traffic.get(alice)?.downBytes ?? 0
      const before = downBytes()
      let asked = blocksAskedOf(carol.hear(bob, { type: 'request', share, blocks }), alice)
      while (asked.length > 0)
        asked = blocksAskedOf(
          asked.flatMap((at) => giveBlock(carol, alice, share, at)),
          alice,
        )
      carol.hear(bob, { type: 'cancel', share, blocks })
      return downBytes() > before
    }
    expect([0, 1, 2].map(isFetched)).toEqual([true, true, false])
    carol.pass((1000 * limits.pieceSizeMaxBytes) / limits.carriedForgivenBytesPerSecond)
    expect([3, 4].map(isFetched)).toEqual([true, false])
  })

  it('T5 goes on fetching for one that takes what comes', () => {
    const pieces = (3 * limits.carriedPerPeerMaxBytes) / limits.blockSizeBytes
    const { alice, ask, bring } = between(pieces)
    for (let piece = 0; piece < pieces; piece++) {
      expect(askedOf(ask(piece), alice)).toEqual([piece])
      expect(ordered(bring(piece), 'uploadBlock')).toHaveLength(1)
    }
  })

  it('T6 refuses what nobody has any more, and keeps giving what is here', () => {
    const { carol, alice, bob, share, ask, bring, manifest } = between(10)
    // While he takes it the share is known, whoever else leaves.
    carol.hear(bob, { type: 'offer', manifest })
    carol.hear(bob, { type: 'bitfield', share, listed: unlisted, bits: bitsOf(10, []) })
    carol.room(bob, 0)
    ask(1, 2)
    bring(1)
    const effects = carol.feed({ type: 'peerUnlinked', peer: alice })
    expect(sentTo(effects, bob, 'refuse')).toEqual([
      { type: 'refuse', share, blocks: [{ piece: 2, block: 0 }] },
    ])
    expect(ordered(carol.room(bob, 1), 'uploadBlock')).toMatchObject([{ peer: bob, piece: 1 }])
  })

  it('T2 asks nothing of one who would pass it on itself', () => {
    const { carol, bob, share, ask, manifest } = between(10)
    const dave = carol.link()
    const through = { listed: unlisted, holders: [{ peer: bob, isWhole: true }], bits: bitsOf(10, range(10)) }
    carol.hear(dave, { type: 'offer', manifest })
    const effects = carol.hear(dave, { type: 'through', share, ...through })
    expect(sentTo(effects, dave, 'interested')).toEqual([])
    expect(askedOf(ask(1, 2, 3, 4, 5), dave)).toEqual([])
    // Nor where who holds it gives nothing.
    expect(askedOf(carol.pass(2 * limits.requestTimeoutMs), dave)).toEqual([])
  })

  it('T6 fetches again what was lost on its way and is forgotten', () => {
    const { carol, alice, bob, share, ask, bring, manifest } = between(10)
    ask(3)
    bring(3)
    carol.hear(bob, { type: 'offer', manifest })
    carol.hear(bob, { type: 'bitfield', share, listed: unlisted, bits: bitsOf(10, [3]) })
    const lost = { peer: bob, share, piece: 3, block: 0, lengthBytes: limits.blockSizeBytes } as const
    expect(askedOf(carol.feed({ type: 'blockLost', ...lost }), alice)).toEqual([3])
  })

  it('T7 offers one member no more than a quarter of what it has room for', () => {
    const carol = new Machine()
    const [alice, bob] = [carol.link(), carol.link()]
    for (let at = 0; at < limits.throughSharesPerPeerMax + 20; at++) {
      const manifest = newManifest(1)
      carol.hear(alice, { type: 'offer', manifest })
      carol.hear(alice, { type: 'bitfield', share: manifest.share, listed: unlisted, bits: bitsOf(1, [0]) })
    }
    for (const peer of [alice, bob]) carol.feed({ type: 'neighboursHeard', peer, neighbours: [] })
    expect(sentTo(carol.pass(settleMs), bob, 'offer')).toHaveLength(limits.throughSharesPerPeerMax)
  })
})
