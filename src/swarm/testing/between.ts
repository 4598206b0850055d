import { limits } from '../../shared/limits.ts'
import type { SwarmEffect } from '../io.ts'
import { hashesOf, signParts } from './lists.ts'
import { Machine, newManifest, range, SwarmWorld } from './swarmWorld.ts'

/* Rooms in which some find no way to each other. */

/** The places of four machines. */
export const [a, b, c, d] = [0, 1, 2, 3] as const

type Pairs = readonly (readonly [number, number])[]

/** Alice and bob can both reach carol, and not each other. */
export const throughCarol = [
  [a, c],
  [c, b],
] as const satisfies Pairs

/** Alice, who is the first, offers a share; each pair of these finds a way to each other, and no other does. */
export function among(pairs: Pairs, count: number, pieces = 40, carries = true) {
  const world = new SwarmWorld(count, 1, carries)
  const [alice, bob, carol, dave] = world.machines as [Machine, Machine, Machine, Machine]
  for (const [one, other] of pairs) {
    const [near, far] = [world.machines[one], world.machines[other]]
    if (near && far) world.meet(near, far)
  }
  const manifest = newManifest(pieces)
  world.offer(alice, manifest)
  world.run(limits.throughSettleMs)
  return { world, alice, bob, carol, dave, manifest, share: manifest.share }
}

/** The same, and bob takes it. */
export function taken(pairs: Pairs, count: number, pieces = 40) {
  const all = among(pairs, count, pieces)
  all.world.feed(all.bob, { type: 'downloadAsked', share: all.share })
  return all
}

/** Carol between alice and bob, whom the test plays; each piece is `pieceBytes` long. */
export function between(pieces: number, pieceSizeBytes: number = limits.blockSizeBytes) {
  const carol = new Machine()
  const manifest = newManifest(pieces, { pieceSizeBytes, sizeBytes: pieces * pieceSizeBytes })
  const { share } = manifest
  const alice = carol.holder(manifest, range(pieces))
  const bob = carol.link()
  for (const peer of [alice, bob]) carol.feed({ type: 'neighboursHeard', peer, neighbours: [] })
  carol.room(bob, Infinity)
  const offered = carol.pass(limits.throughSettleMs)
  carol.hear(bob, { type: 'interested', share, hashesFrom: 0 })
  carol.tellList(alice, manifest, signParts(manifest, hashesOf(0, pieces)))
  const ask = (...asked: readonly number[]): SwarmEffect[] =>
    carol.hear(bob, { type: 'request', share, blocks: asked.map((piece) => ({ piece, block: 0 })) })
  /** Alice brings the piece, and it is found right. */
  const bring = (piece: number): SwarmEffect[] => [
    ...carol.give(alice, manifest, piece),
    ...carol.checked(manifest, piece),
  ]
  return { carol, alice, bob, manifest, share, offered, ask, bring }
}
