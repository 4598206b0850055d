import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { randomBytes } from '../shared/random.ts'
import { MemoryClock } from '../shared/testing/memoryClock.ts'
import type { NoticeMessage } from './view.ts'
import { DiskFile, SessionWorld } from './testing/sessionWorld.ts'
import type { Member } from './testing/testMember.ts'
import { WhileAway } from './whileAway.ts'

let world: SessionWorld
beforeEach(() => {
  world = new SessionWorld(1)
})
afterEach(() => world.close())

const file = (name: string, sizeBytes: number): DiskFile =>
  new DiskFile(name, randomBytes(world.random, sizeBytes))

/** Somebody who looks at the member's page, or does not. */
function watcherOf(member: Member) {
  const clock = new MemoryClock()
  const said: NoticeMessage[] = []
  let wallMs = 0
  const away = new WhileAway({
    view: () => member.view,
    notices: { add: (_, message) => void said.push(message) },
    clock,
    wallMs: () => wallMs,
  })
  return {
    said,
    hidden: () => away.hidden(),
    /** Looks again after so long. */
    shownAfter(awayMs: number): void {
      wallMs += awayMs
      away.shown()
    },
    catchUp: () => clock.advanceTo(clock.now() + limits.catchUpMs),
  }
}

describe('who comes back to the page', () => {
  it('is told who came and left, what is complete, what is new and how far a download got', async () => {
    const alice = await world.join('alice', { fresh: true, uploadLimitBytesPerSecond: 30_000 })
    const bob = await world.join('bob')
    const carol = await world.join('carol')
    await world.linked(alice, bob, carol)
    alice.offer(file('large.bin', 3_000_000))
    carol.offer(file('small.bin', 40_000))
    await world.until(() => bob.shareNamed('small.bin') !== null, 'bob sees it')
    await bob.take('large.bin')
    await bob.has('large.bin', 'downloading')
    const watcher = watcherOf(bob)
    watcher.hidden()
    await bob.takeWhole('small.bin')
    carol.session.close()
    const dave = await world.join('dave')
    await world.linked(alice, bob, dave)
    dave.offer(file('new.bin', 10))
    await world.until(() => bob.shareNamed('new.bin') !== null, 'bob sees what is new')
    watcher.shownAfter(limits.awayMinMs)
    expect(watcher.said).toEqual([])
    watcher.catchUp()
    const [message, ...more] = watcher.said
    expect(more).toEqual([])
    expect(message).toMatchObject({
      code: 'whileAway',
      missed: {
        awayMs: limits.awayMinMs,
        came: ['dave'],
        left: ['carol'],
        finished: ['small.bin'],
        offered: ['new.bin'],
        underWay: { name: 'large.bin' },
      },
    })
    if (message?.code !== 'whileAway') throw new Error('what was missed')
    const { underWay } = message.missed
    expect(underWay?.toFraction).toBeGreaterThan(underWay?.fromFraction ?? 1)
  })

  it('is told nothing after a short while, nor where nothing happened', async () => {
    const alice = await world.join('alice', { fresh: true })
    const watcher = watcherOf(alice)
    watcher.hidden()
    watcher.shownAfter(limits.awayMinMs)
    watcher.catchUp()
    watcher.hidden()
    const bob = await world.join('bob')
    await world.linked(alice, bob)
    watcher.shownAfter(limits.awayMinMs - 1)
    watcher.catchUp()
    expect(watcher.said).toEqual([])
  })

  it('and goes again at once, is told of all of it the next time', async () => {
    const alice = await world.join('alice', { fresh: true })
    const watcher = watcherOf(alice)
    watcher.hidden()
    const bob = await world.join('bob')
    await world.linked(alice, bob)
    watcher.shownAfter(limits.awayMinMs)
    watcher.hidden()
    watcher.catchUp()
    expect(watcher.said).toEqual([])
    watcher.shownAfter(1000)
    watcher.catchUp()
    expect(watcher.said).toMatchObject([{ code: 'whileAway', missed: { came: ['bob'] } }])
  })

  it('is not told of somebody who reloaded the page', async () => {
    const device = await world.device()
    const alice = await world.join('alice', { fresh: true })
    const bob = await world.join('bob', { on: device })
    await world.linked(alice, bob)
    const watcher = watcherOf(alice)
    watcher.hidden()
    bob.session.close()
    const again = await world.join('bob', { on: device })
    await world.linked(alice, again)
    watcher.shownAfter(limits.awayMinMs)
    watcher.catchUp()
    expect(watcher.said).toEqual([])
  })
})
