import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { createBans } from './bans.ts'
import type { RoomEffect } from './io.ts'
import { deviceOf, fakeCard } from './testing/fakeSigning.ts'
import {
  alice,
  bob,
  carol,
  effectsOf,
  hello,
  manyPeers,
  onlineBench,
  opened,
  peerNumber,
  rosterOf,
  sentTo,
  sessionNumber,
  signalsTo,
} from './testing/roomBench.ts'

const reports = (effects: readonly RoomEffect[]) =>
  effectsOf(effects, 'report').map(({ report }) => [report.type, report.peer])
const misbehaved = (peer = alice) => ({ type: 'peerMisbehaved', peer, why: 'badPieces' }) as const

describe('one that misbehaves', () => {
  it('[R19] with malformed messages is dropped after some of them, and banned', () => {
    const { room, feed, link, letter } = onlineBench(bob)
    link(alice)
    const fault = { type: 'messageFaulted', peer: alice, fault: 'malformed' } as const
    for (let strike = 1; strike < limits.strikesMax; strike++) {
      expect(effectsOf(feed(fault), 'closeLink')).toEqual([])
    }
    const last = feed(fault)
    expect(effectsOf(last, 'closeLink')).toMatchObject([{ peer: alice, reason: 'misbehaved' }])
    expect(reports(last)).toEqual([['memberBanned', alice]])
    expect(effectsOf(letter(alice, hello), 'sendLetter')).toEqual([])
    expect(room.members()).toEqual([])
  })

  it('[R19] in the swarm is closed and banned at once, and reported as banned, not as left', () => {
    const { room, feed, link } = onlineBench(bob)
    const session = link(alice)
    const effects = feed(misbehaved())
    expect(effectsOf(effects, 'closeLink')).toEqual([
      { type: 'closeLink', peer: alice, session, reason: 'misbehaved' },
    ])
    expect(reports(effects)).toEqual([['memberBanned', alice]])
    expect(reports(feed({ type: 'linkClosed', peer: alice, session }))).toEqual([])
    expect(room.members()).toEqual([])
  })

  it('[R19] has its attempt closed when its link is gone and another under way', () => {
    const { room, feed, link, dialed } = onlineBench(bob)
    feed({ type: 'linkClosed', peer: alice, session: link(alice) })
    const session = dialed(alice)
    expect(effectsOf(feed(misbehaved()), 'closeLink')).toMatchObject([{ session, reason: 'misbehaved' }])
    expect(room.members()).toEqual([])
    const late = feed({ type: 'linkOpened', peer: alice, session, route: 'direct' })
    expect(effectsOf(late, 'closeLink')).toMatchObject([{ session, reason: 'superseded' }])
  })

  it('[R19] comes back by no letter, roster or card within the ban, and is not told of us', () => {
    const { room, feed, hear, link, letter, pass, welcomeNonce } = onlineBench(bob)
    link(alice)
    link(carol)
    const echo = welcomeNonce(alice)
    feed(misbehaved())
    expect(sentTo(pass(200), carol)).toContainEqual({ type: 'roster', members: [], others: [] })

    const session = sessionNumber(1)
    const attempts = () => [
      ...letter(alice, hello, { to: bob }),
      ...letter(alice, { type: 'candidate', session, data: 'candidate' }),
      ...letter(alice, { type: 'offer', session, data: 'sdp', echo }),
      ...hear(carol, rosterOf([alice])),
    ]
    for (let passedMs = 0; passedMs < 120_000; passedMs += 5000) {
      const effects = [...attempts(), ...pass(5000)]
      expect(effectsOf(effects, 'openLink')).toEqual([])
      expect(signalsTo(effects, alice)).toEqual([])
      expect(effectsOf(hear(carol, { type: 'pong' }), 'openLink')).toEqual([])
    }
    expect(room.members().map(({ peer }) => peer)).toEqual([carol])
  })

  it('[R19] its device comes back under no other id', () => {
    const { room, feed, hear, link, offer, greet } = onlineBench(bob)
    link(alice)
    link(carol)
    feed(misbehaved())
    const again = peerNumber(9)
    hear(carol, { type: 'roster', members: [fakeCard(again, [], 1, deviceOf(alice))], others: [] })
    expect(room.members().map(({ peer }) => peer)).toEqual([carol])
    const session = sessionNumber(1)
    offer(again, session)
    feed({ type: 'linkOpened', peer: again, session, route: 'direct' })
    const effects = greet(again, [], deviceOf(alice))
    expect(effectsOf(effects, 'closeLink')).toEqual([
      { type: 'closeLink', peer: again, session, reason: 'misbehaved' },
    ])
    expect(effectsOf(effects, 'report').map(({ report }) => report.type)).toEqual(['memberBanned'])
  })

  it('[R19] nobody is banned for what others say of it', () => {
    const { room, hear, link } = onlineBench(bob)
    for (const peer of [alice, carol]) link(peer)
    const forged = { ...fakeCard(carol, [], 5), proof: 'forged' }
    const stranger = { ...fakeCard(peerNumber(9), [], 5), proof: 'forged' }
    for (let strike = 0; strike < limits.strikesMax; strike++)
      hear(alice, { type: 'roster', members: [forged, stranger], others: [] })
    expect(room.members().map(({ peer }) => peer)).toEqual([carol])
  })

  it('[R19] may come in again once the ban is over, and is not fed what it signaled before', () => {
    const { feed, link, letter, offer, pass } = onlineBench(bob)
    link(alice)
    feed(misbehaved())
    const session = sessionNumber(1)
    letter(alice, { type: 'candidate', session, data: 'early' })
    pass(limits.banMs - 1)
    expect(effectsOf(letter(alice, hello, { to: bob }), 'sendLetter')).toEqual([])
    pass(1)
    const effects = offer(alice, session)
    expect(opened(effects)).toMatchObject([{ peer: alice, initiator: false }])
    expect(effectsOf(effects, 'signalLink').map(({ data }) => data)).toEqual(['sdp'])
  })

  it('[R19] need not have been seen before', () => {
    const { feed, letter } = onlineBench(bob)
    expect(reports(feed(misbehaved()))).toEqual([])
    expect(effectsOf(letter(alice, hello, { to: bob }), 'sendLetter')).toEqual([])
  })
})

describe('the list of bans', () => {
  it('[R19] keeps a ban to its end, however many others come after it', () => {
    const bans = createBans()
    bans.add(alice, 0)
    for (let at = 0; at < 3 * limits.bansMax; at++) bans.add(manyPeers(1, at), 1)
    expect(bans.has(alice, limits.banMs - 1)).toBe(true)
    expect(bans.has(alice, limits.banMs)).toBe(false)
  })

  it('[R19] is bounded, and has room again as bans end', () => {
    const bans = createBans()
    const peers = Array.from({ length: limits.bansMax + 1 }, (_, at) => manyPeers(1, at))
    for (const peer of peers) bans.add(peer, 0)
    expect(peers.filter((peer) => bans.has(peer, 0))).toHaveLength(limits.bansMax)
    bans.add(bob, limits.banMs)
    expect(bans.has(bob, limits.banMs)).toBe(true)
  })

  it('[R19] counts a ban from the last misdeed', () => {
    const bans = createBans()
    bans.add(alice, 0)
    bans.add(bob, 1)
    bans.add(alice, 1000)
    expect(bans.has(alice, limits.banMs + 999)).toBe(true)
    bans.add(carol, limits.banMs + 999)
    expect(bans.has(alice, limits.banMs + 999)).toBe(true)
    expect(bans.has(bob, limits.banMs + 999)).toBe(false)
  })
})
