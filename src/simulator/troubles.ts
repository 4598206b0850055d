import { pieceCount } from '../shared/geometry.ts'
import { limits } from '../shared/limits.ts'
import { geometryOf } from '../swarm/manifest.ts'
import {
  crowd,
  equal,
  finish,
  hashBytesPerSecond,
  introductionMs,
  mbit,
  MB,
  type Scenario,
} from './crowds.ts'
import { maxMs, takeAll, worldOptions, type Outcome } from './outcome.ts'
import { copyOf, type Access, type VirtualPeer } from './virtualPeer.ts'
import { World } from './world.ts'

/* Rooms in which something goes wrong: that everyone has it all in the end, and at what cost. */

/** Two of the receivers give corrupt blocks, and two take requests and never answer. */
export function hostileRoom(world: World, peers: number): Outcome {
  return finish(
    world,
    crowd(world, peers, (at) => [equal, { corrupt: at < 2, mute: at === 2 || at === 3 }]),
  )
}

export const troubles = {
  sourceLeaves: {
    about: 'the source is gone once the room holds every piece between its members',
    run(peers, seed, check) {
      const world = new World(worldOptions(seed, 12 * MB, check))
      const all = crowd(world, peers)
      world.run(maxMs, roomHoldsAll(world, all.receivers))
      world.network.kill(all.source, 2000)
      return finish(world, all)
    },
  },
  slowHash: {
    about: 'the source hashes hardly faster than its uplink is',
    run(peers, seed, check) {
      const world = new World(worldOptions(seed, 12 * MB, check))
      return finish(world, crowd(world, peers, undefined, 1.2 * equal.upBytesPerSecond))
    },
  },
  churn: {
    about:
      'a third of the receivers vanish on the way, others come late; mixed access; hashing slower than the network',
    run(peers, seed, check) {
      const world = new World(worldOptions(seed, 8 * MB, check))
      const kinds: Access[] = [
        equal,
        { upBytesPerSecond: 20 * mbit, downBytesPerSecond: 50 * mbit, delayMs: 5 },
        { upBytesPerSecond: mbit, downBytesPerSecond: 16 * mbit, delayMs: 60 },
      ]
      const source = world.addPeer(kinds[1] ?? equal)
      const receivers = Array.from({ length: peers - 1 }, () => world.addPeer(world.pick(kinds)))
      const late = receivers.filter((_, at) => at % 4 === 3)
      for (const [at, peer] of receivers.entries()) {
        if (!late.includes(peer))
          for (const other of [source, ...receivers.slice(0, at)])
            if (!late.includes(other)) world.network.link(peer, other)
      }
      world.offer(source, MB)
      world.run(introductionMs)
      takeAll(world, receivers)
      for (const [at, peer] of receivers.entries()) {
        if (at % 3 === 2 && !late.includes(peer))
          world.events.at(1500 + 400 * at, () => world.network.kill(peer, 1000))
      }
      for (const peer of late) {
        world.events.at(6000, () => {
          for (const other of world.peers.values()) if (other.alive) world.network.link(peer, other)
        })
        world.events.at(7000, () => takeAll(world, [peer]))
      }
      return finish(world, { source, receivers })
    },
  },
  partition: {
    about: 'half the receivers and the source lose the other half for fifteen seconds',
    run(peers, seed, check) {
      const world = new World(worldOptions(seed, 12 * MB, check))
      const { source, receivers } = crowd(world, peers)
      const far = receivers.filter((_, at) => at % 2 === 0)
      const near = [source, ...receivers.filter((_, at) => at % 2 === 1)]
      world.events.at(introductionMs + 5000, () => {
        for (const one of near) for (const other of far) world.network.breakLink(one, other, 15_000)
      })
      return finish(world, { source, receivers })
    },
  },
  hostile: {
    about: 'two receivers give corrupt blocks and two take requests and never answer',
    run(peers, seed, check) {
      return hostileRoom(new World(worldOptions(seed, 6 * MB, check)), peers)
    },
  },
  sourceReturns: {
    about: 'the source leaves with most of the share, and later another drops the same file',
    run(peers, seed, check) {
      const world = new World(worldOptions(seed, 6 * MB, check))
      const { source, receivers } = crowd(world, peers)
      world.run(5000)
      world.network.kill(source, 1000)
      world.run(14_000)
      const another = world.addPeer(equal)
      for (const peer of receivers) world.network.link(another, peer)
      world.run(15_000)
      world.attach(another, hashBytesPerSecond)
      return finish(world, { source, receivers })
    },
  },
  flaky: {
    about: 'links, those of the source among them, break again and again, each time for two seconds',
    run(peers, seed, check) {
      const world = new World(worldOptions(seed, 6 * MB, check))
      const { source, receivers } = crowd(world, peers)
      const everyone = [source, ...receivers]
      for (let breaks = 0; breaks < 10 * peers; breaks++) {
        const [one, other] = [world.pick(everyone), world.pick(everyone)]
        const atMs = introductionMs + (breaks * 2000) / peers
        world.events.at(atMs, () => world.network.breakLink(one, other, 2000))
      }
      return finish(world, { source, receivers })
    },
  },
  restless: {
    about: 'people pause, resume, cancel and begin again; disks fill up; links break',
    run(peers, seed, check) {
      const world = new World(worldOptions(seed, 4 * MB, check, { diskFullOneIn: 100 }))
      const { source, receivers } = crowd(world, peers)
      const { share } = world
      for (let whim = 0; whim < 8 * peers; whim++) {
        const peer = world.pick(receivers)
        const type = world.pick(['pauseAsked', 'pauseAsked', 'cancelAsked'] as const)
        const atMs = introductionMs + (whim * 1500) / peers
        world.events.at(atMs, () => world.input(peer, { type, share }))
        world.events.at(atMs + 700, () => world.network.breakLink(peer, world.pick(receivers), 0))
      }
      // Everyone comes back to it in the end.
      for (let round = 1; round <= 60; round++) {
        world.events.at(round * 2000, () => {
          for (const peer of receivers) world.input(peer, { type: 'resumeAsked', share })
          takeAll(world, receivers)
        })
      }
      return finish(world, { source, receivers })
    },
  },
  bigPieces: {
    about: 'pieces of 4 MiB, two sources, a fast network and disks slower than it',
    run(peers, seed, check) {
      const fast: Access = { upBytesPerSecond: 400 * mbit, downBytesPerSecond: 400 * mbit, delayMs: 1 }
      const world = new World(
        worldOptions(seed, 100 * MB, check, { pieceSizeBytes: limits.pieceSizeMaxBytes, checkMs: 2000 }),
      )
      const [source, second] = [world.addPeer(fast), world.addPeer(fast)]
      const receivers = Array.from({ length: Math.max(1, peers - 2) }, () => world.addPeer(fast))
      world.linkEveryone()
      world.offer(source, hashBytesPerSecond)
      world.run(introductionMs)
      world.attach(second, hashBytesPerSecond)
      world.run(2 * introductionMs)
      takeAll(world, receivers)
      return finish(world, { source, receivers })
    },
  },
} as const satisfies Record<string, Scenario>

/** Whether each piece is with some receiver: asked often, so what was found is not looked for again. */
function roomHoldsAll(world: World, receivers: readonly VirtualPeer[]): () => boolean {
  const pieces = pieceCount(geometryOf(world.manifest))
  let found = 0
  const isWith = (peer: VirtualPeer): boolean => copyOf(peer, world.share).verified.has(found)
  return () => {
    while (found < pieces && receivers.some(isWith)) found++
    return found === pieces
  }
}
