import { pieceCount } from '../shared/geometry.ts'
import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { geometryOf } from '../swarm/manifest.ts'
import { checkRest } from './invariants.ts'
import type { Access, VirtualPeer, Ways } from './virtualPeer.ts'
import { World, type WorldOptions } from './world.ts'

/** What a run came to. */
export interface Outcome {
  readonly peers: number
  readonly finished: number
  /** From when the share was first asked for until the last receiver has it; null when not all have. */
  readonly lastMs: Millis | null
  /** The least time any scheme could take (see `boundMs`). */
  readonly boundMs: Millis
  /** Bytes received over bytes needed, less 1. */
  readonly waste: number
}

export interface Scenario {
  readonly about: string
  run(peers: number, seed: number, check?: WorldOptions['check']): Outcome
}

const MB = 1e6
const mbit = 125_000
const equal: Access = { upBytesPerSecond: 4 * mbit, downBytesPerSecond: 100 * mbit, delayMs: 10 }
const hashBytesPerSecond = 300 * MB

/**
 * The least time in which one source can bring `sizeBytes` to all: the source must send it once, the slowest must receive it, and all
 * copies must leave through all uplinks (Kumar & Ross, "Peer-assisted file distribution: the minimum distribution time", 2006).
 */
export function boundMs(sizeBytes: number, source: Access, receivers: readonly Access[]): Millis {
  const slowestDown = Math.min(...receivers.map((access) => access.downBytesPerSecond))
  const allUp = receivers.reduce((sum, access) => sum + access.upBytesPerSecond, source.upBytesPerSecond)
  return (
    1000 *
    Math.max(
      sizeBytes / source.upBytesPerSecond,
      sizeBytes / slowestDown,
      (receivers.length * sizeBytes) / allUp,
    )
  )
}

/** What the run came to, from when the share was first asked for. Where everyone has it all, nothing may be left begun. */
function outcome(world: World, source: VirtualPeer, receivers: readonly VirtualPeer[]): Outcome {
  const needed = receivers.filter((peer) => peer.alive && !peer.mute && !peer.corrupt)
  const finished = needed.filter((peer) => peer.completedAt !== null)
  if (finished.length === needed.length) checkRest(world)
  const sizeBytes = world.manifest.sizeBytes
  const bound = boundMs(
    sizeBytes,
    source.access,
    receivers.map((peer) => peer.access),
  )
  const received = finished.reduce((sum, peer) => sum + peer.receivedBytes, 0)
  return {
    peers: receivers.length + 1,
    finished: finished.length,
    lastMs: finished.length === needed.length ? lastOf(finished) - firstAskedAt(receivers) : null,
    boundMs: bound,
    waste: received / (Math.max(1, finished.length) * sizeBytes) - 1,
  }
}

const lastOf = (finished: readonly VirtualPeer[]): Millis =>
  Math.max(...finished.map((peer) => peer.completedAt ?? 0))
const firstAskedAt = (receivers: readonly VirtualPeer[]): Millis =>
  Math.min(...receivers.map((peer) => peer.askedAt ?? Infinity))

/** Runs until everyone who is still there has it all, and then until what was said has been heard. */
function runToEnd(world: World, receivers: readonly VirtualPeer[], maxMs: Millis): void {
  const isDone = (): boolean =>
    receivers.every((peer) => !peer.alive || peer.mute || peer.corrupt || peer.completedAt !== null)
  world.run(maxMs, isDone)
  world.run(world.events.now + settlingMs)
}

/** Everyone has heard of the share: these take it now. */
function takeAll(world: World, receivers: readonly VirtualPeer[]): void {
  for (const peer of receivers) world.input(peer, { type: 'downloadAsked', share: world.share })
}

const options = (
  seed: number,
  sizeBytes: number,
  check: WorldOptions['check'],
  more: Partial<WorldOptions> = {},
): WorldOptions => ({ seed, sizeBytes, ...(check && { check }), ...more })

const maxMs = 3_600_000
/** In this time everyone has heard of the share. */
const introductionMs = 1000
/** In this time what is on its way arrives, and requests of those who never answer end. */
const settlingMs = 60_000

/** One source and its receivers, all linked and alike but for the first receiver's ways; everyone takes the share now. */
function crowd(
  world: World,
  peers: number,
  firstWays: Ways = {},
): { source: VirtualPeer; receivers: VirtualPeer[] } {
  const source = world.addPeer(equal)
  const receivers = Array.from({ length: peers - 1 }, (_, at) =>
    world.addPeer(equal, at === 0 ? firstWays : {}),
  )
  world.linkEveryone()
  world.offer(source, hashBytesPerSecond)
  world.run(introductionMs)
  takeAll(world, receivers)
  return { source, receivers }
}

/** Two of the receivers give corrupt blocks, and two take requests and never answer. */
export function hostileRoom(world: World, peers: number): Outcome {
  const source = world.addPeer(equal)
  const receivers = Array.from({ length: peers - 1 }, (_, at) =>
    world.addPeer(equal, { corrupt: at < 2, mute: at === 2 || at === 3 }),
  )
  world.linkEveryone()
  world.offer(source, hashBytesPerSecond)
  world.run(introductionMs)
  takeAll(world, receivers)
  runToEnd(world, receivers, maxMs)
  return outcome(world, source, receivers)
}

export const scenarios = {
  flashCrowd: {
    about: 'everyone takes a fresh share at once; equal uplinks of 4 Mbit/s',
    run(peers, seed, check) {
      const world = new World(options(seed, 12 * MB, check))
      const { source, receivers } = crowd(world, peers)
      runToEnd(world, receivers, maxMs)
      return outcome(world, source, receivers)
    },
  },
  hiddenTab: {
    about: 'as flashCrowd, and one receiver is in a hidden tab, whose timers go off once a second',
    run(peers, seed, check) {
      const world = new World(options(seed, 12 * MB, check))
      const { source, receivers } = crowd(world, peers, { hidden: true })
      runToEnd(world, receivers, maxMs)
      return outcome(world, source, receivers)
    },
  },
  sourceLeaves: {
    about: 'the source is gone once the room holds every piece between its members',
    run(peers, seed, check) {
      const world = new World(options(seed, 12 * MB, check))
      const { source, receivers } = crowd(world, peers)
      world.run(maxMs, roomHoldsAll(world, receivers))
      world.kill(source, 2000)
      runToEnd(world, receivers, maxMs)
      return outcome(world, source, receivers)
    },
  },
  churn: {
    about:
      'a third of the receivers vanish on the way, others come late; mixed access; hashing slower than the network',
    run(peers, seed, check) {
      const world = new World(options(seed, 8 * MB, check))
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
            if (!late.includes(other)) world.link(peer, other)
      }
      world.offer(source, MB)
      world.run(introductionMs)
      takeAll(world, receivers)
      for (const [at, peer] of receivers.entries()) {
        if (at % 3 === 2 && !late.includes(peer))
          world.events.at(1500 + 400 * at, () => world.kill(peer, 1000))
      }
      for (const peer of late) {
        world.events.at(6000, () => {
          for (const other of world.peers.values()) if (other.alive) world.link(peer, other)
        })
        world.events.at(7000, () => world.input(peer, { type: 'downloadAsked', share: world.share }))
      }
      runToEnd(world, receivers, maxMs)
      return outcome(world, source, receivers)
    },
  },
  hostile: {
    about: 'two receivers give corrupt blocks and two take requests and never answer',
    run(peers, seed, check) {
      return hostileRoom(new World(options(seed, 6 * MB, check)), peers)
    },
  },
  sourceReturns: {
    about: 'the source leaves with most of the share, and later another drops the same file',
    run(peers, seed, check) {
      const world = new World(options(seed, 6 * MB, check))
      const { source, receivers } = crowd(world, peers)
      world.run(5000)
      world.kill(source, 1000)
      world.run(14_000)
      const another = world.addPeer(equal)
      for (const peer of receivers) world.link(another, peer)
      world.run(15_000)
      world.attach(another, hashBytesPerSecond)
      runToEnd(world, receivers, maxMs)
      return outcome(world, source, receivers)
    },
  },
  flaky: {
    about: 'links, those of the source among them, break again and again, each time for two seconds',
    run(peers, seed, check) {
      const world = new World(options(seed, 6 * MB, check))
      const { source, receivers } = crowd(world, peers)
      const everyone = [source, ...receivers]
      for (let breaks = 0; breaks < 10 * peers; breaks++) {
        const [one, other] = [world.pick(everyone), world.pick(everyone)]
        const atMs = introductionMs + (breaks * 2000) / peers
        world.events.at(atMs, () => world.breakLink(one, other, 2000))
      }
      runToEnd(world, receivers, maxMs)
      return outcome(world, source, receivers)
    },
  },
  restless: {
    about: 'people pause, resume, cancel and begin again; disks fill up; links break',
    run(peers, seed, check) {
      const world = new World(options(seed, 4 * MB, check, { diskFullOneIn: 100 }))
      const { source, receivers } = crowd(world, peers)
      const { share } = world
      for (let whim = 0; whim < 8 * peers; whim++) {
        const peer = world.pick(receivers)
        const type = world.pick(['pauseAsked', 'pauseAsked', 'cancelAsked'] as const)
        const atMs = introductionMs + (whim * 1500) / peers
        world.events.at(atMs, () => world.input(peer, { type, share }))
        world.events.at(atMs + 700, () => world.breakLink(peer, world.pick(receivers), 0))
      }
      // Everyone comes back to it in the end.
      for (let round = 1; round <= 60; round++) {
        world.events.at(round * 2000, () => {
          for (const peer of receivers) world.input(peer, { type: 'resumeAsked', share })
          takeAll(world, receivers)
        })
      }
      runToEnd(world, receivers, maxMs)
      return outcome(world, source, receivers)
    },
  },
  bigPieces: {
    about: 'pieces of 4 MiB, two sources, a fast network and disks slower than it',
    run(peers, seed, check) {
      const fast: Access = { upBytesPerSecond: 400 * mbit, downBytesPerSecond: 400 * mbit, delayMs: 1 }
      const world = new World(
        options(seed, 100 * MB, check, { pieceSizeBytes: limits.pieceSizeMaxBytes, checkMs: 2000 }),
      )
      const [source, second] = [world.addPeer(fast), world.addPeer(fast)]
      const receivers = Array.from({ length: Math.max(1, peers - 2) }, () => world.addPeer(fast))
      world.linkEveryone()
      world.offer(source, hashBytesPerSecond)
      world.run(introductionMs)
      world.attach(second, hashBytesPerSecond)
      world.run(2 * introductionMs)
      takeAll(world, receivers)
      runToEnd(world, receivers, maxMs)
      return outcome(world, source, receivers)
    },
  },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof scenarios

/** Whether each piece is with some receiver: asked often, so what was found is not looked for again. */
function roomHoldsAll(world: World, receivers: readonly VirtualPeer[]): () => boolean {
  const pieces = pieceCount(geometryOf(world.manifest))
  let found = 0
  return () => {
    while (found < pieces && receivers.some((peer) => peer.verified.has(found))) found++
    return found === pieces
  }
}
