import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { MemoryBroker } from '../signaling/testing/memorySignaling.ts'
import { SessionWorld } from './testing/sessionWorld.ts'

let world: SessionWorld
beforeEach(() => {
  world = new SessionWorld(1, new MemoryBroker({ sharesClaims: true }))
})
afterEach(() => world.close())

describe('at a broker that gives a door to whoever asks', () => {
  it('those meet who come to hold the same one at the same moment', async () => {
    const members = await Promise.all(['alice', 'bob', 'carol'].map((name) => world.join(name)))
    await world.linked(...members)
  })

  it('who made the room, and claims its door without a knock, meets who holds it already', async () => {
    const bob = await world.join('bob')
    await world.pass(10 * limits.doorAnswerMs)
    const alice = await world.join('alice', { fresh: true })
    await world.linked(alice, bob)
  })

  it('those meet who were thrown out, and come back and hold the same one, all together', async () => {
    const alice = await world.join('alice', { fresh: true })
    world.broker.switchOff()
    await world.pass(limits.doorAnswerMs)
    const bob = await world.join('bob')
    world.broker.switchOn()
    await world.linked(alice, bob)
    expect(alice.linkedNames()).toEqual(['bob'])
  })
})
