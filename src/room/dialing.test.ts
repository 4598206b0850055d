import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import {
  alice,
  bob,
  called,
  cardOf,
  carol,
  effectsOf,
  hello,
  manyPeers,
  onlineBench,
  opened,
  posted,
  rosterOf,
  sessionNumber,
} from './testing/roomBench.ts'
import { deviceOf } from './testing/fakeSigning.ts'

describe('attempts and losses', () => {
  it('[R13] an attempt that does not open is given up; a stranger is forgotten', () => {
    const { room, dialed, pass } = onlineBench(bob)
    const session = dialed(alice)
    const effects = pass(limits.linkOpenTimeoutMs)
    expect(effectsOf(effects, 'closeLink')).toEqual([
      { type: 'closeLink', peer: alice, session, reason: 'openTimeout' },
    ])
    expect(room.members()).toEqual([])
  })

  it('[R13] made-up rosters open no connection, and fill only so much memory', () => {
    const { room, link, hear, feed, pass } = onlineBench(alice)
    link(bob)
    const effects = Array.from({ length: 100 }, (_, group) => {
      const peers = Array.from({ length: limits.membersMax - 2 }, (_each, at) => manyPeers(group, at))
      feed({ type: 'peerHeard', peer: bob })
      return [...hear(bob, rosterOf(peers)), ...pass(1000)]
    })
    expect(opened(effects.flat())).toEqual([])
    expect(room.members().length).toBeLessThanOrEqual(limits.censusMax)
  })

  it('[R13] hellos without number open no connection, and so many are answered', () => {
    const { room, letter } = onlineBench(alice)
    const effects = Array.from({ length: 300 }, (_, at) => letter(manyPeers(0, at), hello)).flat()
    expect(opened(effects)).toEqual([])
    expect(room.members()).toEqual([])
    expect(effectsOf(effects, 'sendLetter')).toHaveLength(limits.welcomesPerTenSecondsMax)
  })

  it('[R13] welcomes without number open only so many connections', () => {
    const { welcome } = onlineBench(alice)
    const effects = Array.from({ length: 300 }, (_, at) => welcome(manyPeers(at, at))).flat()
    expect(opened(effects)).toHaveLength(2 * limits.membersMax)
  })

  it('[R13] one with many names and one mailbox has one attempt at a time; others come in beside it', () => {
    const { offer } = onlineBench(alice)
    const effects = Array.from({ length: 50 }, (_, at) => offer(manyPeers(0, at), sessionNumber(at))).flat()
    expect(opened(effects)).toHaveLength(1)
    expect(opened(offer(bob, sessionNumber(60)))).toHaveLength(1)
  })

  it('[R13] attempts that do not open make way for a newcomer after a few seconds', () => {
    const { offer, pass } = onlineBench(alice)
    for (let at = 0; at < 2 * limits.membersMax; at++) offer(manyPeers(at, at), sessionNumber(at))
    expect(opened(offer(bob, sessionNumber(60)))).toEqual([])
    pass(4000)
    const effects = offer(bob, sessionNumber(61))
    expect(effectsOf(effects, 'closeLink')).toMatchObject([{ reason: 'openTimeout' }])
    expect(opened(effects)).toMatchObject([{ peer: bob, initiator: false }])
  })

  it('[R31] however many members are made up, no more are called than a small room has', () => {
    const { room, link, hear } = onlineBench(alice)
    for (const liar of [bob, carol]) link(liar)
    const groups = Array.from({ length: 10 }, (_, group) =>
      Array.from({ length: limits.membersMax }, (_each, at) => manyPeers(group, at)),
    )
    const effects = groups.flatMap((group) => hear(bob, rosterOf(group)))
    expect(called(effects).length).toBeLessThanOrEqual(limits.membersMax)
    const strangers = room.members().filter(({ state }) => state === 'connecting')
    expect(strangers.length).toBeLessThanOrEqual(limits.membersMax)
  })

  it('[R13] a hello to a member that is not answered is given up, and said again later', () => {
    const { link, feed, pass } = onlineBench(alice)
    feed({ type: 'linkClosed', peer: bob, session: link(bob) })
    expect(called(pass(1.25 * limits.redialMinMs))).toEqual([bob])
    expect(called(pass(limits.callTimeoutMs))).toEqual([])
    expect(called(pass(2.5 * limits.redialMinMs))).toEqual([bob])
  })

  it('[R15] a lost member is dialed by the smaller id first, later and later', () => {
    const small = onlineBench(alice)
    const session = small.link(bob)
    small.feed({ type: 'linkClosed', peer: bob, session })
    expect(called(small.pass(0.75 * limits.redialMinMs - 1))).toEqual([])
    expect(called(small.pass(0.5 * limits.redialMinMs + 1))).toEqual([bob])
    expect(small.room.members()).toMatchObject([{ peer: bob, state: 'lost' }])

    const large = onlineBench(carol)
    const other = large.link(bob)
    large.feed({ type: 'linkClosed', peer: bob, session: other })
    expect(called(large.pass(1.75 * limits.redialMinMs - 1))).toEqual([])
    expect(called(large.pass(0.5 * limits.redialMinMs + 1))).toEqual([bob])
  })

  it('[R15] the waits between attempts double, and start anew once the link was back', () => {
    const { link, feed, pass } = onlineBench(alice)
    const redialWaitMs = () => {
      let ms = 0
      while (called(pass(100)).length === 0) ms += 100
      return ms
    }
    feed({ type: 'linkClosed', peer: bob, session: link(bob) })
    redialWaitMs()
    for (const factor of [2, 4]) {
      pass(limits.callTimeoutMs)
      const waitMs = redialWaitMs()
      expect(waitMs).toBeGreaterThan((0.75 * factor - 0.5) * limits.redialMinMs)
      expect(waitMs).toBeLessThan((1.25 * factor + 0.5) * limits.redialMinMs)
    }
    pass(limits.callTimeoutMs)
    feed({ type: 'linkClosed', peer: bob, session: link(bob) })
    expect(redialWaitMs()).toBeLessThanOrEqual(1.25 * limits.redialMinMs)
  })

  it('[R16] a lost member is not forgotten while another member is linked with it', () => {
    const { room, link, feed, pass, hear } = onlineBench(bob)
    link(alice)
    feed({ type: 'linkClosed', peer: carol, session: link(carol) })
    hear(alice, rosterOf([carol]))
    for (let passedMs = 0; passedMs < 2 * limits.lostForgetMs; passedMs += 1000) {
      feed({ type: 'peerHeard', peer: alice })
      pass(1000)
    }
    expect(room.members()).toMatchObject([{ peer: alice }, { peer: carol, state: 'lost' }])
    hear(alice, rosterOf([]))
    pass(limits.linkOpenTimeoutMs)
    expect(room.members()).toMatchObject([{ peer: alice }])
  })

  it('[R16] a lost page is forgotten when another of its device joins, as after a crash, and no other page is', () => {
    const { room, link, offer, greet, feed } = onlineBench(bob)
    feed({ type: 'linkClosed', peer: alice, session: link(alice) })
    expect(room.members()).toMatchObject([{ peer: alice, state: 'lost' }])
    link(carol)
    expect(room.members()).toMatchObject([{ peer: alice, state: 'lost' }, { peer: carol }])
    const again = manyPeers(0, 1)
    const session = sessionNumber(90)
    offer(again, session)
    feed({ type: 'linkOpened', peer: again, session, route: 'direct' })
    greet(again, [], deviceOf(alice))
    expect(room.members().map(({ peer }) => peer)).toEqual([carol, again])
  })

  it('[R15] the first link after a time alone is a way to those who were lost', () => {
    const { link, feed, pass, dialed } = onlineBench(alice)
    feed({ type: 'linkClosed', peer: bob, session: link(bob) })
    for (let attempt = 0; attempt < 4; attempt++) {
      while (called(pass(100)).length === 0);
      pass(limits.callTimeoutMs)
    }
    const session = dialed(carol)
    const effects = feed({ type: 'linkOpened', peer: carol, session, route: 'direct' })
    expect(called(effects)).toEqual([bob])
  })

  it('[R12] only a member itself says where it is reached', () => {
    const { link, hear, feed, pass, welcome } = onlineBench(alice)
    const old = link(bob)
    link(carol)
    const forged = { ...cardOf(bob, [], 7), mailboxes: [{ broker: 0, mailbox: 'wrong' }] }
    hear(carol, { type: 'roster', members: [forged], others: [] })
    feed({ type: 'linkClosed', peer: bob, session: old })
    hear(carol, { type: 'roster', members: [forged], others: [] })
    pass(2 * limits.redialMinMs)
    const session = opened(welcome(bob))[0]?.session
    if (session === undefined) throw new Error('not dialed')
    const effects = feed({ type: 'linkSignaled', peer: bob, session, kind: 'offer', data: 'sdp' })
    expect(posted(effects)).toMatchObject([{ mailbox: `mailbox-${bob.slice(0, 4)}` }])
  })

  it('[R12] the newest of its cards holds, whoever shows it', () => {
    const { link, hear, feed, pass } = onlineBench(alice)
    link(carol)
    feed({ type: 'linkClosed', peer: bob, session: link(bob) })
    const moved = [{ broker: 0, mailbox: 'moved' }]
    hear(carol, { type: 'roster', members: [cardOf(bob, moved, 2)], others: [] })
    hear(carol, { type: 'roster', members: [cardOf(bob, [{ broker: 0, mailbox: 'before' }], 0)], others: [] })
    expect(posted(pass(2 * limits.redialMinMs))).toMatchObject([{ mailbox: 'moved' }])
  })

  it('[R17] resumed: the waits start anew', () => {
    const { link, feed, pass } = onlineBench(alice)
    feed({ type: 'linkClosed', peer: bob, session: link(bob) })
    for (let attempt = 0; attempt < 4; attempt++) {
      while (called(pass(100)).length === 0);
      pass(limits.callTimeoutMs)
    }
    expect(called(feed({ type: 'resumed' }))).toEqual([bob])
    pass(limits.callTimeoutMs)
    expect(called(pass(1.25 * limits.redialMinMs))).toEqual([bob])
  })

  it('[R15] nobody is dialed whom no signal can reach', () => {
    const { link, feed, pass } = onlineBench(alice)
    const session = link(bob)
    feed({ type: 'brokerOffline', broker: 0 })
    feed({ type: 'linkClosed', peer: bob, session })
    expect(called(pass(60_000))).toEqual([])
    expect(called([...feed({ type: 'brokerOnline', broker: 0 }), ...pass(0)])).toEqual([bob])
  })
})
