import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { createRoomWorld, type RoomWorld, type Tab } from './testing/roomWorld.ts'
import { areLinked, crowd, doorsHeldBy, linkFaults, told, unlinkedPairs } from './testing/worldChecks.ts'

const second = 1000
const minute = 60 * second
const seeds = Array.from({ length: 6 }, (_, seed) => seed + 1)

const expectLinked = (world: RoomWorld, tabs: readonly Tab[]) => expect(linkFaults(world, tabs)).toEqual([])

function twoLinked(seed: number) {
  const world = createRoomWorld(seed)
  const alice = world.enter('alice', { fresh: true })
  const bob = world.enter('bob')
  world.run(4 * second)
  expectLinked(world, [alice, bob])
  return { world, alice, bob }
}

describe('losing and finding again', () => {
  it.each(seeds)('[R15] a severed link is dialed again within seconds (seed %i)', (seed) => {
    const { world, alice, bob } = twoLinked(seed)
    world.links.sever(alice.peer, bob.peer)
    world.run(4 * second)
    expectLinked(world, [alice, bob])
    expect(told(alice, bob.peer)).toEqual(['memberJoined', 'memberLost', 'memberJoined'])
  })

  it.each(seeds)('[R14] a link that falls silent is dropped and dialed again (seed %i)', (seed) => {
    const { world, alice, bob } = twoLinked(seed)
    world.links.cut(alice.peer, bob.peer)
    world.run(limits.silenceMaxMs + 2 * limits.pingAfterMs)
    expectLinked(world, [alice, bob])
  })

  it.each(seeds)(
    '[R14] who vanished is missed by all within fifteen seconds, and by none twice (seed %i)',
    (seed) => {
      const world = createRoomWorld(seed)
      const tabs = crowd(world, 5)
      world.run(20 * second)
      const [alice, ...others] = tabs
      if (alice === undefined) throw new Error('five tabs')
      world.crash(alice)
      world.run(15 * second)
      for (const { room } of others) {
        expect(room.members().filter(({ peer }) => peer === alice.peer)).toMatchObject([{ state: 'lost' }])
      }
      expect(unlinkedPairs(world, others)).toEqual([])
    },
  )

  it.each(seeds)(
    '[R28] a path that is lost is found again through the others, without a broker, and nobody was lost (seed %i)',
    (seed) => {
      const world = createRoomWorld(seed)
      const tabs = crowd(world, 4)
      world.run(20 * second)
      world.brokers[0]?.setUp(false)
      const [alice, bob] = tabs
      if (alice === undefined || bob === undefined) throw new Error('four tabs')
      world.links.losePath(alice.peer, bob.peer)
      world.run(limits.doubtMaxMs)
      expectLinked(world, tabs)
      expect(told(alice, bob.peer)).toEqual(['memberJoined'])
      expect(told(bob, alice.peer)).toEqual(['memberJoined'])
      expect(world.links.openedBy(alice)).toBe(alice.linkedWith().length)
    },
  )

  it.each(seeds)(
    '[R28] a path lost while no broker can be reached is found as soon as one can (seed %i)',
    (seed) => {
      const { world, alice, bob } = twoLinked(seed)
      for (const tab of [alice, bob]) world.goOffline(tab)
      world.links.losePath(alice.peer, bob.peer)
      world.run(2 * second)
      for (const tab of [alice, bob]) world.goOnline(tab)
      world.run(limits.doubtMaxMs)
      expectLinked(world, [alice, bob])
      expect(told(alice, bob.peer)).toEqual(['memberJoined'])
      expect(told(bob, alice.peer)).toEqual(['memberJoined'])
      expect(world.links.openedBy(alice)).toBe(1)
    },
  )

  it.each(seeds)('[R28] who changes its network keeps its links by way of the broker (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs = crowd(world, 4)
    world.run(20 * second)
    const [alice, ...others] = tabs
    if (alice === undefined) throw new Error('four tabs')
    for (const other of others) world.links.losePath(alice.peer, other.peer)
    world.run(limits.doubtMaxMs)
    expectLinked(world, tabs)
    for (const other of others) expect(told(other, alice.peer)).toEqual(['memberJoined'])
  })

  it('[R14] hidden pages, whose timers go off once a second, stay linked and miss who vanishes', () => {
    const world = createRoomWorld(3)
    const names = ['alice', 'bob', 'carol']
    const [alice, ...others] = names.map((name) => world.enter(name, { timerGrainMs: second }))
    if (alice === undefined) throw new Error('three tabs')
    world.run(120 * minute)
    expectLinked(world, [alice, ...others])
    for (const other of others) expect(told(other, alice.peer)).toEqual(['memberJoined'])
    world.crash(alice)
    world.run(limits.silenceMaxMs + 2 * second)
    for (const other of others) expect(told(other, alice.peer)).toEqual(['memberJoined', 'memberLost'])
  })

  it('[R14] a quiet room stays linked for hours', () => {
    const { world, alice, bob } = twoLinked(3)
    world.run(120 * minute)
    expect(told(alice, bob.peer)).toEqual(['memberJoined'])
    expect(told(bob, alice.peer)).toEqual(['memberJoined'])
  })

  it.each(seeds)('[R15] one severed link of many heals through the others, no broker (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs = crowd(world, 5)
    world.run(20 * second)
    world.brokers[0]?.setUp(false)
    const [alice, bob] = tabs
    if (alice === undefined || bob === undefined) throw new Error('five tabs')
    world.links.sever(alice.peer, bob.peer)
    world.run(5 * second)
    expectLinked(world, tabs)
  })

  it.each(seeds)(
    '[R16] one who says goodbye is gone at once, and does not come back by hearsay (seed %i)',
    (seed) => {
      const world = createRoomWorld(seed)
      const tabs = crowd(world, 5)
      world.run(20 * second)
      const [alice, ...others] = tabs
      if (alice === undefined) throw new Error('five tabs')
      world.leave(alice)
      world.run(second)
      expectLinked(world, others)
      for (const tab of others) expect(told(tab, alice.peer).at(-1)).toBe('memberLeft')
      world.run(minute)
      expectLinked(world, others)
      expect(doorsHeldBy(world, [alice])).toEqual([])
    },
  )

  it('[R16] one who crashed is lost, and forgotten later', () => {
    const { world, alice, bob } = twoLinked(4)
    world.crash(bob)
    world.run(limits.silenceMaxMs + second)
    expect(alice.room.members()).toMatchObject([{ peer: bob.peer, state: 'lost' }])
    world.run(limits.lostForgetMs + limits.redialMaxMs)
    expect(alice.room.members()).toEqual([])
    expect(told(alice, bob.peer)).toEqual(['memberJoined', 'memberLost', 'memberLeft'])
    expect(world.links.endCount(alice)).toBe(0)
  })

  it.each(seeds)('[R17] a laptop that slept for an hour is back within fifteen seconds (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const tabs = crowd(world, 4)
    world.run(20 * second)
    const [alice] = tabs
    if (alice === undefined) throw new Error('four tabs')
    world.sleep(alice)
    world.run(60 * minute)
    world.wake(alice)
    world.run(15 * second)
    expectLinked(world, tabs)
  })

  it.each(seeds)('[R17] after a short sleep nobody was declared dead (seed %i)', (seed) => {
    const { world, alice, bob } = twoLinked(seed)
    world.sleep(alice)
    world.run(limits.silenceMaxMs / 2)
    world.wake(alice)
    world.run(20 * second)
    expectLinked(world, [alice, bob])
    expect(told(alice, bob.peer)).toEqual(['memberJoined'])
    expect(told(bob, alice.peer)).toEqual(['memberJoined'])
  })

  it('[R13] two who cannot link keep their links with the others, and try less and less', () => {
    const world = createRoomWorld(5)
    const [alice, bob, carol] = [world.enter('alice'), world.enter('bob'), world.enter('carol')]
    world.links.block(alice.peer, bob.peer)
    world.run(10 * minute)
    expect(areLinked(world, alice, carol)).toBe(true)
    expect(areLinked(world, bob, carol)).toBe(true)
    expect(alice.room.members().find(({ peer }) => peer === bob.peer)?.state).toBe('connecting')
    expect(world.links.endCount(alice)).toBeLessThanOrEqual(2)
  })
})

/** Comings, goings and accidents by the seed's will, then a quiet while in which everything must heal. */
function commotion(seed: number): { world: RoomWorld; tabs: Tab[] } {
  const world = createRoomWorld(seed)
  let tabs = crowd(world, 3)
  for (let step = 0; step < 20; step++) {
    world.run(1 + ((seed * 7919 + step * 104_729) % (12 * second)))
    const one = tabs[(seed + step) % tabs.length]
    const two = tabs[(seed + 2 * step + 1) % tabs.length]
    if (one === undefined || two === undefined) throw new Error('always somebody there')
    const event = (seed * 31 + step * 17) % 8
    if (event <= 1 && tabs.length < 9) tabs.push(world.enter(`late${step}`))
    else if (event === 2 && tabs.length > 2) {
      world.crash(one)
      tabs = tabs.filter((tab) => tab !== one)
    } else if (event === 3 && tabs.length > 2) {
      world.leave(one)
      tabs = tabs.filter((tab) => tab !== one)
    } else if (event === 4 && one !== two) world.links.sever(one.peer, two.peer)
    else if (event === 5 && one !== two) world.links.cut(one.peer, two.peer)
    else if (event === 6) world.brokers[0]?.setUp(false)
    else world.brokers[0]?.setUp(true)
  }
  world.brokers[0]?.setUp(true)
  world.run(5 * minute)
  return { world, tabs }
}

describe('many seeds', () => {
  const many = Array.from({ length: 20 }, (_, seed) => seed + 100)

  it.each(many)('[R12] after any commotion everyone is linked with everyone (seed %i)', (seed) => {
    const { world, tabs } = commotion(seed)
    expectLinked(world, tabs)
    for (const tab of tabs) {
      for (const other of tabs) if (other !== tab) expect(told(tab, other.peer).at(-1)).toBe('memberJoined')
      expect(world.links.endCount(tab)).toBe(tabs.length - 1)
    }
  })

  it('[R20] the same seed gives the same run', () => {
    const [one, two] = [commotion(100), commotion(100)]
    expect(one.world.brokers[0]?.posted()).toBe(two.world.brokers[0]?.posted())
    expect(one.tabs.map(({ reports }) => reports)).toEqual(two.tabs.map(({ reports }) => reports))
  })
})
