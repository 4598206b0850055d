import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { createRoomWorld, type RoomWorld, type Tab } from './testing/roomWorld.ts'
import { fakeCard } from './testing/fakeSigning.ts'
import { crowd } from './testing/worldChecks.ts'

const second = 1000
const minute = 60 * second
const seeds = [1, 2]

/** So many come within the time, the first of them alone. */
function gather(world: RoomWorld, size: number, withinMs = 10 * second): Tab[] {
  const tabs = [world.enter('first', { fresh: true })]
  world.run(3 * second)
  for (let at = 1; at < size; at++) {
    tabs.push(world.enter(`tab${at}`))
    world.run(withinMs / size)
  }
  return tabs
}

/** The largest number of tabs that all reach each other over links. */
function largestGroup(tabs: readonly Tab[]): number {
  const left = new Map(tabs.map((tab) => [tab.peer, tab]))
  let largest = 0
  for (const tab of tabs) {
    const reached = [tab]
    if (!left.delete(tab.peer)) continue
    for (const one of reached) {
      for (const peer of one.linkedWith()) {
        const next = left.get(peer)
        if (next === undefined) continue
        left.delete(peer)
        reached.push(next)
      }
    }
    largest = Math.max(largest, reached.length)
  }
  return largest
}

const listed = ({ room }: Tab): Set<PeerId> =>
  new Set(room.members().flatMap(({ peer, state }) => (state === 'lost' ? [] : [peer])))

/** Who lacks whom, or lists who is not there. */
function listFaults(tabs: readonly Tab[]): string[] {
  return tabs.flatMap((tab) => {
    const seen = listed(tab)
    const missing = tabs.filter(({ peer }) => peer !== tab.peer && !seen.delete(peer))
    return [
      ...missing.map(({ name }) => `${tab.name} lacks ${name}`),
      ...[...seen].map((peer) => `${tab.name} lists ${peer}`),
    ]
  })
}

const linkCounts = (tabs: readonly Tab[]): number[] => tabs.map((tab) => tab.linkedWith().length)

describe('a large room', () => {
  it.each(seeds)('[R31] holds together by some links each, and everyone lists everyone (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs = gather(world, 30)
    world.run(10 * second)
    expect(listFaults(tabs)).toEqual([])
    expect(largestGroup(tabs)).toBe(tabs.length)
    expect(Math.min(...linkCounts(tabs))).toBeGreaterThanOrEqual(limits.linksMin - 1)
    expect(Math.max(...linkCounts(tabs))).toBeLessThanOrEqual(limits.linksEverMax)
    for (const { reports } of tabs) expect(reports.every(({ type }) => type === 'memberJoined')).toBe(true)
  })

  it('[R31] of thirteen has everyone linked with nearly everyone, and with everyone once one has left', () => {
    const world = createRoomWorld(1)
    const tabs = crowd(world, limits.membersMax + 1)
    world.run(20 * second)
    expect(listFaults(tabs)).toEqual([])
    const [first, ...others] = tabs
    if (first === undefined) throw new Error('thirteen tabs')
    world.leave(first)
    world.run(minute)
    expect(linkCounts(others)).toEqual(others.map(() => others.length - 1))
    expect(listFaults(others)).toEqual([])
  })

  it.each(seeds)('[R31] half of it gone at once, nobody left is cut off (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs = gather(world, 30)
    world.run(5 * second)
    const stay = tabs.filter((_, at) => at % 2 === 0)
    for (const tab of tabs) if (!stay.includes(tab)) world.crash(tab)
    world.run(minute)
    expect(largestGroup(stay)).toBe(stay.length)
    expect(Math.min(...linkCounts(stay))).toBeGreaterThanOrEqual(limits.linksMin - 1)
    world.run(minute)
    expect(listFaults(stay)).toEqual([])
  })

  it.each(seeds)('[R31] that was in two parts for half a minute is one again (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs = gather(world, 30)
    world.run(5 * second)
    world.links.part(new Set(tabs.slice(0, 15).map(({ peer }) => peer)))
    world.run(30 * second)
    expect(largestGroup(tabs)).toBe(15)
    world.links.unite()
    world.run(minute)
    expect(largestGroup(tabs)).toBe(tabs.length)
    expect(listFaults(tabs)).toEqual([])
  })

  it('[R32] who is gone without a word is off every list soon, and nobody else', () => {
    const world = createRoomWorld(1)
    const tabs = gather(world, 30)
    world.run(5 * second)
    const [gone, ...others] = tabs.toReversed()
    if (gone === undefined) throw new Error('thirty tabs')
    world.crash(gone)
    world.run(limits.silenceMaxMs + limits.doubtedMs + 2 * limits.censusLookMs)
    expect(listFaults(others)).toEqual([])
  })

  it('[R32] in which nothing happens stays as it is', () => {
    const world = createRoomWorld(1)
    const tabs = gather(world, 16)
    world.run(10 * minute)
    expect(listFaults(tabs)).toEqual([])
    expect(largestGroup(tabs)).toBe(tabs.length)
    for (const { reports } of tabs) expect(reports.every(({ type }) => type === 'memberJoined')).toBe(true)
  })

  it.each([
    ['as fast as it can, and is thrown out', 50, 1],
    ['as often as it may', 1, 2],
  ])('[R33] a member that doubts everybody %s makes nobody leave a list', (_, headsEach, everySeconds) => {
    const world = createRoomWorld(1)
    const tabs = gather(world, 20)
    const mallory = world.enter('mallory')
    world.run(10 * second)
    const { send, sequenceOf } = world.hostile(mallory)
    for (let at = 0; at < 40; at++) {
      const newest = tabs.map(({ peer }) => [peer, sequenceOf(peer)] as const)
      const heads = newest.flatMap((head) => Array.from({ length: headsEach }, () => head))
      for (const to of mallory.linkedWith()) send(to, { type: 'doubt', heads })
      world.run(everySeconds * second)
      const faults = listFaults(tabs).filter((fault) => !fault.endsWith(mallory.peer))
      expect(faults).toEqual([])
    }
    const isOut = tabs.every((tab) => !tab.linkedWith().includes(mallory.peer))
    expect(isOut).toBe(headsEach > 1)
  })

  it('[R32] a card of one who has left brings it back to nobody', () => {
    const world = createRoomWorld(1)
    const tabs = gather(world, 20)
    const mallory = world.enter('mallory')
    world.run(10 * second)
    const [gone, ...others] = tabs.toReversed()
    if (gone === undefined) throw new Error('twenty tabs')
    world.leave(gone)
    world.run(30 * second)
    for (const to of mallory.linkedWith())
      world.hostile(mallory).send(to, { type: 'cards', cards: [fakeCard(gone.peer, [], 1)] })
    world.run(10 * second)
    expect(listFaults([...others, mallory])).toEqual([])
  })
})
