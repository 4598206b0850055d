import { limits } from '../shared/limits.ts'
import { boundMs, type Run, outcomeOf, runToEnd, takeAll, worldOptions, type Outcome } from './outcome.ts'
import type { Access, VirtualPeer, Ways } from './virtualPeer.ts'
import { World, type WorldOptions } from './world.ts'

/* Rooms in which nothing goes wrong: how soon everyone has it all. */

export const MB = 1e6
export const mbit = 125_000
export const equal: Access = { upBytesPerSecond: 4 * mbit, downBytesPerSecond: 100 * mbit, delayMs: 10 }
export const hashBytesPerSecond = 300 * MB
/** In this time everyone has heard of the share. */
export const introductionMs = 1000

export interface Scenario {
  readonly about: string
  run(peers: number, seed: number, check?: WorldOptions['check']): Outcome
}

export interface Crowd {
  readonly source: VirtualPeer
  readonly receivers: readonly VirtualPeer[]
}

/** Access and ways of each receiver. */
export type AccessOf = (at: number) => readonly [Access, Ways?]

/** One source and its receivers, all linked; everyone has heard of the share. */
export function gather(
  world: World,
  receiverCount: number,
  of: AccessOf = () => [equal],
  sourceHashBytesPerSecond = hashBytesPerSecond,
): Crowd {
  const source = world.addPeer(equal)
  const receivers = Array.from({ length: receiverCount }, (_, at) => world.addPeer(...of(at)))
  world.linkEveryone()
  world.offer(source, sourceHashBytesPerSecond)
  world.run(introductionMs)
  return { source, receivers }
}

/** The same, and all take the share now. */
export function crowd(world: World, peers: number, of?: AccessOf, sourceHashBytesPerSecond?: number): Crowd {
  const gathered = gather(world, peers - 1, of, sourceHashBytesPerSecond)
  takeAll(world, gathered.receivers)
  return gathered
}

export function finish(
  world: World,
  { source, receivers }: Crowd,
  watched: Pick<Run, 'watched'> = {},
): Outcome {
  runToEnd(world, receivers)
  const bound = boundMs(world.manifest.sizeBytes, [source], receivers)
  return outcomeOf({ world, receivers, boundMs: bound, ...watched })
}

/** Everyone takes a fresh share at once, and only who takes it makes the difference. */
const flashCrowd = (about: string, of?: AccessOf, sizeBytes = 12 * MB): Scenario => ({
  about,
  run(peers, seed, check) {
    const world = new World(worldOptions(seed, sizeBytes, check))
    return finish(world, crowd(world, peers, of))
  },
})

/** Everyone takes what a neighbour in a partial mesh tells of. */
const meshOf = (about: string, sizeBytes: number): Scenario => ({
  about,
  run(peers, seed, check) {
    const world = new World(worldOptions(seed, sizeBytes, check, { takesAll: true }))
    const source = world.addPeer(equal)
    const receivers = Array.from({ length: peers - 1 }, () => world.addPeer(equal))
    world.linkSome([source, ...receivers], meshLinks)
    world.offer(source, hashBytesPerSecond)
    return finish(world, { source, receivers })
  },
})

const meshLinks = 8

/** Everything goes through two members. One of the peers is the source, two are between. */
const throughTwo = (about: string, shareBytes: number): Scenario => ({
  about,
  run(peers, seed, check) {
    const world = new World(worldOptions(seed, shareBytes, check))
    const source = world.addPeer(equal)
    const between = [world.addPeer(equal), world.addPeer(equal)]
    const receivers = Array.from({ length: peers - 3 }, () => world.addPeer(equal))
    const far = [source, ...receivers]
    for (const [at, one] of far.entries())
      for (const other of far.slice(at + 1)) world.network.keepApart(one, other)
    world.linkEveryone()
    world.offer(source, hashBytesPerSecond)
    world.run(2 * limits.throughSettleMs)
    takeAll(world, receivers)
    runToEnd(world, receivers)
    // The source sends all of it once, and those between send all copies.
    const { sizeBytes } = world.manifest
    const upBytesPerSecond = Math.min(1, between.length / receivers.length) * equal.upBytesPerSecond
    return outcomeOf({ world, receivers, boundMs: (1000 * sizeBytes) / upBytesPerSecond })
  },
})

/** Lossy and far away, in a room of others who are not. */
const lossy: Access = { ...equal, delayMs: 40, lossRatio: 0.005 }

/** Every other receiver has an eighth of the other's uplink. */
const classes = [
  { upBytesPerSecond: 16 * mbit, downBytesPerSecond: 100 * mbit, delayMs: 5 },
  { upBytesPerSecond: 2 * mbit, downBytesPerSecond: 50 * mbit, delayMs: 25 },
] as const satisfies readonly Access[]

export const crowds = {
  flashCrowd: flashCrowd('everyone takes a fresh share at once; equal uplinks of 4 Mbit/s'),
  largeShare: flashCrowd('as flashCrowd, with 100 MB: pieces of several blocks', undefined, 100 * MB),
  hiddenTab: flashCrowd(
    'as flashCrowd, and one receiver is in a hidden tab, whose timers go off once a second',
    (at) => [equal, { hidden: at === 0 }],
  ),
  classes: flashCrowd('every other receiver has 2 Mbit/s up, the others 16', (at) => [
    classes[at % 2] ?? equal,
  ]),
  lossyLinks: flashCrowd('a third of the receivers are 100 ms away, with 0.5 % of packets lost', (at) => [
    at % 3 === 0 ? lossy : equal,
  ]),
  freeRider: {
    about: 'one receiver takes requests and serves none',
    run(peers, seed, check) {
      const world = new World(worldOptions(seed, 12 * MB, check))
      const { source, receivers } = crowd(world, peers, (at) => [equal, { mute: at === 0 }])
      return finish(world, { source, receivers: receivers.slice(1) })
    },
  },
  inOrder: {
    about: 'as flashCrowd, and one receiver looks at the share while it comes: how soon the others have it',
    run(peers, seed, check) {
      const world = new World(worldOptions(seed, 12 * MB, check))
      const all = gather(world, peers - 1)
      const [viewer, ...watched] = all.receivers
      if (viewer) world.input(viewer, { type: 'inOrderAsked', share: world.share })
      takeAll(world, all.receivers)
      return finish(world, all, { watched })
    },
  },
  late: {
    about:
      'a third of the receivers come when the others have it all: how soon these have it, of all the others at once',
    run(peers, seed, check) {
      const world = new World(worldOptions(seed, 12 * MB, check))
      const lateCount = Math.max(1, Math.floor(peers / 3))
      const early = crowd(world, peers - lateCount)
      runToEnd(world, early.receivers)
      const there = [early.source, ...early.receivers]
      const late = Array.from({ length: lateCount }, () => world.addPeer(equal))
      world.linkEveryone()
      world.run(world.events.now + introductionMs)
      takeAll(world, late)
      runToEnd(world, late)
      const bound = boundMs(world.manifest.sizeBytes, there, late)
      return outcomeOf({ world, receivers: [...early.receivers, ...late], boundMs: bound, watched: late })
    },
  },
  twoShares: {
    about: 'two members each offer a share at once, and everyone takes both',
    run(peers, seed, check) {
      const world = new World(worldOptions(seed, 6 * MB, check))
      const second = world.newShare(6 * MB)
      const { source, receivers } = gather(world, peers - 1)
      const [other] = receivers
      if (!other) return finish(world, { source, receivers })
      world.offer(other, hashBytesPerSecond, second)
      world.run(2 * introductionMs)
      const rest = receivers.slice(1)
      for (const { share } of [world.manifest, second]) takeAll(world, rest, share)
      runToEnd(world, rest, [world.share, second.share])
      const bound = boundMs(12 * MB, [source, other], rest)
      return outcomeOf({ world, receivers: rest, boundMs: bound, manifests: [world.manifest, second] })
    },
  },
  passedOn: throughTwo(
    'source and receivers can link with nobody but two between, who do not want it',
    12 * MB,
  ),
  largePassedOn: throughTwo(
    'as passedOn, with a share of 100 MB: more than is kept to be passed on',
    100 * MB,
  ),
  mesh: meshOf(
    'as flashCrowd, but each is linked with 8 others or some more, and hears of the share from those',
    12 * MB,
  ),
  largeMesh: meshOf('as mesh, with a share of 100 MB', 100 * MB),
} as const satisfies Record<string, Scenario>
