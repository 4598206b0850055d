import { describe, expect, it, vi } from 'vitest'
import { limits } from '../shared/limits.ts'
import { hostileRoom } from './troubles.ts'
import { packetOverhead, type VirtualPeer } from './virtualPeer.ts'
import { World, type WorldOptions } from './world.ts'

const anyone = { upBytesPerSecond: 1e6, downBytesPerSecond: 1e7, delayMs: 10 }

/** A source and one more, linked, who has heard of the share. */
function pair(upBytesPerSecond = anyone.upBytesPerSecond) {
  const world = new World({ seed: 1, sizeBytes: 1e6 })
  const [source, other] = [world.addPeer({ ...anyone, upBytesPerSecond }), world.addPeer(anyone)]
  world.linkEveryone()
  world.offer(source, 1e9)
  world.run(1000)
  return { world, source, other }
}

/** When the peer was told such a thing from now on. */
function timesOf(peer: VirtualPeer, type: string): () => number[] {
  const handle = vi.spyOn(peer.swarm, 'handle')
  return () => handle.mock.calls.filter(([input]) => input.type === type).map(([, now]) => now)
}

describe('run', () => {
  it('brings the clock to its limit, whether nothing is left to happen or more is to come', () => {
    const world = new World({ seed: 1, sizeBytes: 1e6 })
    world.run(1000)
    expect(world.events.now).toBe(1000)
    let happened = false
    world.events.at(3000, () => (happened = true))
    world.run(2000)
    expect(world.events.now).toBe(2000)
    expect(happened).toBe(false)
    world.run(3000)
    expect(happened).toBe(true)
  })

  it('stops the clock where it was told to', () => {
    const { world, other } = pair()
    world.input(other, { type: 'downloadAsked', share: world.share })
    world.run(60_000, () => other.receivedBytes > 0)
    expect(world.events.now).toBeLessThan(1500)
  })
})

/** The other asks the source for the first pieces, one block each. */
function ask(world: World, source: VirtualPeer, other: VirtualPeer, pieces: number): void {
  const blocks = Array.from({ length: pieces }, (_, piece) => ({ piece, block: 0 }))
  const message = { type: 'request', share: world.share, blocks } as const
  world.input(source, { type: 'messageArrived', peer: other.id, message })
}

/** How long a block takes at this rate. */
const blockMs = (bytesPerSecond: number): number =>
  (1000 * packetOverhead * (limits.pieceSizeMinBytes + 40)) / bytesPerSecond

describe('a link has room', () => {
  it('for one block on a thin uplink, and for the next when it has arrived', () => {
    const { world, source, other } = pair(1e5)
    const arrived = timesOf(other, 'messageArrived')
    const told = timesOf(source, 'linkHasRoom')
    ask(world, source, other, 2)
    world.run(10_000)
    // Through the source's uplink, the way, and the other's downlink.
    const spanMs = blockMs(1e5) + 2 * anyone.delayMs + blockMs(anyone.downBytesPerSecond)
    const [first = 0, second = 0] = arrived().slice(-2)
    expect(first).toBeCloseTo(1000 + spanMs)
    // The source hears of the first after the way back.
    expect(second - first).toBeCloseTo(spanMs + 2 * anyone.delayMs)
    expect(told()).toHaveLength(2)
  })

  it('not for what was on its way on the link before', () => {
    const { world, source, other } = pair(1e5)
    ask(world, source, other, 4)
    world.run(1001)
    const told = timesOf(source, 'linkHasRoom')
    world.network.breakLink(source, other, 0)
    world.run(10_000)
    expect(source.links.has(other.id)).toBe(true)
    expect(told()).toHaveLength(1)
  })
})

describe('links', () => {
  it('come back when there is a way again and the time to dial has come: after 1, 3, 7 … seconds', () => {
    const { world, source, other } = pair()
    const linked = timesOf(source, 'peerLinked')
    world.network.breakLink(source, other, 0)
    world.run(10_000)
    world.network.breakLink(source, other, 3500)
    world.run(20_000)
    expect(linked()).toEqual([1000 + limits.redialMinMs, 10_000 + 7 * limits.redialMinMs])
  })

  it('that a peer drops do not come back while its ban lasts, and then do', () => {
    const { world, source, other } = pair()
    const linked = timesOf(source, 'peerLinked')
    for (let strike = 0; strike < limits.strikesMax; strike++)
      world.input(source, { type: 'messageFaulted', peer: other.id })
    expect(source.links.has(other.id)).toBe(false)
    world.network.link(source, other)
    world.run(1000 + limits.banMs)
    expect(linked()).toEqual([])
    world.run(1000 + limits.banMs + limits.redialMaxMs)
    expect(linked()).toHaveLength(1)
  })
})

function meanWaste(options: Partial<WorldOptions>): number {
  const seeds = [1, 2, 3, 4]
  const outcomes = seeds.map((seed) => hostileRoom(new World({ seed, sizeBytes: 6e6, ...options }), 7))
  for (const { lastMs } of outcomes) expect(lastMs).not.toBeNull()
  return outcomes.reduce((sum, { waste }) => sum + waste, 0) / seeds.length
}

describe('corrupt peers', () => {
  it('are kept out by whom they gave corrupt pieces, and everyone else finishes', () => {
    const bans = new Set<string>()
    const check = (world: World, { id, links, barredUntil }: VirtualPeer) => {
      for (const [other, until] of barredUntil) {
        bans.add(`${id} ${other}`)
        expect(world.peers.get(other)?.corrupt).toBe(true)
        if (world.events.now < until) expect(links.has(other)).toBe(false)
      }
    }
    meanWaste({ check })
    expect(bans.size).toBeGreaterThan(0)
  })

  it('without bans come back again and again, and cost several times as much', () => {
    expect(meanWaste({ banMs: 0 })).toBeGreaterThan(4 * meanWaste({}))
  })
})

it('timers of a hidden tab go off at whole seconds, others when they should', () => {
  const world = new World({ seed: 1, sizeBytes: 1e6 })
  const [source, hidden, seen] = [
    world.addPeer(anyone),
    world.addPeer(anyone, { hidden: true }),
    world.addPeer(anyone),
  ]
  const [hiddenWoke, seenWoke] = [timesOf(hidden, 'woke'), timesOf(seen, 'woke')]
  world.linkEveryone()
  world.offer(source, 1e9)
  world.run(500)
  for (const peer of [hidden, seen]) world.input(peer, { type: 'downloadAsked', share: world.share })
  world.run(10_000)
  expect(hiddenWoke().length).toBeGreaterThan(0)
  for (const at of hiddenWoke()) expect(at % 1000).toBe(0)
  expect(seenWoke().some((at) => at % 1000 !== 0)).toBe(true)
})
