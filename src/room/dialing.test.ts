import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { alice, bob, carol, effectsOf, manyPeers, onlineBench, opened } from './testing/roomBench.ts'

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

  it('[R13] made-up rosters open only so many connections and fill only so much memory', () => {
    const { room, link, hear } = onlineBench(alice)
    link(bob)
    let count = 0
    for (let group = 0; group < 30; group++) {
      const members = Array.from({ length: limits.membersMax - 2 }, (_, at) => ({
        peer: manyPeers(group, at),
        mailboxes: [],
      }))
      count += opened(hear(bob, { type: 'roster', members })).length
    }
    // The link we have and these attempts are as many as a full room needs.
    expect(count).toBe(limits.membersMax - 2)
    expect(room.members().length).toBe(limits.rosterEntriesMax)
  })

  it('[R13] hellos without number open only so many connections', () => {
    const { letter } = onlineBench(alice)
    let count = 0
    for (let at = 0; at < 300; at++) count += opened(letter(manyPeers(0, at), { type: 'hello' })).length
    expect(count).toBe(2 * limits.membersMax)
  })

  it('[R15] a lost member is dialed by the smaller id first, later and later', () => {
    const small = onlineBench(alice)
    const session = small.link(bob)
    small.feed({ type: 'linkClosed', peer: bob, session })
    expect(opened(small.pass(0.75 * limits.redialMinMs - 1))).toEqual([])
    expect(opened(small.pass(0.5 * limits.redialMinMs + 1))).toHaveLength(1)
    expect(small.room.members()).toMatchObject([{ peer: bob, state: 'lost' }])

    const large = onlineBench(carol)
    const other = large.link(bob)
    large.feed({ type: 'linkClosed', peer: bob, session: other })
    expect(opened(large.pass(1.75 * limits.redialMinMs - 1))).toEqual([])
    expect(opened(large.pass(0.5 * limits.redialMinMs + 1))).toHaveLength(1)
  })

  it('[R15] the waits between attempts double, and start anew once the link was back', () => {
    const { link, feed, pass } = onlineBench(alice)
    const redialWaitMs = () => {
      let ms = 0
      while (opened(pass(100)).length === 0) ms += 100
      return ms
    }
    feed({ type: 'linkClosed', peer: bob, session: link(bob) })
    redialWaitMs()
    for (const factor of [2, 4]) {
      pass(limits.linkOpenTimeoutMs)
      const waitMs = redialWaitMs()
      expect(waitMs).toBeGreaterThan((0.75 * factor - 0.5) * limits.redialMinMs)
      expect(waitMs).toBeLessThan((1.25 * factor + 0.5) * limits.redialMinMs)
    }
    pass(limits.linkOpenTimeoutMs)
    feed({ type: 'linkClosed', peer: bob, session: link(bob) })
    expect(redialWaitMs()).toBeLessThanOrEqual(1.25 * limits.redialMinMs)
  })

  it('[R16] a lost member is not forgotten while another member is linked with it', () => {
    const { room, link, feed, pass, hear } = onlineBench(bob)
    link(alice)
    feed({ type: 'linkClosed', peer: carol, session: link(carol) })
    hear(alice, { type: 'roster', members: [{ peer: carol, mailboxes: [] }] })
    for (let passedMs = 0; passedMs < 2 * limits.lostForgetMs; passedMs += 1000) {
      feed({ type: 'peerHeard', peer: alice })
      pass(1000)
    }
    expect(room.members()).toMatchObject([{ peer: alice }, { peer: carol, state: 'lost' }])
    hear(alice, { type: 'roster', members: [] })
    pass(limits.linkOpenTimeoutMs)
    expect(room.members()).toMatchObject([{ peer: alice }])
  })

  it('[R18] one who is full is dialed again only after a long while', () => {
    const { link, hear, feed, pass } = onlineBench(alice)
    link(carol)
    const heard = hear(carol, { type: 'roster', members: [{ peer: bob, mailboxes: [] }] })
    const session = opened(heard)[0]?.session
    if (session === undefined) throw new Error('no offer')
    feed({ type: 'linkOpened', peer: bob, session, route: 'direct' })
    const others = Array.from({ length: limits.membersMax - 1 }, (_, at) => manyPeers(0, at))
    hear(bob, { type: 'roster', members: others.map((peer) => ({ peer, mailboxes: [] })) })
    feed({ type: 'linkClosed', peer: bob, session })
    expect(opened(pass(0.75 * limits.redialMaxMs - 1))).toEqual([])
    expect(opened(pass(0.5 * limits.redialMaxMs + 1))).toMatchObject([{ peer: bob }])
  })

  it('[R15] the first link after a time alone is a way to those who were lost', () => {
    const { link, feed, pass, dialed } = onlineBench(alice)
    feed({ type: 'linkClosed', peer: bob, session: link(bob) })
    for (let attempt = 0; attempt < 4; attempt++) {
      while (opened(pass(100)).length === 0);
      pass(limits.linkOpenTimeoutMs)
    }
    const session = dialed(carol)
    const effects = feed({ type: 'linkOpened', peer: carol, session, route: 'direct' })
    expect(opened(effects)).toMatchObject([{ peer: bob }])
  })

  it('[R12] a member tells its own mailboxes; rosters of others do not change them', () => {
    const { link, hear, feed, pass } = onlineBench(alice)
    const old = link(bob)
    link(carol)
    hear(carol, { type: 'roster', members: [{ peer: bob, mailboxes: [{ broker: 0, mailbox: 'wrong' }] }] })
    feed({ type: 'linkClosed', peer: bob, session: old })
    const session = opened(pass(2 * limits.redialMinMs))[0]?.session
    if (session === undefined) throw new Error('not dialed')
    const effects = feed({ type: 'linkSignaled', peer: bob, session, kind: 'offer', data: 'sdp' })
    expect(effectsOf(effects, 'post')).toMatchObject([{ mailbox: `mailbox-${bob.slice(0, 4)}` }])
  })

  it('[R17] resumed: the waits start anew', () => {
    const { link, feed, pass } = onlineBench(alice)
    feed({ type: 'linkClosed', peer: bob, session: link(bob) })
    for (let attempt = 0; attempt < 4; attempt++) {
      while (opened(pass(100)).length === 0);
      pass(limits.linkOpenTimeoutMs)
    }
    expect(opened(feed({ type: 'resumed' }))).toMatchObject([{ peer: bob }])
    pass(limits.linkOpenTimeoutMs)
    expect(opened(pass(1.25 * limits.redialMinMs))).toMatchObject([{ peer: bob }])
  })

  it('[R15] nobody is dialed whom no signal can reach', () => {
    const { link, feed, pass } = onlineBench(alice)
    const session = link(bob)
    feed({ type: 'brokerOffline', broker: 0 })
    feed({ type: 'linkClosed', peer: bob, session })
    expect(opened(pass(60_000))).toEqual([])
    expect(opened([...feed({ type: 'brokerOnline', broker: 0 }), ...pass(0)])).toHaveLength(1)
  })
})
