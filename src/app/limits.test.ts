import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { DiskFile, SessionWorld } from './testing/sessionWorld.ts'

let world: SessionWorld
beforeEach(() => {
  world = new SessionWorld(1)
})
afterEach(() => world.close())

describe('who offers more than the others keep track of', () => {
  it('[S24] is told, and so are they', async () => {
    const alice = await world.join('alice', { fresh: true })
    const bob = await world.join('bob')
    await world.linked(alice, bob)
    const empty = new Uint8Array(0)
    for (let at = 0; at <= limits.sharesPerPeerMax; at++) alice.offer(new DiskFile(`${at}.txt`, empty))
    await world.until(() => bob.said.some(({ code }) => code === 'theirSharesIgnored'), 'bob is told')
    await world.until(() => alice.said.some(({ code }) => code === 'ourSharesIgnored'), 'alice is told')
    expect(bob.said).toContainEqual({ code: 'theirSharesIgnored', name: 'alice' })
    expect(alice.said).toContainEqual({ code: 'ourSharesIgnored', name: 'bob' })
    await world.pass(limits.viewIntervalMs)
    expect(bob.view.shares.length).toBe(limits.sharesPerPeerMax)
  })
})
