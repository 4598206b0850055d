import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { createRoomWorld, type RoomWorld, type Tab } from './testing/roomWorld.ts'
import { crowd, doorsHeldBy, linkFaults, told, unlinkedPairs } from './testing/worldChecks.ts'

const second = 1000
const minute = 60 * second
/** From knocking to a link over two slow brokers' legs, and the wait before a door is claimed. */
const meetMs = 4 * second
const seeds = Array.from({ length: 6 }, (_, seed) => seed + 1)

const expectLinked = (world: RoomWorld, tabs: readonly Tab[]) => expect(linkFaults(world, tabs)).toEqual([])

describe('meeting', () => {
  it.each(seeds)('[R1] a newcomer meets the maker of the room within two seconds (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const alice = world.enter('alice', { fresh: true })
    world.run(10 * second)
    const bob = world.enter('bob')
    world.run(2 * second)
    expectLinked(world, [alice, bob])
    expect(told(alice, bob.peer)).toEqual(['memberJoined'])
  })

  it.each(seeds)('[R2] two who open the link at the same moment meet (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs = [world.enter('alice'), world.enter('bob')]
    world.run(meetMs)
    expectLinked(world, tabs)
  })

  it.each(seeds)('[R2] two who both think that they made the room meet (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs = [world.enter('alice', { fresh: true }), world.enter('bob', { fresh: true })]
    world.run(meetMs)
    expectLinked(world, tabs)
  })

  it.each(seeds)('[R12] twelve who come together are all linked with all (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs = crowd(world, limits.membersMax)
    world.run(30 * second)
    expectLinked(world, tabs)
    for (const tab of tabs) {
      for (const other of tabs) if (other !== tab) expect(told(tab, other.peer).at(-1)).toBe('memberJoined')
    }
  })

  it.each(seeds.slice(0, 3))(
    '[R12] twelve who come one after the other are all linked with all (seed %i)',
    (seed) => {
      const world = createRoomWorld(seed)
      const tabs: Tab[] = []
      while (tabs.length < limits.membersMax) {
        tabs.push(world.enter(`tab${tabs.length}`, { fresh: tabs.length === 0 }))
        world.run(3 * second)
        expectLinked(world, tabs)
      }
    },
  )

  it.each(seeds)(
    '[R10] a newcomer who reaches one member reaches all, their broker gone (seed %i)',
    (seed) => {
      const world = createRoomWorld(seed)
      const tabs = crowd(world, 5, { fresh: true })
      world.run(20 * second)
      expectLinked(world, tabs)
      const holder = tabs.find((tab) => doorsHeldBy(world, [tab]).length > 0)
      for (const tab of tabs) if (tab !== holder) world.goOffline(tab)
      const newcomer = world.enter('newcomer')
      world.run(meetMs)
      expectLinked(world, [...tabs, newcomer])
    },
  )

  it.each(seeds)('[R3] a broker that comes late brings them together, too (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    world.brokers[0]?.setUp(false)
    const tabs = [world.enter('alice', { fresh: true }), world.enter('bob'), world.enter('carol')]
    world.run(minute)
    expect(tabs.flatMap((tab) => tab.linkedWith())).toEqual([])
    world.brokers[0]?.setUp(true)
    world.run(meetMs)
    expectLinked(world, tabs)
  })

  it.each(seeds)('[R3] a door held by a ghost does not keep people apart (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const ghost = world.enter('ghost', { fresh: true })
    world.run(second)
    expect(doorsHeldBy(world, [ghost])).toEqual([0])
    world.crash(ghost)
    const alice = world.enter('alice')
    world.run(5 * second)
    expect(doorsHeldBy(world, [alice])).toEqual([1])
    const bob = world.enter('bob')
    world.run(meetMs)
    expectLinked(world, [alice, bob])
  })

  it('[R1] with two brokers one that works is enough, and a second one does no harm', () => {
    const world = createRoomWorld(1, { brokers: 2 })
    world.brokers[0]?.setUp(false)
    const tabs = crowd(world, 4)
    world.run(10 * second)
    expectLinked(world, tabs)
    world.brokers[0]?.setUp(true)
    world.run(10 * second)
    expectLinked(world, tabs)
  })
})

describe('keeping doors', () => {
  it.each(seeds)('[R6] a room of four keeps three doors held, each by another member (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs: Tab[] = []
    for (const name of ['alice', 'bob', 'carol', 'dave']) {
      tabs.push(world.enter(name, { fresh: name === 'alice' }))
      world.run(10 * second)
    }
    expect(doorsHeldBy(world, tabs)).toEqual([0, 1, 2])
    for (const tab of tabs) expect(doorsHeldBy(world, [tab]).length).toBeLessThanOrEqual(1)
  })

  it.each(seeds)('[R6] when every holder of a door vanishes, newcomers still get in (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs: Tab[] = []
    for (const name of ['alice', 'bob', 'carol', 'dave', 'erin']) {
      tabs.push(world.enter(name, { fresh: name === 'alice' }))
      world.run(10 * second)
    }
    const left = tabs.filter((tab) => doorsHeldBy(world, [tab]).length === 0)
    expect(left.length).toBe(tabs.length - limits.doorsHeldTarget)
    for (const tab of tabs) if (!left.includes(tab)) world.crash(tab)
    world.run(limits.silenceMaxMs + 30 * second)
    expect(doorsHeldBy(world, left).length).toBe(left.length)
    const newcomer = world.enter('newcomer')
    world.run(meetMs)
    expect(unlinkedPairs(world, [...left, newcomer])).toEqual([])
  })

  it.each(seeds)('[R6] doors are held again after the broker was down (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs = [world.enter('alice', { fresh: true }), world.enter('bob'), world.enter('carol')]
    world.run(10 * second)
    world.brokers[0]?.setUp(false)
    world.run(minute)
    expectLinked(world, tabs)
    world.brokers[0]?.setUp(true)
    world.run(15 * second)
    expect(doorsHeldBy(world, tabs).length).toBe(3)
    expectLinked(world, tabs)
  })

  it.each(seeds)('[R5] two halves that do not know of each other find together (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const ones = [world.enter('alice', { fresh: true }), world.enter('bob')]
    world.run(10 * second)
    world.brokers[0]?.setUp(false)
    for (const tab of ones) world.goOffline(tab)
    world.brokers[0]?.setUp(true)
    const others = [world.enter('carol', { fresh: true }), world.enter('dave')]
    world.run(10 * second)
    expectLinked(world, ones)
    expectLinked(world, others)
    for (const tab of ones) world.goOnline(tab)
    world.run(2 * limits.knockLinkedMs)
    expectLinked(world, [...ones, ...others])
  })

  it('[R5] a settled room is a light guest: a knock now and then', () => {
    const world = createRoomWorld(7)
    const tabs = crowd(world, 6)
    world.run(minute)
    const before = world.brokers[0]?.posted() ?? 0
    world.run(10 * minute)
    const perTabAndMinute = ((world.brokers[0]?.posted() ?? 0) - before) / tabs.length / 10
    expect(perTabAndMinute).toBeLessThanOrEqual((limits.doors * minute) / limits.knockLinkedMs)
    expect(perTabAndMinute).toBeGreaterThan(0)
  })
})
