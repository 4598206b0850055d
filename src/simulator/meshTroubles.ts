import { pieceCount } from '../shared/geometry.ts'
import type { Millis } from '../shared/ids.ts'
import { randomBelow } from '../shared/random.ts'
import { geometryOf } from '../swarm/manifest.ts'
import { equal, hashBytesPerSecond, MB, type Scenario } from './crowds.ts'
import { boundMs, maxMs, outcomeOf, runToEnd, worldOptions } from './outcome.ts'
import { copyOf, type VirtualPeer } from './virtualPeer.ts'
import { World, type WorldOptions } from './world.ts'

/* Large rooms in which each is linked with some others, and something goes wrong with many of them. */

const degree = 8
const crashNoticedMs = 2000
const minuteMs = 60_000

interface Mesh {
  readonly world: World
  readonly source: VirtualPeer
  readonly receivers: VirtualPeer[]
}

/** Everyone takes what a neighbour tells of. */
function mesh(peers: number, seed: number, sizeBytes: number, check: WorldOptions['check']): Mesh {
  const world = new World(worldOptions(seed, sizeBytes, check, { takesAll: true }))
  const source = world.addPeer(equal)
  const receivers = Array.from({ length: peers - 1 }, () => world.addPeer(equal))
  world.linkSome([source, ...receivers], degree)
  world.offer(source, hashBytesPerSecond)
  return { world, source, receivers }
}

/** Half the peers lose the other half, and each tries to get back all the links it had. */
function partition({ world, receivers }: Mesh, spanMs: Millis): void {
  const far = new Set(receivers.filter((_, at) => at % 2 === 0))
  for (const one of far)
    for (const id of one.links.keys()) {
      const other = world.peers.get(id)
      if (other && !far.has(other)) world.network.breakLink(one, other, spanMs)
    }
}

/** One receiver loses all links for a while and comes back with what it held, or crashes, and somebody with nothing comes in its place. */
function oneGoes({ world, receivers }: Mesh): void {
  const there = receivers.filter(({ alive, links }) => alive && links.size > 0)
  if (there.length === 0) return
  const peer = world.pick(there)
  const awayMs = 10_000 + randomBelow(world.random, 20_000)
  if (randomBelow(world.random, 2) === 0) {
    for (const id of peer.links.keys()) {
      const other = world.peers.get(id)
      if (other) world.network.breakLink(peer, other, awayMs)
    }
    return
  }
  world.network.kill(peer, crashNoticedMs)
  world.events.after(awayMs, () => {
    const others = [...world.peers.values()].filter(({ alive }) => alive)
    const newcomer = world.addPeer(equal)
    receivers.push(newcomer)
    while (newcomer.links.size < degree) world.network.link(newcomer, world.pick(others))
  })
}

/** Whether between them the peers hold every piece. */
function holdAll(world: World, peers: readonly VirtualPeer[]): boolean {
  const pieces = pieceCount(geometryOf(world.manifest))
  const held = new Set(peers.flatMap((peer) => [...copyOf(peer, world.share).verified]))
  return held.size === pieces
}

/** Asked too often, it would take longer than the run. */
const lookEveryMs = 1000

export const meshTroubles = {
  meshPartition: {
    about: 'as mesh, and after ten seconds half the peers lose the other half for thirty',
    run(peers, seed, check) {
      const all = mesh(peers, seed, 12 * MB, check)
      all.world.events.at(10_000, () => partition(all, 30_000))
      runToEnd(all.world, all.receivers)
      const bound = boundMs(all.world.manifest.sizeBytes, [all.source], all.receivers)
      return outcomeOf({ ...all, boundMs: bound })
    },
  },
  meshChurn: {
    about:
      'as mesh, and a tenth of the peers a minute goes: half come back with what they held, others with nothing for the rest',
    run(peers, seed, check) {
      const all = mesh(peers, seed, 24 * MB, check)
      const everyMs = minuteMs / (0.1 * peers)
      for (let at = everyMs; at < 2 * minuteMs; at += everyMs) all.world.events.at(at, () => oneGoes(all))
      all.world.run(2 * minuteMs + 40_000)
      runToEnd(all.world, all.receivers)
      const bound = boundMs(all.world.manifest.sizeBytes, [all.source], all.receivers)
      return outcomeOf({ ...all, boundMs: bound })
    },
  },
  meshSplit: {
    about:
      'two meshes with a share each; when the first holds all of its own between its members, its source goes, and the two meet',
    run(peers, seed, check) {
      const half = Math.floor(peers / 2)
      const { world, source, receivers: near } = mesh(half, seed, 8 * MB, check)
      const second = world.newShare(8 * MB)
      const far = Array.from({ length: peers - half }, () => world.addPeer(equal))
      const [farSource, ...farReceivers] = far
      world.linkSome(far, degree)
      if (farSource) world.offer(farSource, hashBytesPerSecond, second)
      while (!holdAll(world, near) && world.events.now < maxMs) world.run(world.events.now + lookEveryMs)
      world.network.kill(source, crashNoticedMs)
      for (const peer of near)
        for (let links = 0; links < degree / 2; links++) world.network.link(peer, world.pick(far))
      const receivers = [...near, ...farReceivers]
      const shares = [world.share, second.share]
      runToEnd(world, receivers, shares)
      const bound = boundMs(16 * MB, [source], receivers)
      return outcomeOf({ world, receivers, boundMs: bound, manifests: [world.manifest, second] })
    },
  },
} as const satisfies Record<string, Scenario>
