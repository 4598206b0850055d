import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { assert } from '../shared/result.ts'
import type { LetterDraft, Relay } from './io.ts'
import { relayOf } from './messages.ts'
import { fakeSeal } from './testing/fakeSigning.ts'
import {
  alice,
  bob,
  carol,
  effectsOf,
  manyPeers,
  onlineBench,
  peerNumber,
  rosterOf,
  sentTo,
  sessionNumber,
} from './testing/roomBench.ts'

const theirs = sessionNumber(1)
let written = 0
/** A letter on its way through us, each another. */
function relay(to: PeerId, { author = alice, hops = 3 } = {}): Relay {
  const signal = { type: 'candidate', session: theirs, data: `candidate ${written++}` } as const
  return sealedRelay(author, { stamp: 'stamp', to, mailboxes: [], signal }, hops)
}

function sealedRelay(author: PeerId, draft: LetterDraft, hops = 3): Relay {
  const message = relayOf(hops, fakeSeal(author, draft))
  assert(message, 'a letter to somebody')
  return message
}

describe('relaying', () => {
  it('[R10] what is for us is opened', () => {
    const { link, hear } = onlineBench(bob)
    link(alice)
    const message = relay(bob)
    expect(hear(alice, message)).toEqual([{ type: 'openSealed', sealed: message.sealed }])
  })

  it('[R10] what is for one we are linked with is passed on to it alone, once', () => {
    const { link, hear } = onlineBench(bob)
    for (const peer of [alice, carol, peerNumber(4)]) link(peer)
    const message = relay(carol)
    expect(effectsOf(hear(alice, message), 'send')).toEqual([
      { type: 'send', peer: carol, message: { ...message, hops: 2 } },
    ])
    expect(hear(peerNumber(4), message)).toEqual([])
  })

  it('[R10] what is for a stranger goes to two members who list it, and to nobody else', () => {
    const { link, hear } = onlineBench(bob)
    const [dave, erin, frank, stranger] = [4, 5, 6, 7].map(peerNumber)
    assert(dave && erin && frank && stranger, 'four numbers')
    for (const peer of [alice, carol, dave, erin, frank]) link(peer)
    expect(effectsOf(hear(alice, relay(stranger)), 'send')).toEqual([])
    for (const peer of [dave, erin, frank]) hear(peer, rosterOf([stranger]))
    expect(effectsOf(hear(alice, relay(stranger)), 'send')).toHaveLength(2)
  })

  it('[R10] a letter of ours that comes back is not passed on', () => {
    const { link, hear } = onlineBench(bob)
    for (const peer of [alice, carol]) link(peer)
    expect(hear(alice, relay(carol, { author: bob }))).toEqual([])
  })

  it('[R10] what has no hops left stays', () => {
    const { link, hear } = onlineBench(bob)
    for (const peer of [alice, carol]) link(peer)
    expect(hear(alice, relay(carol, { hops: 0 }))).toEqual([])
  })

  it('[R10] a letter that its author did not sign is the fault of who hands it on', () => {
    const { link, hear } = onlineBench(bob)
    for (const peer of [alice, carol]) link(peer)
    for (let strike = 1; strike < limits.strikesMax; strike++) {
      const { sealed } = relay(carol)
      const forged = relayOf(3, `${sealed.slice(0, -8)}AAAAAAA${sealed.slice(-1)}`)
      assert(forged, 'still a letter')
      expect(hear(alice, forged)).toEqual([])
    }
    const oneMore = relayOf(3, `${relay(carol).sealed.slice(0, -8)}BBBBBBBB`)
    assert(oneMore, 'still a letter')
    expect(effectsOf(hear(alice, oneMore), 'closeLink')).toMatchObject([
      { peer: alice, reason: 'misbehaved' },
    ])
  })

  it('[R10] an author that has too much passed on is not served for a while; others through the same member are', () => {
    const { link, hear, pass } = onlineBench(bob)
    for (const peer of [alice, carol]) link(peer)
    const flooder = peerNumber(9)
    for (let count = 0; count < limits.signalsPerTenSecondsMax; count++) {
      expect(effectsOf(hear(alice, relay(carol, { author: flooder })), 'send')).toHaveLength(1)
    }
    expect(hear(alice, relay(carol, { author: flooder }))).toEqual([])
    expect(effectsOf(hear(alice, relay(carol)), 'send')).toHaveLength(1)
    pass(10_000)
    expect(sentTo(hear(alice, relay(carol, { author: flooder })), carol)).toHaveLength(1)
  })

  it('[R10] several who flood through us do not make us pass on more than an honest member does', () => {
    const { link, hear } = onlineBench(bob)
    const flooders = [4, 5, 6, 7, 8].map(peerNumber)
    for (const peer of [carol, ...flooders]) link(peer)
    const passedOn = flooders.flatMap((peer) =>
      Array.from({ length: 300 }, (_, at) =>
        hear(peer, relay(carol, { author: manyPeers(at % 30, at) })),
      ).flat(),
    )
    const toCarol = effectsOf(passedOn, 'send').filter(({ peer }) => peer === carol)
    expect(toCarol.length).toBeGreaterThan(100)
    expect(toCarol.length).toBeLessThanOrEqual(limits.relaysPerTenSecondsMax / 4)
  })

  it('[R10] a flood through one member costs no more than it may, whoever signed it', () => {
    const { room, link, hear } = onlineBench(bob)
    const members = [3, 4, 5, 6, 7, 8, 9, 10].map(peerNumber)
    for (const peer of [alice, ...members]) link(peer)
    let [inBytes, outBytes] = [0, 0]
    for (let at = 0; at < 400; at++) {
      const signal = { type: 'candidate', session: theirs, data: `${at}`.padEnd(20_000) } as const
      const to = at % 2 === 0 ? peerNumber(20) : peerNumber(3 + (at % 8))
      const message = sealedRelay(peerNumber(30 + (at % 60)), { stamp: 'stamp', to, mailboxes: [], signal })
      inBytes += message.sealed.length
      for (const { message: sent } of effectsOf(hear(alice, message), 'send'))
        outBytes += sent.type === 'relay' ? sent.sealed.length : 0
    }
    expect(inBytes).toBeGreaterThan(5 * limits.relayedPerMemberMaxBytes)
    expect(outBytes).toBeLessThanOrEqual(limits.relayedPerMemberMaxBytes)
    expect(room.members().some(({ peer }) => peer === alice)).toBe(false)
  })
})
