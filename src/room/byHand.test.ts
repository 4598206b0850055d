import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import type { Millis } from '../shared/ids.ts'
import {
  alice,
  bob,
  createBench,
  effectsOf,
  onlineBench,
  opened,
  posted,
  sentTo,
  sessionNumber,
} from './testing/roomBench.ts'
import { createRoomWorld, type RoomWorld, type Tab } from './testing/roomWorld.ts'
import { linkFaults } from './testing/worldChecks.ts'

const session = sessionNumber(1)
const offered = { type: 'handOffered', peer: alice, session, data: 'offer' } as const
const answered = { type: 'handAnswered', peer: alice, session, data: 'answer' } as const

describe('[R37] by hand', () => {
  it('an offer that people brought is answered, and waits for minutes without being shown', () => {
    const { feed, room, pass } = createBench({ brokers: 0 })
    const effects = feed(offered)
    expect(opened(effects)).toEqual([
      { type: 'openLink', peer: alice, session, initiator: false, byHand: true },
    ])
    expect(effectsOf(effects, 'signalLink')).toEqual([
      { type: 'signalLink', peer: alice, session, data: 'offer' },
    ])
    expect(effectsOf(pass(limits.handWaitMs - 1), 'closeLink')).toEqual([])
    expect(room.members()).toEqual([])
    feed({ type: 'linkOpened', peer: alice, session, route: 'direct' })
    expect(room.members()).toMatchObject([{ peer: alice, state: 'direct' }])
  })

  it('nobody who came is waited for in vain for ever', () => {
    const { feed, pass } = createBench({ brokers: 0 })
    feed(offered)
    expect(effectsOf(pass(limits.handWaitMs), 'closeLink')).toMatchObject([
      { session, reason: 'openTimeout' },
    ])
  })

  it('an answer that people brought opens the link that has offered', () => {
    const { feed, room, pass } = createBench({ brokers: 0 })
    const effects = feed(answered)
    expect(opened(effects)).toEqual([
      { type: 'openLink', peer: alice, session, initiator: true, byHand: true },
    ])
    expect(effectsOf(effects, 'signalLink')).toMatchObject([{ data: 'answer' }])
    expect(room.members()).toMatchObject([{ peer: alice, state: 'connecting' }])
    expect(effectsOf(pass(limits.handOpenTimeoutMs), 'closeLink')).toMatchObject([{ session }])
    expect(room.members()).toEqual([])
  })

  it('who is linked with us needs no other link', () => {
    const { feed, link } = onlineBench(bob)
    link(alice)
    expect(opened([...feed(offered), ...feed(answered)])).toEqual([])
  })

  it('takes the place of an attempt that is under way', () => {
    const { feed, dialed } = onlineBench(bob)
    const before = dialed(alice)
    const effects = feed(offered)
    expect(effectsOf(effects, 'closeLink')).toMatchObject([{ session: before, reason: 'superseded' }])
    expect(opened(effects)).toMatchObject([{ session, byHand: true }])
  })

  it('brings nobody in who is kept out', () => {
    const { feed, link } = onlineBench(bob)
    link(alice)
    feed({ type: 'peerMisbehaved', peer: alice, why: 'badPieces' })
    expect(opened([...feed(offered), ...feed(answered)])).toEqual([])
  })

  it('once open, is greeted as any other, and nothing was left at a broker', () => {
    const { feed } = onlineBench(bob)
    const effects = [
      ...feed(answered),
      ...feed({ type: 'linkOpened', peer: alice, session, route: 'direct' }),
    ]
    expect(sentTo(effects, alice).map(({ type }) => type)).toEqual(['card', 'roster'])
    expect(posted(effects)).toEqual([])
  })

  const seeds = Array.from({ length: 6 }, (_, seed) => seed + 1)

  it.each(seeds)('with no broker, members introduce those who came by hand (seed %i)', (seed) => {
    const world = createRoomWorld(seed, { brokers: 0 })
    const first = world.enter('first', { fresh: true })
    const tabs = [first]
    for (let at = 1; at < limits.membersMax; at++) {
      const next = world.enter(`tab${at}`)
      // Anybody who is in can bring in the next.
      carry(world, tabs[(seed * at) % tabs.length] ?? first, next, at, 60_000)
      tabs.push(next)
    }
    world.run(30_000)
    expect(linkFaults(world, tabs)).toEqual([])
  })

  it.each(seeds)('two rooms that one link by hand joins are one (seed %i)', (seed) => {
    const world = createRoomWorld(seed, { brokers: 0 })
    const tabs = Array.from({ length: 6 }, (_, at) => world.enter(`tab${at}`))
    const [a, b, c, d, e, f] = tabs
    if (!a || !b || !c || !d || !e || !f) throw new Error('six tabs')
    carry(world, a, b, 1, 1000)
    carry(world, a, c, 2, 1000)
    carry(world, d, e, 3, 1000)
    carry(world, d, f, 4, 1000)
    world.run(10_000)
    carry(world, c, f, 5, limits.handWaitMs / 2)
    world.run(30_000)
    expect(linkFaults(world, tabs)).toEqual([])
  })
})

/** People carry the offer of the one to the other, and its answer back. */
function carry(world: RoomWorld, from: Tab, to: Tab, number: number, waitMs: Millis): void {
  const between = sessionNumber(number)
  to.feed({ type: 'handOffered', peer: from.peer, session: between, data: 'offer' })
  world.links.signal(to, between, 'candidate')
  world.run(waitMs)
  from.feed({ type: 'handAnswered', peer: to.peer, session: between, data: 'answer' })
  world.links.signal(from, between, 'candidate')
  world.run(5000)
}
