import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { randomBytes } from '../shared/random.ts'
import { DiskFile, SessionWorld } from './testing/sessionWorld.ts'

let world: SessionWorld
beforeEach(() => {
  world = new SessionWorld(1)
})
afterEach(() => world.close())

describe('a member that sends spoiled pieces', () => {
  it('[R19] is dropped by who got them, and does not come back however it tries', async () => {
    const mallory = await world.join('mallory', { fresh: true, spoilsBlocks: true })
    const [bob, carol] = [await world.join('bob'), await world.join('carol')]
    await world.linked(mallory, bob, carol)
    mallory.offer(new DiskFile('bait.bin', randomBytes(world.random, 10 * limits.pieceSizeMinBytes)))
    await bob.take('bait.bin')
    await world.until(() => bob.said.some(({ code }) => code === 'memberBanned'), 'mallory is banned')
    await world.pass(limits.viewIntervalMs)
    expect(bob.said.map(({ code }) => code)).not.toContain('memberLeft')
    // So that nothing but the ban keeps it out.
    bob.press('cancel', 'bait.bin')

    const seen = new Set<string>()
    for (let passedMs = 0; passedMs < 120_000; passedMs += 1000) {
      mallory.session.resumeRoom()
      await world.pass(1000)
      for (const name of bob.linkedNames()) seen.add(name)
    }
    expect([...seen]).toEqual(['carol'])
    expect(mallory.linkedNames()).toEqual(['carol'])
  })
})
