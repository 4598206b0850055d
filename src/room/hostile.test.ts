import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { createHostileMember, misdeeds } from './testing/hostileMember.ts'
import { hostileRun } from './testing/hostileRun.ts'
import { createRoomWorld } from './testing/roomWorld.ts'
import { crowd, doorsHeldBy, unlinkedPairs } from './testing/worldChecks.ts'

const second = 1000

describe('hostile members and a hostile broker', () => {
  it.each(misdeeds)(
    '[R27] honest members find each other though two members do nothing but this: %s',
    (how) => {
      for (const seed of [1, 2, 3])
        expect(hostileRun({ seed, only: [how], isBrokerHostile: false })).toEqual([])
    },
  )

  it.each([1, 2, 3, 4])('[R27] the same, all of it at once (seed %i)', (seed) => {
    expect(hostileRun({ seed })).toEqual([])
  })
})

describe('a broker that replays', () => {
  it.each([1])(
    '[R22] what it recorded of people who are gone makes nobody open a connection, at the other broker neither (seed %i)',
    (seed) => {
      const world = createRoomWorld(seed, { brokers: 2 })
      const alice = world.enter('alice', { fresh: true })
      const guests = crowd(world, 4)
      world.run(20 * second)
      const recorded = world.brokers.flatMap((broker) => broker.recorded())
      for (const tab of guests) world.leave(tab)
      world.run(3600 * second)
      const before = world.links.openedBy(alice)
      const posted = world.brokers.map((broker) => broker.posted())
      for (let step = 0; step < 50; step++) {
        for (const { to, sealed } of recorded) {
          for (const broker of world.brokers) {
            broker.slip(to, sealed)
            for (const at of [0, 1]) broker.slip(`alice-${at}`, sealed)
          }
        }
        world.run(200)
      }
      expect(world.links.openedBy(alice)).toBe(before)
      const answers = world.brokers.map((broker, at) => broker.posted() - (posted[at] ?? 0))
      // Each hello of a recording is answered once, and then known.
      expect(Math.max(...answers)).toBeLessThanOrEqual(limits.welcomesPerTenSecondsMax + 100)
      const late = world.enter('late')
      world.run(5 * second)
      expect(unlinkedPairs(world, [alice, late])).toEqual([])
    },
  )
})

describe('one that says it holds every door', () => {
  it.each([1, 2, 3])('[R25] keeps nobody from holding them, and no newcomer out (seed %i)', (seed) => {
    const world = createRoomWorld(seed)
    const honest = crowd(world, 3)
    const mallory = world.enter('mallory')
    world.run(20 * second)
    world.goOffline(mallory)
    const liar = createHostileMember(world, mallory, seed)
    world.brokers[0]?.setUp(false)
    world.run(second)
    world.brokers[0]?.setUp(true)
    for (let step = 0; step < 20; step++) {
      liar.misbehave('claimsAllDoors')
      world.run(second)
    }
    expect(doorsHeldBy(world, honest).length).toBeGreaterThanOrEqual(3)
    const late = world.enter('late')
    world.run(5 * second)
    expect(unlinkedPairs(world, [...honest, late])).toEqual([])
  })
})

describe('doors', () => {
  it('[R26] move at the end of the day, and the room moves with them', () => {
    const world = createRoomWorld(1, { untilMidnightMs: 30 * second })
    const tabs = crowd(world, 4)
    world.run(20 * second)
    const before = doorsHeldBy(world, tabs)
    world.run(20 * second)
    expect(before).toHaveLength(3)
    expect(doorsHeldBy(world, tabs)).toHaveLength(3)
    const late = world.enter('late')
    world.run(5 * second)
    expect(unlinkedPairs(world, [...tabs, late])).toEqual([])
  })

  it('[R26] one whose clock is a day ahead or behind is found, if later', () => {
    for (const aheadMs of [limits.epochMs, -limits.epochMs]) {
      const world = createRoomWorld(2)
      const tabs = crowd(world, 3)
      world.run(20 * second)
      const late = world.enter('late', { aheadMs })
      world.run(60 * second)
      expect(unlinkedPairs(world, [...tabs, late])).toEqual([])
    }
  })
})
