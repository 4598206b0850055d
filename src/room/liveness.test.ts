import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import type { RoomEffect } from './io.ts'
import {
  alice,
  bob,
  called,
  carol,
  createBench,
  doorAt,
  effectsOf,
  leftAtDoors,
  sentTo,
  sessionNumber,
  signalsTo,
  passHearing,
} from './testing/roomBench.ts'

const allDoors = Array.from({ length: limits.doors }, (_, door) => door)
const doorsPosted = (effects: readonly RoomEffect[]) => leftAtDoors(effects).map(({ door }) => door)
const reportTypes = (effects: readonly RoomEffect[]) =>
  effectsOf(effects, 'report').map(({ report }) => report.type)
const online = { type: 'brokerOnline', broker: 0 } as const

describe('liveness', () => {
  it('[R14] a silent member is pinged, and dropped when it stays silent', () => {
    const { feed, pass, link } = createBench()
    feed(online)
    const session = link(alice)
    expect(sentTo(pass(limits.pingAfterMs - 1), alice)).not.toContainEqual({ type: 'ping' })
    expect(sentTo(pass(1), alice)).toContainEqual({ type: 'ping' })
    const before = pass(limits.silenceMaxMs - limits.pingAfterMs - 1)
    expect(effectsOf(before, 'closeLink')).toEqual([])
    const after = pass(1)
    expect(effectsOf(after, 'closeLink')).toEqual([
      { type: 'closeLink', peer: alice, session, reason: 'silent' },
    ])
    expect(reportTypes(after)).toEqual(['memberLost'])
  })

  it('[R14] one that is heard is neither pinged nor dropped', () => {
    const { feed, pass, link } = createBench()
    feed(online)
    link(alice)
    const effects = passHearing({ pass, feed }, 2 * limits.silenceMaxMs)
    expect(sentTo(effects, alice)).not.toContainEqual({ type: 'ping' })
    expect(effectsOf(effects, 'closeLink')).toEqual([])
  })

  it('[R14] after a pong the silence counts from the pong', () => {
    const { feed, pass, hear, link } = createBench()
    feed(online)
    link(alice)
    expect(sentTo(pass(1.5 * limits.pingAfterMs), alice)).toContainEqual({ type: 'ping' })
    hear(alice, { type: 'pong' })
    expect(sentTo(pass(limits.pingAfterMs - 1), alice)).not.toContainEqual({ type: 'ping' })
    expect(sentTo(pass(1), alice)).toContainEqual({ type: 'ping' })
  })

  it('[R14] a ping is answered with a pong', () => {
    const { feed, hear, link } = createBench()
    feed(online)
    link(alice)
    expect(sentTo(hear(alice, { type: 'ping' }), alice)).toEqual([{ type: 'pong' }])
  })

  it('[R14] before a silent member is dropped another path to it is looked for', () => {
    const { feed, pass, link } = createBench()
    feed(online)
    const session = link(alice)
    expect(effectsOf(pass(2 * limits.pingAfterMs - 1), 'restartLink')).toEqual([])
    expect(effectsOf(pass(1), 'restartLink')).toEqual([{ type: 'restartLink', peer: alice, session }])
    expect(effectsOf(pass(limits.silenceMaxMs), 'restartLink')).toEqual([])
  })

  it('[R28] a lost path is looked for anew at once, and given up soon; meanwhile the member is connecting', () => {
    const { room, feed, pass, link } = createBench()
    feed(online)
    const session = link(alice)
    const lost = feed({ type: 'pathLost', peer: alice, session })
    expect(effectsOf(lost, 'restartLink')).toEqual([{ type: 'restartLink', peer: alice, session }])
    expect(sentTo(lost, alice)).toEqual([{ type: 'ping' }])
    expect(room.members()).toMatchObject([{ peer: alice, state: 'connecting' }])
    expect(effectsOf(pass(limits.doubtMaxMs - 1), 'closeLink')).toEqual([])
    expect(effectsOf(pass(1), 'closeLink')).toMatchObject([{ peer: alice, reason: 'silent' }])
    expect(room.members()).toMatchObject([{ peer: alice, state: 'lost' }])
  })

  it('[R28] a path that is found again gives as long to be heard, and being heard ends all doubt', () => {
    const { room, feed, pass, hear, link } = createBench()
    feed(online)
    const session = link(alice)
    feed({ type: 'pathLost', peer: alice, session })
    pass(limits.doubtMaxMs - 1)
    feed({ type: 'pathFound', peer: alice, session })
    expect(room.members()).toMatchObject([{ peer: alice, state: 'direct' }])
    expect(effectsOf(pass(limits.doubtMaxMs - 1), 'closeLink')).toEqual([])
    hear(alice, { type: 'pong' })
    expect(effectsOf(pass(limits.silenceMaxMs - 1), 'closeLink')).toEqual([])
    expect(effectsOf(pass(1), 'closeLink')).toMatchObject([{ reason: 'silent' }])
  })

  it('[R28] what was said to find another path is said again once a broker is there, and to nobody else', () => {
    const { feed, pass, link } = createBench()
    feed(online)
    const session = link(alice)
    link(carol)
    feed({ type: 'brokerOffline', broker: 0 })
    feed({ type: 'pathLost', peer: alice, session })
    pass(1000)
    expect(effectsOf(feed(online), 'restartLink')).toEqual([{ type: 'restartLink', peer: alice, session }])
    expect(effectsOf(pass(limits.doubtMaxMs - 1001), 'restartLink')).toEqual([])
    expect(effectsOf(pass(1), 'closeLink')).toMatchObject([{ peer: alice, reason: 'silent' }])
  })

  it('[R28] what is said of a path of another session, or of nobody, counts nothing', () => {
    const { feed, link } = createBench()
    feed(online)
    link(alice)
    for (const peer of [alice, carol]) {
      const effects = feed({ type: 'pathLost', peer, session: sessionNumber(9) })
      expect(effectsOf(effects, 'restartLink')).toEqual([])
    }
  })

  it('[R28] what a link says to find another path goes to its other side, and only to the open link it is of', () => {
    const { feed, letter, link } = createBench()
    feed(online)
    const session = link(alice)
    const said = feed({ type: 'linkSignaled', peer: alice, session, kind: 'restart', data: 'sdp' })
    expect(signalsTo(said, alice)).toEqual([{ type: 'restart', session, data: 'sdp' }])
    expect(letter(alice, { type: 'restart', session, data: 'sdp' })).toContainEqual({
      type: 'signalLink',
      peer: alice,
      session,
      data: 'sdp',
    })
    const another = letter(alice, { type: 'restart', session: sessionNumber(9), data: 'sdp' })
    const stranger = letter(carol, { type: 'restart', session, data: 'sdp' })
    expect(effectsOf([...another, ...stranger], 'signalLink')).toEqual([])
  })

  it('[R17] who looks late was away itself: the answer may be waiting behind the timer', () => {
    const { feed, pass, link, sleep } = createBench()
    feed(online)
    link(alice)
    pass(limits.silenceMaxMs - 1)
    sleep(limits.lateMaxMs + 2)
    expect(effectsOf(feed({ type: 'woke' }), 'closeLink')).toEqual([])
    expect(effectsOf(pass(limits.doubtMaxMs), 'closeLink')).toMatchObject([{ reason: 'silent' }])
  })

  it('[R17] a network that comes and goes does not keep the dead', () => {
    const { feed, pass, link } = createBench()
    feed(online)
    link(alice)
    const effects: RoomEffect[] = []
    for (let passed = 0; passed < limits.doubtMaxMs; passed += 1000) {
      effects.push(...feed({ type: 'resumed' }), ...pass(1000))
    }
    expect(effectsOf(effects, 'closeLink')).toMatchObject([{ peer: alice, reason: 'silent' }])
  })

  it('[R17] a wake-up that comes an hour late pings first and gives time to answer', () => {
    const { feed, pass, hear, link, sleep } = createBench()
    feed(online)
    link(alice)
    link(carol)
    sleep(3_600_000)
    const woken = feed({ type: 'woke' })
    expect(effectsOf(woken, 'closeLink')).toEqual([])
    for (const peer of [alice, carol]) expect(sentTo(woken, peer)).toContainEqual({ type: 'ping' })
    hear(alice, { type: 'pong' })
    expect(effectsOf(pass(limits.pingAfterMs - 1), 'closeLink')).toEqual([])
    expect(effectsOf(pass(1), 'closeLink')).toMatchObject([{ peer: carol, reason: 'silent' }])
  })

  it('[R17] resumed: everyone is pinged, the lost are dialed, all doors get a knock', () => {
    const { feed, link } = createBench({ self: alice })
    feed(online)
    link(bob, [doorAt(0)])
    const session = link(carol)
    feed({ type: 'linkClosed', peer: carol, session })
    const effects = feed({ type: 'resumed' })
    expect(sentTo(effects, bob)).toContainEqual({ type: 'ping' })
    expect(called(effects)).toEqual([carol])
    expect(doorsPosted(effects)).toEqual(allDoors)
  })
})
