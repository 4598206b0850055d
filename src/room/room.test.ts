import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { RoomEffect } from './io.ts'
import {
  alice,
  bob,
  carol,
  createBench,
  doorAt,
  effectsOf,
  hello,
  leftAtDoors,
  manyPeers,
  peerNumber,
  posted,
  rosterOf,
  sentTo,
  sessionNumber,
  today,
  passHearing,
} from './testing/roomBench.ts'

const allDoors = Array.from({ length: limits.doors }, (_, door) => door)
const doorsPosted = (effects: readonly RoomEffect[]) => leftAtDoors(effects).map(({ door }) => door)
const doorsClaimed = (effects: readonly RoomEffect[]) =>
  effectsOf(effects, 'claimDoor').map(({ door }) => door)
const reportTypes = (effects: readonly RoomEffect[]) =>
  effectsOf(effects, 'report').map(({ report }) => report.type)
const online = { type: 'brokerOnline', broker: 0 } as const

describe('doors', () => {
  it('[R1] a newcomer leaves one and the same hello at every door', () => {
    const { feed } = createBench()
    const effects = feed(online)
    expect(doorsPosted(effects)).toEqual(allDoors)
    expect(effectsOf(effects, 'sendLetter')).toHaveLength(1)
    expect(leftAtDoors(effects)[0]?.letter).toMatchObject({
      to: null,
      mailboxes: [{ broker: 0, mailbox: 'own-0' }],
    })
  })

  it('[R1] a hello is answered with a welcome to the mailbox in it, a welcome with an offer', () => {
    const { feed, letter, welcome } = createBench()
    feed(online)
    const mailbox = `mailbox-${carol.slice(0, 4)}`
    expect(posted(letter(carol, hello))).toMatchObject([{ mailbox, letter: { to: carol } }])
    const [open] = effectsOf(welcome(carol), 'openLink')
    if (open === undefined) throw new Error('no offer')
    expect(open).toMatchObject({ peer: carol, initiator: true })
    const { session } = open
    const signaled = feed({ type: 'linkSignaled', peer: carol, session, kind: 'offer', data: 'sdp' })
    expect(posted(signaled)).toMatchObject([
      { mailbox, letter: { to: carol, signal: { data: 'sdp', echo: 'welcome' } } },
    ])
  })

  it('[R2] the maker of a room claims its first door without asking', () => {
    const { feed } = createBench({ fresh: true })
    const effects = feed(online)
    expect(doorsClaimed(effects)).toEqual([0])
    expect(doorsPosted(effects)).toEqual([])
  })

  it('[R2] one whom nobody answers claims a door after a while, not before', () => {
    const { feed, pass } = createBench()
    feed(online)
    expect(doorsClaimed(pass(limits.doorAnswerMs - 1))).toEqual([])
    expect(doorsClaimed(pass(1))).toEqual([0])
  })

  it('[R2] one whom somebody answers claims nothing while the link is being made', () => {
    const { feed, pass, welcome } = createBench()
    feed(online)
    welcome(alice)
    expect(doorsClaimed(pass(limits.linkOpenTimeoutMs - 1))).toEqual([])
    expect(doorsClaimed(pass(limits.doorAnswerMs + 1))).toEqual([0])
  })

  it('[R3] a door that is taken gets a hello, and the next one is claimed if that stays unanswered', () => {
    const { feed, pass } = createBench({ fresh: true })
    feed(online)
    expect(doorsPosted(feed({ type: 'doorTaken', ...doorAt(0) }))).toEqual([0])
    expect(doorsClaimed(pass(limits.doorAnswerMs))).toEqual([1])
  })

  it('[R3] one who holds a door and is alone knocks at all the others', () => {
    const { feed, pass } = createBench({ fresh: true })
    feed(online)
    feed({ type: 'doorHeld', ...doorAt(0) })
    pass(limits.doorAnswerMs)
    const all = leftAtDoors(pass(10 * limits.knockAloneMs)).filter(
      ({ letter }) => letter.signal.type === 'hello',
    )
    const knocks = all.filter(({ epoch }) => epoch === today)
    expect(new Set(all.map(({ epoch }) => epoch))).toEqual(new Set([today - 1, today, today + 1]))
    expect(new Set(knocks.map(({ door }) => door))).toEqual(new Set(allDoors.slice(1)))
    expect(knocks.length / (limits.doors - 1)).toBeGreaterThanOrEqual(8)
    expect(knocks.length / (limits.doors - 1)).toBeLessThanOrEqual(14)
  })

  it('a door that others may hold as well gets a hello once it is ours, and each time the others do', () => {
    const { feed, pass } = createBench({ fresh: true })
    feed(online)
    expect(doorsPosted(feed({ type: 'doorShared', ...doorAt(0) }))).toEqual([0])
    const knocks = leftAtDoors(pass(3 * limits.knockAloneMs)).filter(({ epoch }) => epoch === today)
    expect(new Set(knocks.map(({ door }) => door))).toEqual(new Set(allDoors))
    expect(doorsClaimed(pass(60_000))).toEqual([])
  })

  it('[R3] nothing is done at a broker that is offline', () => {
    const { feed, pass, started } = createBench({ fresh: true })
    expect(started).toEqual([])
    expect(pass(60_000)).toEqual([])
    feed(online)
    feed({ type: 'brokerOffline', broker: 0 })
    expect(pass(60_000)).toEqual([])
  })

  it('[R5] a linked member knocks at the doors nobody it knows holds', () => {
    const { feed, pass, link } = createBench()
    feed(online)
    link(alice, [doorAt(0)])
    const effects = passHearing({ pass, feed }, 9 * limits.knockLinkedMs)
    expect(doorsPosted(effects)).not.toContain(0)
    expect(doorsPosted(effects)).toContain(7)
    expect(doorsPosted(effects).length).toBeLessThanOrEqual(12 * limits.knockLinkedDoors)
  })

  it('[R6] the member first in order of those without a door claims the lowest free one', () => {
    const first = createBench({ self: bob })
    first.feed(online)
    first.link(alice, [doorAt(0)])
    first.link(carol)
    expect(doorsClaimed(first.pass(1000))).toEqual([])
    expect(doorsClaimed(first.pass(500))).toEqual([1])

    const second = createBench({ self: carol })
    second.feed(online)
    second.link(alice, [doorAt(0)])
    second.link(bob)
    expect(doorsClaimed(second.pass(2900))).toEqual([])
    expect(doorsClaimed(second.pass(600))).toEqual([1])
  })

  it('[R6] nobody claims a fourth door', () => {
    const { feed, pass, link } = createBench({ self: alice })
    feed(online)
    for (const number of [2, 3, 4]) link(peerNumber(number), [doorAt(number - 2)])
    expect(doorsClaimed(pass(limits.pingAfterMs))).toEqual([])
  })

  it('[R6] a lost door is claimed again, and the others are told what we hold', () => {
    const { feed, pass, link } = createBench({ self: alice, fresh: true })
    feed(online)
    feed({ type: 'doorHeld', ...doorAt(0) })
    link(bob)
    const lost = feed({ type: 'doorLost', ...doorAt(0) })
    expect(sentTo(lost, bob)).toMatchObject([{ type: 'card', card: { doors: [] } }])
    expect(doorsClaimed(pass(1500))).toEqual([0])
    const held = feed({ type: 'doorHeld', ...doorAt(0) })
    expect(sentTo(held, bob)).toMatchObject([{ type: 'card', card: { doors: [doorAt(0)] } }])
  })
})

describe('waking', () => {
  it('[R20] asks to be woken for the earliest deadline, and again after an early wake-up', () => {
    const { feed } = createBench()
    const [asked] = effectsOf(feed(online), 'wakeAt')
    expect(asked).toEqual({ type: 'wakeAt', at: 1000 + limits.doorAnswerMs, why: 'knock' })
    expect(effectsOf(feed({ type: 'woke' }), 'wakeAt')).toEqual([asked])
    expect(feed({ type: 'brokerOffline', broker: 5 })).toEqual([])
  })
})

describe('parting', () => {
  it('[R16] who leaves says goodbye, closes everything and frees its doors', () => {
    const { room, feed, link, offer } = createBench({ fresh: true })
    feed(online)
    feed({ type: 'doorHeld', ...doorAt(0) })
    link(alice)
    offer(carol, sessionNumber(1))
    const effects = feed({ type: 'left' })
    expect(sentTo(effects, alice)).toEqual([{ type: 'bye' }])
    expect(effectsOf(effects, 'closeLink').map(({ peer }) => peer)).toEqual([alice, carol])
    expect(effectsOf(effects, 'releaseDoor')).toEqual([{ type: 'releaseDoor', ...doorAt(0) }])
    expect(feed(online)).toEqual([])
    expect(room.members()).toEqual([])
  })

  it('[R16] who said goodbye is forgotten at once, whatever rosters say', () => {
    const { room, feed, hear, link } = createBench()
    feed(online)
    link(alice)
    link(carol)
    expect(reportTypes(hear(alice, { type: 'bye' }))).toEqual(['memberLeft'])
    hear(carol, rosterOf([alice]))
    expect(room.members().map(({ peer }) => peer)).toEqual([carol])
  })

  it('[R18] who comes on top of all links is shown whom else there is, and let go', () => {
    const { room, feed, link, offer } = createBench({ self: alice })
    feed(online)
    for (let at = 0; at < limits.linksEverMax; at++) link(manyPeers(at, at))
    const late = peerNumber(30)
    const session = sessionNumber(1)
    offer(late, session)
    const effects = feed({ type: 'linkOpened', peer: late, session, route: 'direct' })
    expect(sentTo(effects, late).map(({ type }) => type)).toEqual(['cards', 'giveWay'])
    expect(effectsOf(effects, 'closeLink')).toMatchObject([{ peer: late, reason: 'gaveWay' }])
    expect(reportTypes(effects)).toEqual([])
    expect(room.members().length).toBe(limits.linksEverMax)
  })

  it.each([
    ['who answers', true],
    ['and not who is silent: that it is lost is for all to hear', false],
  ])('[R31] of too many links that of one with many makes way, %s', (_, answers) => {
    const { room, link, hear, feed, pass } = createBench({ self: alice })
    feed(online)
    const others = Array.from({ length: limits.linksMax }, (_each, at) => manyPeers(at, at))
    for (const peer of others) link(peer)
    const [popular] = others
    if (popular === undefined) throw new Error('there are others')
    const far = Array.from({ length: limits.linksMin + 1 }, (_each, at) => manyPeers(99, at))
    hear(popular, { type: 'roster', members: [], others: far })
    const live = (ms: number, silent: readonly PeerId[]): void => {
      for (let passedMs = 0; passedMs < ms; passedMs += 1000) {
        for (const peer of others) if (!silent.includes(peer)) feed({ type: 'peerHeard', peer })
        pass(1000)
      }
    }
    live(limits.linkYoungMs, [])
    live(limits.pingAfterMs + 1000, answers ? [] : [popular])
    link(manyPeers(50, 50))
    live(1000, answers ? [] : [popular])
    const state = room.members().find(({ peer }) => peer === popular)?.state
    expect(state).toBe(answers ? 'reachable' : 'direct')
  })
})
