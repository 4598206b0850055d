import { describe, expect, it } from 'vitest'
import type { LinkSession, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { assert } from '../shared/result.ts'
import {
  alice,
  bob,
  called,
  cardOf,
  carol,
  createBench,
  effectsOf,
  hello,
  leftAtDoors,
  manyPeers,
  onlineBench,
  opened,
  peerNumber,
  rosterOf,
  sentTo,
  sessionNumber,
  signalsTo,
  today,
} from './testing/roomBench.ts'

const theirs = sessionNumber(1)
/** Smaller than any, and larger. */
const first = sessionNumber(0)
const last = 'zzzzzzzzzzz' as LinkSession

describe('welcomes', () => {
  it('[R22] a hello is answered with a welcome and nothing more: no connection, no place in the list', () => {
    const { room, letter } = onlineBench(bob)
    const effects = letter(alice, hello)
    expect(signalsTo(effects, alice)).toMatchObject([{ type: 'welcome', echo: 'theirs' }])
    expect(opened(effects)).toEqual([])
    expect(room.members()).toEqual([])
  })

  it('[R22] what is said again is another letter, so that whoever heard it before reads it', () => {
    const { feed, pass } = createBench({ fresh: true })
    feed({ type: 'brokerOnline', broker: 0 })
    feed({ type: 'doorHeld', broker: 0, door: 0, epoch: today })
    const knocks = effectsOf(pass(3 * limits.knockAloneMs), 'sendLetter').map(({ letter }) => letter)
    expect(knocks.length).toBeGreaterThan(1)
    expect(new Set(knocks.map(({ stamp }) => stamp)).size).toBe(knocks.length)
  })

  it('[R22] a connection is opened for who echoes the nonce of a hello or of a welcome, within its time', () => {
    const { letter, welcomeNonce, pass } = onlineBench(bob)
    const offer = { type: 'offer', session: theirs, data: 'sdp' } as const
    const echo = welcomeNonce(alice)
    expect(opened(letter(alice, { ...offer, echo: 'made up' }))).toEqual([])
    expect(opened(letter(carol, { ...offer, echo }))).toEqual([])
    pass(60_000)
    expect(opened(letter(alice, { ...offer, echo }))).toEqual([])
    const fresh = welcomeNonce(alice)
    expect(opened(letter(alice, { ...offer, echo: fresh }))).toMatchObject([{ initiator: false }])
    expect(opened(letter(carol, { type: 'welcome', nonce: 'theirs', echo: 'made up' }))).toEqual([])
  })

  it('[R22] letters recorded an hour ago open nothing, whoever replays them', () => {
    const recorded = createBench()
    const posts = leftAtDoors(recorded.feed({ type: 'brokerOnline', broker: 0 }))
    const signal = posts[0]?.letter.signal
    assert(signal?.type === 'hello', 'a newcomer knocks')
    const { letter, welcome, pass, feed } = onlineBench(bob)
    const sessions = opened(welcome(carol))
    expect(sessions).toHaveLength(1)
    pass(60 * 60 * 1000)
    for (let at = 0; at < 1000; at++) {
      const replayed = letter(peerNumber(5), signal, { id: `old${at}` })
      expect(opened(replayed)).toEqual([])
      expect(opened(letter(carol, { type: 'welcome', nonce: 'w', echo: signal.nonce }))).toEqual([])
    }
    // A newcomer that comes meanwhile is let in.
    pass(10_000)
    feed({ type: 'peerHeard', peer: carol })
    expect(signalsTo(letter(alice, { type: 'hello', nonce: 'fresh' }), alice)).toHaveLength(1)
  })
})

describe('glare', () => {
  it('[R7] the side with the larger session gives up its own offer and answers', () => {
    const { offer, dialed } = onlineBench(bob)
    const ours = dialed(alice)
    const effects = offer(alice, first)
    expect(effects.filter(({ type }) => type !== 'wakeAt')).toEqual([
      { type: 'closeLink', peer: alice, session: ours, reason: 'superseded' },
      { type: 'openLink', peer: alice, session: first, initiator: false },
      { type: 'signalLink', peer: alice, session: first, data: 'sdp' },
    ])
  })

  it('[R7] the side with the smaller session ignores the offer of the other', () => {
    const { offer, dialed } = onlineBench(bob)
    dialed(carol)
    expect(offer(carol, last)).toEqual([])
  })

  it('[R7] an offer that seems lost is said again', () => {
    const { letter, dialed, pass } = onlineBench(bob)
    const ours = dialed(carol)
    pass(limits.doorAnswerMs)
    const again = { type: 'offer', session: ours, data: 'sdp', echo: 'welcome' } as const
    expect(signalsTo(letter(carol, hello), carol)).toMatchObject([{ type: 'welcome' }, again])
    letter(carol, { type: 'answer', session: ours, data: 'sdp' })
    pass(limits.doorAnswerMs)
    expect(signalsTo(letter(carol, hello), carol)).toMatchObject([{ type: 'welcome' }])
  })

  it('[R7] a newer offer replaces the one being answered', () => {
    const { offer } = onlineBench(bob)
    offer(alice, theirs)
    expect(offer(alice, theirs)).toEqual([])
    const newer = offer(alice, sessionNumber(2))
    expect(effectsOf(newer, 'closeLink')).toMatchObject([{ session: theirs, reason: 'superseded' }])
    expect(opened(newer)).toMatchObject([{ session: sessionNumber(2), initiator: false }])
  })
})

describe('signals', () => {
  it('[R8] candidates that overtook their offer are fed after it', () => {
    const { letter, offer } = onlineBench(bob)
    for (const data of ['one', 'two']) {
      expect(letter(alice, { type: 'candidate', session: theirs, data })).toEqual([])
    }
    const effects = offer(alice, theirs)
    expect(effectsOf(effects, 'signalLink').map(({ data }) => data)).toEqual(['sdp', 'one', 'two'])
  })

  it('[R8] only so many of them are kept, the newest', () => {
    const { letter, offer } = onlineBench(bob)
    for (let at = 0; at < 150; at++)
      letter(alice, { type: 'candidate', session: theirs, data: `candidate${at}` })
    const fed = effectsOf(offer(alice, theirs), 'signalLink')
    expect(fed.length).toBe(1 + 64)
    expect(fed.at(-1)?.data).toBe('candidate149')
  })

  it('[R8] an answer counts once, and only for the session that waits for it', () => {
    const { letter, dialed } = onlineBench(bob)
    const session = dialed(alice)
    expect(letter(alice, { type: 'answer', session: theirs, data: 'sdp' })).toEqual([])
    const answer = { type: 'answer', session, data: 'sdp' } as const
    expect(effectsOf(letter(alice, answer), 'signalLink')).toMatchObject([{ session, data: 'sdp' }])
    expect(letter(alice, answer)).toEqual([])
  })

  it('[R9] letters from us, to others, or seen before are ignored', () => {
    const { letter } = onlineBench(bob)
    expect(letter(bob, hello)).toEqual([])
    expect(letter(alice, hello, { to: carol })).toEqual([])
    expect(
      letter(alice, { type: 'candidate', session: theirs, data: 'left at a door' }, { to: null }),
    ).toEqual([])
    expect(signalsTo(letter(alice, hello, { id: 'same' }), alice)).toHaveLength(1)
    expect(letter(alice, hello, { id: 'same' })).toEqual([])
  })

  it('[R9] a peer that writes too much is not read for a while', () => {
    const { letter, pass } = onlineBench(bob)
    for (let count = 0; count < limits.signalsPerTenSecondsMax; count++) {
      letter(alice, { type: 'candidate', session: theirs, data: 'candidate' })
    }
    expect(signalsTo(letter(alice, hello), alice)).toEqual([])
    pass(10_000)
    expect(signalsTo(letter(alice, hello), alice)).toHaveLength(1)
  })

  it('[R9] a signal takes every way: the mailbox, and members that know the peer', () => {
    const { link, hear, feed, dialed } = onlineBench(bob)
    for (const number of [4, 5, 6, 7]) link(peerNumber(number))
    for (const number of [4, 5, 6]) hear(peerNumber(number), rosterOf([alice]))
    const session = dialed(alice)
    const effects = feed({ type: 'linkSignaled', peer: alice, session, kind: 'candidate', data: 'candidate' })
    const [sent] = effectsOf(effects, 'sendLetter')
    expect(sent?.mailboxes).toHaveLength(1)
    expect(sent?.via).toHaveLength(2)
    expect(sent?.via).not.toContain(peerNumber(7))
    const stale = feed({ type: 'linkSignaled', peer: alice, session: theirs, kind: 'candidate', data: 'x' })
    expect(stale).toEqual([])
  })

  it('[R9] in a large room a signal that a broker takes goes to one member that knows the peer beside, and to no other', () => {
    const { link, hear, feed, dialed } = onlineBench(bob)
    for (const number of [4, 5, 6, 7]) link(peerNumber(number))
    const cards = Array.from({ length: limits.membersMax }, (_, at) => cardOf(manyPeers(0, at)))
    hear(peerNumber(4), { type: 'cards', cards })
    const session = dialed(alice)
    const via = (): readonly PeerId[] | undefined => {
      const input = {
        type: 'linkSignaled',
        peer: alice,
        session,
        kind: 'candidate',
        data: 'candidate',
      } as const
      return effectsOf(feed(input), 'sendLetter')[0]?.via
    }
    expect(via()).toEqual([])
    for (const number of [5, 6]) hear(peerNumber(number), { type: 'roster', members: [], others: [alice] })
    expect(via()).toHaveLength(1)
    feed({ type: 'brokerOffline', broker: 0 })
    expect(via()).toHaveLength(2)
  })
})

describe('links', () => {
  it('[R11] the first words on a link are the profile and the roster; the others hear of it in a batch', () => {
    const { link, feed, pass, dialed, greet } = onlineBench(bob)
    link(alice)
    pass(1000)
    const session = dialed(carol)
    const effects = feed({ type: 'linkOpened', peer: carol, session, route: 'relayed' })
    expect(sentTo(effects, carol)).toMatchObject([
      { type: 'card', card: { profile: { name: 'self' } } },
      { type: 'roster', members: [{ peer: alice }], others: [] },
    ])
    expect(sentTo(effects, alice)).toEqual([])
    greet(carol)
    expect(sentTo(pass(100), alice)).toMatchObject([
      { type: 'roster', members: [{ peer: carol }], others: [] },
    ])
  })

  it('an open link is shown as it goes now, and no stale session changes that', () => {
    const { room, link, feed } = onlineBench(bob)
    const members = () => room.members()
    const session = link(alice)
    expect(members()).toMatchObject([{ peer: alice, state: 'direct' }])
    feed({ type: 'linkRerouted', peer: alice, session: sessionNumber(9), route: 'relayed' })
    expect(members()).toMatchObject([{ state: 'direct' }])
    feed({ type: 'linkRerouted', peer: alice, session, route: 'relayed' })
    expect(members()).toMatchObject([{ state: 'relayed' }])
    feed({ type: 'linkRerouted', peer: carol, session, route: 'relayed' })
    expect(members()).toHaveLength(1)
  })

  it('[R12] of two who hear of each other the first in order calls at once, the other a second later', () => {
    const { link, hear, pass } = onlineBench(bob)
    link(peerNumber(4))
    expect(called(hear(peerNumber(4), rosterOf([alice, carol])))).toEqual([carol])
    expect(called(pass(999))).toEqual([])
    expect(called(pass(1))).toEqual([alice])
  })

  it('[R4] a knock of one we are linked with is for the others; what is meant for us is answered', () => {
    const { link, letter } = onlineBench(bob)
    link(alice)
    expect(letter(alice, hello)).toEqual([])
    expect(signalsTo(letter(alice, hello, { to: bob }), alice)).toMatchObject([{ type: 'welcome' }])
  })

  it('[R4] after a long silence a welcome is answered with an offer, unless a ping is', () => {
    const { link, welcome, pass, hear, feed } = onlineBench(bob)
    const old = link(alice)
    pass(2 * limits.pingAfterMs + 1)
    feed({ type: 'resumed' })
    expect(sentTo(welcome(alice), alice)).toEqual([{ type: 'ping' }])
    hear(alice, { type: 'pong' })
    expect(opened(pass(2000))).toEqual([])

    pass(2 * limits.pingAfterMs + 1)
    feed({ type: 'resumed' })
    welcome(alice)
    const effects = pass(limits.doubtMaxMs)
    expect(effectsOf(effects, 'closeLink')).toMatchObject([{ session: old, reason: 'superseded' }])
    expect(opened(effects)).toMatchObject([{ peer: alice, initiator: true }])
  })

  it.each(['offer', 'welcome'] as const)(
    '[R4] while another path is looked for, a peer’s %s ends its link no sooner than that is given up, and counts then',
    (type) => {
      const { link, offer, welcome, pass, feed } = onlineBench(bob)
      const session = link(alice)
      feed({ type: 'resumed' })
      feed({ type: 'pathLost', peer: alice, session })
      if (type === 'offer') offer(alice, theirs)
      else welcome(alice)
      expect(effectsOf(pass(limits.doubtMaxMs - 1), 'closeLink')).toEqual([])
      const effects = pass(1)
      expect(effectsOf(effects, 'closeLink')).toMatchObject([{ session, reason: 'superseded' }])
      expect(opened(effects)).toMatchObject([{ peer: alice, initiator: type === 'welcome' }])
    },
  )

  it('[R4] an offer on an open link is taken when the link does not answer, or closes', () => {
    const silent = onlineBench(bob)
    silent.link(alice)
    expect(opened(silent.offer(alice, theirs))).toEqual([])
    expect(opened(silent.pass(2000))).toMatchObject([{ session: theirs, initiator: false }])

    const closing = onlineBench(bob)
    const session = closing.link(alice)
    closing.offer(alice, theirs)
    const effects = closing.feed({ type: 'linkClosed', peer: alice, session })
    expect(opened(effects)).toMatchObject([{ session: theirs, initiator: false }])
  })

  it('[R4] an offer that lost the glare and comes late does not tear the link down', () => {
    const { link, offer, feed, pass } = onlineBench(bob)
    link(carol)
    offer(carol, theirs)
    feed({ type: 'peerHeard', peer: carol })
    const effects = pass(3000)
    expect(opened(effects)).toEqual([])
    expect(effectsOf(effects, 'closeLink')).toEqual([])
  })

  it('[R11] what comes from links that are gone is closed or ignored', () => {
    const { link, feed, hear } = onlineBench(bob)
    const session = link(alice)
    const stray = feed({ type: 'linkOpened', peer: carol, session: theirs, route: 'direct' })
    expect(stray).toMatchObject([{ type: 'closeLink', session: theirs, reason: 'superseded' }])
    expect(feed({ type: 'linkClosed', peer: alice, session: theirs })).toEqual([])
    expect(feed({ type: 'linkOpened', peer: alice, session, route: 'direct' })).toEqual([])
    expect(hear(carol, { type: 'ping' })).toEqual([])
  })
})
