import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import {
  alice,
  bob,
  carol,
  effectsOf,
  onlineBench,
  opened,
  peerNumber,
  sentTo,
  sessionNumber,
} from './testing/roomBench.ts'

const theirs = sessionNumber(1)

describe('glare', () => {
  it('[R7] the larger id gives up its own offer and answers', () => {
    const { letter, dialed } = onlineBench(bob)
    const ours = dialed(alice)
    const effects = letter(alice, { type: 'offer', session: theirs, data: 'sdp' })
    expect(effects.filter(({ type }) => type !== 'wakeAt')).toEqual([
      { type: 'closeLink', peer: alice, session: ours, reason: 'superseded' },
      { type: 'openLink', peer: alice, session: theirs, initiator: false },
      { type: 'signalLink', peer: alice, session: theirs, data: 'sdp' },
    ])
  })

  it('[R7] the smaller id ignores the offer of the other', () => {
    const { letter, dialed } = onlineBench(bob)
    dialed(carol)
    expect(letter(carol, { type: 'offer', session: theirs, data: 'sdp' })).toEqual([])
  })

  it('[R7] an offer that seems lost is said again', () => {
    const { letter, dialed, pass } = onlineBench(bob)
    const ours = dialed(carol)
    pass(limits.doorAnswerMs)
    const again = letter(carol, { type: 'offer', session: theirs, data: 'sdp' })
    expect(effectsOf(again, 'post').map((post) => post.letter.signal)).toEqual([
      { type: 'offer', session: ours, data: 'sdp' },
    ])
    letter(carol, { type: 'answer', session: ours, data: 'sdp' })
    pass(limits.doorAnswerMs)
    expect(effectsOf(letter(carol, { type: 'hello' }), 'post')).toEqual([])
  })

  it('[R7] a newer offer replaces the one being answered', () => {
    const { letter } = onlineBench(bob)
    letter(alice, { type: 'offer', session: theirs, data: 'sdp' })
    expect(letter(alice, { type: 'offer', session: theirs, data: 'sdp' })).toEqual([])
    const newer = letter(alice, { type: 'offer', session: sessionNumber(2), data: 'sdp' })
    expect(effectsOf(newer, 'closeLink')).toMatchObject([{ session: theirs, reason: 'superseded' }])
    expect(opened(newer)).toMatchObject([{ session: sessionNumber(2), initiator: false }])
  })
})

describe('signals', () => {
  it('[R8] candidates that overtook their offer are fed after it', () => {
    const { letter } = onlineBench(bob)
    for (const data of ['one', 'two']) {
      expect(letter(alice, { type: 'candidate', session: theirs, data })).toEqual([])
    }
    const effects = letter(alice, { type: 'offer', session: theirs, data: 'sdp' })
    expect(effectsOf(effects, 'signalLink').map(({ data }) => data)).toEqual(['sdp', 'one', 'two'])
  })

  it('[R8] only so many of them are kept, the newest', () => {
    const { letter } = onlineBench(bob)
    for (let at = 0; at < 150; at++)
      letter(alice, { type: 'candidate', session: theirs, data: `candidate${at}` })
    const fed = effectsOf(letter(alice, { type: 'offer', session: theirs, data: 'sdp' }), 'signalLink')
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
    const hello = { type: 'hello' } as const
    expect(letter(bob, hello)).toEqual([])
    expect(letter(alice, { type: 'offer', session: theirs, data: 'sdp' }, { to: carol })).toEqual([])
    expect(opened(letter(alice, hello, { id: 'same' }))).toHaveLength(1)
    expect(letter(carol, hello, { id: 'same' })).toEqual([])
  })

  it('[R9] a peer that writes too much is not read for a while', () => {
    const { letter, pass } = onlineBench(bob)
    for (let count = 0; count < limits.signalsPerTenSecondsMax; count++) {
      letter(alice, { type: 'candidate', session: theirs, data: 'candidate' })
    }
    expect(opened(letter(alice, { type: 'hello' }))).toEqual([])
    pass(10_000)
    expect(opened(letter(alice, { type: 'hello' }))).toHaveLength(1)
  })

  it('[R9] a signal takes every way: the mailbox, and members that know the peer', () => {
    const { link, hear, feed, dialed } = onlineBench(bob)
    for (const number of [4, 5, 6, 7]) link(peerNumber(number))
    for (const number of [4, 5, 6])
      hear(peerNumber(number), { type: 'roster', members: [{ peer: alice, mailboxes: [] }] })
    const session = dialed(alice)
    const effects = feed({
      type: 'linkSignaled',
      peer: alice,
      session,
      kind: 'candidate',
      data: 'candidate',
    })
    expect(effectsOf(effects, 'post')).toHaveLength(1)
    const [relay] = effectsOf(effects, 'relay')
    expect(relay?.via).toHaveLength(2)
    expect(relay?.via).not.toContain(peerNumber(7))
    const stale = feed({ type: 'linkSignaled', peer: alice, session: theirs, kind: 'candidate', data: 'x' })
    expect(stale).toEqual([])
  })
})

const relay = (to: PeerId, id = 'id', hops = 3) =>
  ({ type: 'relay', id, to, hops, sealed: 'c2VhbGVk' }) as const

describe('relaying', () => {
  it('[R10] what is for us is opened', () => {
    const { link, hear } = onlineBench(bob)
    link(alice)
    expect(hear(alice, relay(bob))).toEqual([{ type: 'openSealed', sealed: 'c2VhbGVk' }])
  })

  it('[R10] what is for one we are linked with is passed on to it alone, once', () => {
    const { link, hear } = onlineBench(bob)
    for (const peer of [alice, carol, peerNumber(4)]) link(peer)
    expect(effectsOf(hear(alice, relay(carol)), 'send')).toEqual([
      { type: 'send', peer: carol, message: relay(carol, 'id', 2) },
    ])
    expect(hear(peerNumber(4), relay(carol))).toEqual([])
  })

  it('[R10] what is for a stranger goes to those who know it, else to all but the sender', () => {
    const { link, hear } = onlineBench(bob)
    const [dave, erin, stranger] = [peerNumber(4), peerNumber(5), peerNumber(6)]
    for (const peer of [alice, carol, dave, erin]) link(peer)
    const flooded = effectsOf(hear(alice, relay(stranger, 'one')), 'send')
    expect(flooded.map(({ peer }) => peer)).toEqual([carol, dave, erin])
    hear(dave, { type: 'roster', members: [{ peer: stranger, mailboxes: [] }] })
    const aimed = effectsOf(hear(alice, relay(stranger, 'two')), 'send')
    expect(aimed.map(({ peer }) => peer)).toEqual([dave])
  })

  it('[R10] a letter of ours that comes back is not passed on', () => {
    const { link, feed, hear, dialed } = onlineBench(bob)
    for (const peer of [alice, peerNumber(4)]) link(peer)
    const session = dialed(carol)
    const signaled = feed({
      type: 'linkSignaled',
      peer: carol,
      session,
      kind: 'candidate',
      data: 'candidate',
    })
    const id = effectsOf(signaled, 'relay')[0]?.letter.id
    expect(id).toBeDefined()
    expect(hear(alice, relay(carol, id))).toEqual([])
  })

  it('[R10] what has no hops left stays', () => {
    const { link, hear } = onlineBench(bob)
    for (const peer of [alice, carol]) link(peer)
    expect(hear(alice, relay(carol, 'id', 0))).toEqual([])
  })

  it('[R10] a member that relays too much is not served for a while', () => {
    const { link, hear, pass } = onlineBench(bob)
    for (const peer of [alice, carol]) link(peer)
    for (let count = 0; count < limits.signalsPerTenSecondsMax; count++) {
      expect(effectsOf(hear(alice, relay(carol, `relay${count}`)), 'send')).toHaveLength(1)
    }
    expect(hear(alice, relay(carol, 'more'))).toEqual([])
    pass(10_000)
    expect(sentTo(hear(alice, relay(carol, 'later')), carol)).toHaveLength(1)
  })
})

describe('links', () => {
  it('[R11] the first words on a link are the profile and the roster; the others hear of it in a batch', () => {
    const { link, feed, pass, dialed } = onlineBench(bob)
    link(alice)
    pass(1000)
    const session = dialed(carol)
    const effects = feed({ type: 'linkOpened', peer: carol, session, route: 'relayed' })
    expect(sentTo(effects, carol)).toMatchObject([
      { type: 'profile', profile: { name: 'self' } },
      { type: 'roster', members: [{ peer: alice }] },
    ])
    expect(sentTo(effects, alice)).toEqual([])
    expect(sentTo(pass(100), alice)).toMatchObject([{ type: 'roster', members: [{ peer: carol }] }])
  })

  it('[R12] of two who hear of each other the smaller id dials at once, the larger a second later', () => {
    const { link, hear, pass } = onlineBench(bob)
    link(peerNumber(4))
    const members = [alice, carol].map((peer) => ({ peer, mailboxes: [] }))
    expect(opened(hear(peerNumber(4), { type: 'roster', members }))).toMatchObject([
      { peer: carol, initiator: true },
    ])
    expect(opened(pass(999))).toEqual([])
    expect(opened(pass(1))).toMatchObject([{ peer: alice, initiator: true }])
  })

  it('[R4] a knock of one we are linked with changes nothing', () => {
    const { link, letter } = onlineBench(bob)
    link(alice)
    expect(letter(alice, { type: 'hello' })).toEqual([])
  })

  it('[R4] after a long silence a knock is answered anew, unless a ping is', () => {
    const { link, letter, pass, hear } = onlineBench(bob)
    const old = link(alice)
    pass(2 * limits.pingAfterMs + 1)
    expect(sentTo(letter(alice, { type: 'hello' }), alice)).toEqual([{ type: 'ping' }])
    hear(alice, { type: 'pong' })
    expect(opened(pass(2000))).toEqual([])

    pass(2 * limits.pingAfterMs + 1)
    letter(alice, { type: 'hello' })
    const effects = pass(2000)
    expect(effectsOf(effects, 'closeLink')).toMatchObject([{ session: old, reason: 'superseded' }])
    expect(opened(effects)).toMatchObject([{ peer: alice, initiator: true }])
  })

  it('[R4] an offer on an open link is taken when the link does not answer, or closes', () => {
    const silent = onlineBench(bob)
    silent.link(alice)
    expect(opened(silent.letter(alice, { type: 'offer', session: theirs, data: 'sdp' }))).toEqual([])
    expect(opened(silent.pass(2000))).toMatchObject([{ session: theirs, initiator: false }])

    const closing = onlineBench(bob)
    const session = closing.link(alice)
    closing.letter(alice, { type: 'offer', session: theirs, data: 'sdp' })
    const effects = closing.feed({ type: 'linkClosed', peer: alice, session })
    expect(opened(effects)).toMatchObject([{ session: theirs, initiator: false }])
  })

  it('[R4] an offer that lost the glare and comes late does not tear the link down', () => {
    const { link, letter, feed, pass } = onlineBench(bob)
    link(carol)
    letter(carol, { type: 'offer', session: theirs, data: 'sdp' })
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
