import type { RoomEffect } from '../room/io.ts'
import { createRoomWorld, type Tab } from '../room/testing/roomWorld.ts'
import { give } from '../room/testing/worldChecks.ts'
import type { Millis, PeerId } from '../shared/ids.ts'
import { equal, hashBytesPerSecond, MB, type Scenario } from './crowds.ts'
import { maxMs, outcomeOf, worldOptions } from './outcome.ts'
import { copyOf, type VirtualPeer } from './virtualPeer.ts'
import { World, type WorldOptions } from './world.ts'

/* Rooms whose members find each other by themselves: real room machines and real swarm machines over the same links, in the same time. */

const minuteMs = 60_000
const shareBytes = 100 * MB
/** From then on nobody comes or goes any more. */
const churnEndsMs = 3 * minuteMs

interface Member {
  readonly peer: VirtualPeer
  readonly tab: Tab
  readonly cameMs: Millis
  leftMs: Millis
}

/** A room with everything in it. */
class Room {
  readonly world: World
  readonly members: Member[] = []
  readonly #rooms

  constructor(seed: number, check: WorldOptions['check']) {
    this.world = new World(worldOptions(seed, shareBytes, check, { takesAll: true, hasRoom: true }))
    const { peers, network, events } = this.world
    const both = (a: PeerId, b: PeerId, then: (a: VirtualPeer, b: VirtualPeer) => void): void => {
      const [one, other] = [peers.get(a), peers.get(b)]
      if (one && other) then(one, other)
    }
    this.#rooms = createRoomWorld(seed, {
      isVast: true,
      beside: {
        events,
        linked: (a, b) => both(a, b, (one, other) => network.link(one, other)),
        unlinked: (a, b) => both(a, b, (one, other) => network.unlink(one, other)),
        said: (from, bytes) => peers.get(from)?.uplink.take(bytes),
        performed: (peer, effect) => this.#performed(peers.get(peer), effect),
      },
    })
  }

  #performed(peer: VirtualPeer | undefined, effect: RoomEffect): void {
    if (!peer) return
    if (effect.type === 'tellNeighbours')
      this.world.input(peer, { type: 'neighboursHeard', peer: effect.peer, neighbours: effect.neighbours })
    if (effect.type === 'shareHeard')
      this.world.input(peer, { type: 'shareHeard', manifest: this.world.manifest })
    if (effect.type === 'shareUnheard') this.world.input(peer, { type: 'shareUnheard', share: effect.share })
  }

  enter(): Member {
    const peer = this.world.addPeer(equal)
    const name = `member${this.members.length}`
    const tab = this.#rooms.enter(name, { peer: peer.id, fresh: this.members.length === 0 })
    const member = { peer, tab, cameMs: this.world.events.now, leftMs: Infinity }
    this.members.push(member)
    return member
  }

  /** Tells the room what the member gives. */
  give({ tab }: Member): void {
    give(tab, this.world.share)
  }

  /** The member is gone without a word. */
  crash(member: Member): void {
    member.leftMs = this.world.events.now
    member.peer.alive = false
    this.#rooms.crash(member.tab)
  }

  there(): Member[] {
    return this.members.filter(({ leftMs }) => leftMs === Infinity)
  }

  hasAll({ peer }: Member): boolean {
    return copyOf(peer, this.world.share).completedAt !== null
  }
}

/** The least time in which what was received could have left all uplinks while they were there (as `boundMs`, of a crowd that comes and goes). */
function boundOf(room: Room, receivers: readonly Member[]): Millis {
  const stayed = receivers.filter(({ leftMs }) => leftMs === Infinity).length
  const taken = receivers.reduce(
    (sum, { leftMs, peer }) => (leftMs === Infinity ? sum : sum + peer.receivedBytes),
    0,
  )
  const neededBytes = stayed * shareBytes + taken
  const upBytesPerMs = equal.upBytesPerSecond / 1000
  const sentBy = (ms: Millis): number =>
    room.members.reduce((sum, { cameMs, leftMs }) => sum + Math.max(0, Math.min(ms, leftMs) - cameMs), 0) *
    upBytesPerMs
  let [low, high] = [0, maxMs]
  while (high - low > 1) {
    const middle = (low + high) / 2
    if (sentBy(middle) < neededBytes) low = middle
    else high = middle
  }
  return high
}

interface Comings {
  readonly about: string
  /** All come within so long. */
  readonly withinMs: Millis
  /** Of them a minute, this part goes without a word, and as many come. */
  readonly churnPart: number
}

const roomOf = ({ about, withinMs, churnPart }: Comings): Scenario => ({
  about,
  run(peers, seed, check) {
    const room = new Room(seed, check)
    const { world } = room
    const source = room.enter()
    world.run(2000)
    world.offer(source.peer, hashBytesPerSecond)
    room.give(source)
    for (let at = 1; at < peers; at++) world.events.after((at * withinMs) / peers, () => room.enter())
    world.run(world.events.now + withinMs)
    if (churnPart > 0) churn(room, source, minuteMs / (churnPart * peers))
    let lookAt = 0
    world.run(maxMs, () => {
      if (world.events.now < lookAt) return false
      lookAt = world.events.now + 500
      return room.there().every((member) => member === source || room.hasAll(member))
    })
    const receivers = room.members.filter((member) => member !== source)
    const stayed = receivers.filter(({ leftMs }) => leftMs === Infinity)
    return outcomeOf({
      world,
      receivers: stayed.map(({ peer }) => peer),
      boundMs: boundOf(room, receivers),
    })
  },
})

/** From now until it ends one goes and one comes, again and again. */
function churn(room: Room, source: Member, everyMs: Millis): void {
  const { world } = room
  const others = room.there().filter((member) => member !== source)
  room.crash(world.pick(others))
  room.enter()
  if (world.events.now + everyMs < churnEndsMs)
    world.events.after(everyMs, () => churn(room, source, everyMs))
}

export const inRoom = {
  room: roomOf({
    about:
      'members come within a minute, find each other through a broker, and take 100 MB from whoever has some; a tenth of them a minute goes without a word, and as many come',
    withinMs: minuteMs,
    churnPart: 0.1,
  }),
  roomStays: roomOf({
    about: 'as room, but all stay',
    withinMs: minuteMs,
    churnPart: 0,
  }),
} as const satisfies Record<string, Scenario>
