import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { createRoomWorld, type RoomWorld, type Tab } from './testing/roomWorld.ts'
import { crowd, linkFaults, unlinkedPairs } from './testing/worldChecks.ts'

const second = 1000
const minute = 60 * second
const seeds = Array.from({ length: 12 }, (_, seed) => seed + 1)

/** When, after now, all of them are one room; Infinity if not within two minutes. */
function healedAfterMs(world: RoomWorld, tabs: readonly Tab[]): number {
  const from = world.now()
  while (world.now() - from < 2 * minute) {
    if (unlinkedPairs(world, tabs).length === 0) return world.now() - from
    world.run(second)
  }
  return Infinity
}

/** Two groups that know nothing of each other: each is at a broker of its own, a third is reached by nobody yet. */
function twoGroups(seed: number) {
  const world = createRoomWorld(seed, { brokers: 3 })
  const groups = [0, 1].map((at) =>
    Array.from({ length: 3 }, (_, place) => {
      const tab = world.enter(`group${at}tab${place}`, { fresh: place === 0, online: false })
      world.goOnline(tab, at)
      return tab
    }),
  )
  world.run(30 * second)
  for (const group of groups) expect(unlinkedPairs(world, group)).toEqual([])
  const tabs = groups.flat()
  expect(unlinkedPairs(world, tabs)).toHaveLength(9)
  return { world, groups, tabs }
}

describe('a split room', () => {
  it.each(seeds)('[R30] is one within a minute after all reach one broker (seed %i)', (seed) => {
    const { world, tabs } = twoGroups(seed)
    for (const tab of tabs) world.goOnline(tab, 2)
    expect(healedAfterMs(world, tabs)).toBeLessThan(minute)
    world.run(limits.knockLinkedMs)
    expect(linkFaults(world, tabs)).toEqual([])
  })

  it.each(seeds)(
    '[R30] is one within a minute after one member of each reaches one broker (seed %i)',
    (seed) => {
      const { world, groups, tabs } = twoGroups(seed)
      for (const tab of groups.flatMap((group) => group.slice(-1))) world.goOnline(tab, 2)
      expect(healedAfterMs(world, tabs)).toBeLessThan(minute)
    },
  )

  it.each(seeds)(
    '[R30] is one within a minute after its broker came back with an empty memory (seed %i)',
    (seed) => {
      const { world, groups, tabs } = twoGroups(seed)
      // The first group lost its broker; the others come to it while it is down.
      world.brokers[0]?.setUp(false)
      for (const tab of groups[1] ?? []) world.goOnline(tab, 0)
      world.run(minute)
      world.brokers[0]?.setUp(true)
      expect(healedAfterMs(world, tabs)).toBeLessThan(minute)
    },
  )
})

describe('a broker that is slow', () => {
  it.each(seeds)(
    '[R1] and answers each word after seconds brings a crowd together all the same (seed %i)',
    (seed) => {
      const world = createRoomWorld(seed)
      world.brokers[0]?.slowDown(30)
      const tabs = crowd(world, 5)
      world.run(minute)
      expect(linkFaults(world, tabs)).toEqual([])
    },
  )
})

describe('a broker that is gone for ever', () => {
  it.each(seeds.slice(0, 4))(
    '[R15] is missed by no member: who is lost is found again through the others (seed %i)',
    (seed) => {
      const world = createRoomWorld(seed)
      const tabs = crowd(world, 6)
      world.run(20 * second)
      world.brokers[0]?.setUp(false)
      for (const [at, one] of tabs.entries()) {
        const other = tabs[(at + 2) % tabs.length]
        if (other === undefined) throw new Error('six tabs')
        world.links.sever(one.peer, other.peer)
        world.run(20 * second)
      }
      world.run(5 * minute)
      expect(linkFaults(world, tabs)).toEqual([])
    },
  )
})
