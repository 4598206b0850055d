import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { alice, bob, createBench, doorAt, effectsOf, onlineBench } from './testing/roomBench.ts'
import { createRoomWorld } from './testing/roomWorld.ts'
import { crowd, unlinkedPairs } from './testing/worldChecks.ts'

const second = 1000
const minute = 60 * second

describe('a broker that carries nothing', () => {
  it('[R36] is left by who holds a door there, and by who holds none', () => {
    for (const holdsDoor of [true, false]) {
      const { feed, pass } = createBench({ self: alice, fresh: holdsDoor })
      feed({ type: 'brokerOnline', broker: 0 })
      if (holdsDoor) feed({ type: 'doorHeld', ...doorAt(0) })
      else for (let door = 0; door < limits.doors; door++) feed({ type: 'doorTaken', ...doorAt(door) })
      const effects = pass(limits.ownLetterFirstMs + 3 * limits.doorCheckMs)
      expect(effectsOf(effects, 'brokerSilent')).toEqual([{ type: 'brokerSilent', broker: 0 }])
    }
  })

  it('[R36] is kept where our own letter comes back', () => {
    const { feed, pass, letter } = createBench({ self: alice, fresh: true })
    feed({ type: 'brokerOnline', broker: 0 })
    feed({ type: 'doorHeld', ...doorAt(0) })
    const effects = pass(limits.ownLetterFirstMs)
    const own = effectsOf(effects, 'sendLetter').find(({ letter: { signal } }) => signal.type === 'probe')
    expect(own?.doors).toEqual([doorAt(0)])
    if (own) letter(alice, own.letter.signal)
    expect(effectsOf(pass(limits.ownLetterMs / 2), 'brokerSilent')).toEqual([])
  })

  it('[R36] no member takes another’s letter for its own', () => {
    const { pass, letter } = onlineBench(alice)
    const effects = pass(limits.ownLetterFirstMs)
    const own = effectsOf(effects, 'sendLetter').find(({ letter: { signal } }) => signal.type === 'probe')
    if (own) letter(bob, own.letter.signal)
    expect(effectsOf(pass(3 * limits.doorCheckMs), 'brokerSilent')).toHaveLength(1)
  })

  it('[R36] keeps two who came while it did so apart only until they have found out', () => {
    const world = createRoomWorld(1)
    world.brokers[0]?.swallow(true)
    const tabs = crowd(world, 2)
    world.run(minute)
    expect(unlinkedPairs(world, tabs)).toHaveLength(1)
    world.brokers[0]?.swallow(false)
    world.run(minute)
    expect(unlinkedPairs(world, tabs)).toEqual([])
  })
})
