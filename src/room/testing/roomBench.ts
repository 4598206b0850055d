import { base64UrlFromBytes } from '../../shared/bytes.ts'
import type { LinkSession, Millis, PeerId } from '../../shared/ids.ts'
import { idBytes, linkSessionBytes } from '../../shared/ids.ts'
import { seededRandom } from '../../shared/random.ts'
import { assert } from '../../shared/result.ts'
import type { DoorAt, Letter, RoomEffect, RoomInput, RoomMessage, Signal } from '../io.ts'
import { createRoom } from '../room.ts'

/** Peer ids in the order of their numbers. */
export const peerNumber = (number: number): PeerId =>
  base64UrlFromBytes(new Uint8Array(idBytes).fill(number * 8)) as PeerId

export const alice = peerNumber(1)
export const bob = peerNumber(2)
export const carol = peerNumber(3)

export const sessionNumber = (number: number): LinkSession =>
  base64UrlFromBytes(new Uint8Array(linkSessionBytes).fill(number)) as LinkSession

/** The effects of one kind. */
export function effectsOf<Type extends RoomEffect['type']>(effects: readonly RoomEffect[], type: Type) {
  return effects.filter((effect): effect is Extract<RoomEffect, { type: Type }> => effect.type === type)
}

/** The messages sent to a peer. */
export const sentTo = (effects: readonly RoomEffect[], to: PeerId): RoomMessage[] =>
  effectsOf(effects, 'send').flatMap(({ peer, message }) => (peer === to ? [message] : []))

/** As many different peers as wanted, with larger ids than those above. */
export const manyPeers = (group: number, at: number): PeerId =>
  `z${group.toString(36).padStart(3, '0')}${at.toString(36).padStart(17, '0')}A` as PeerId

/** The links a machine orders to be opened. */
export const opened = (effects: readonly RoomEffect[]) => effectsOf(effects, 'openLink')

/** One room machine on a workbench: a test feeds it by hand, at its own pace. */
export function createBench({ self = bob, fresh = false, brokers = 1 } = {}) {
  const room = createRoom({ self, random: seededRandom(1) })
  let now: Millis = 1000
  let letters = 0

  const feed = (input: RoomInput): RoomEffect[] => room.handle(input, now)
  const mailboxes = Array.from({ length: brokers }, (_, broker) => `own-${broker}`)

  /** Lets time pass, waking the machine whenever it asked for it; what it did meanwhile. */
  function pass(ms: Millis): RoomEffect[] {
    const until = now + ms
    const effects: RoomEffect[] = feed({ type: 'woke' })
    for (;;) {
      const wakeAt = effectsOf(effects, 'wakeAt').at(-1)?.at ?? Infinity
      if (wakeAt > until) break
      now = Math.max(now, wakeAt)
      effects.push(...feed({ type: 'woke' }))
    }
    now = until
    return effects
  }

  function letter(from: PeerId, signal: Signal, changes: Partial<Letter> = {}): RoomEffect[] {
    const to = signal.type === 'hello' ? null : self
    const mailbox = [{ broker: 0, mailbox: `mailbox-${from.slice(0, 4)}` }]
    const whole: Letter = { version: 1, id: `letter${letters++}`, from, to, mailboxes: mailbox, signal }
    return feed({ type: 'letterArrived', letter: { ...whole, ...changes } })
  }

  const hear = (peer: PeerId, message: RoomMessage) => feed({ type: 'messageArrived', peer, message })

  const greet = (peer: PeerId, doors: readonly DoorAt[] = []) =>
    hear(peer, {
      type: 'profile',
      version: 1,
      profile: { name: peer, device: 'phone' },
      mailboxes: [{ broker: 0, mailbox: `mailbox-${peer.slice(0, 4)}` }],
      doors,
    })

  /** Says hello as the peer, takes the offer and greets. */
  function link(peer: PeerId, doors: readonly DoorAt[] = []): LinkSession {
    const session = effectsOf(letter(peer, { type: 'hello' }), 'openLink')[0]?.session
    assert(session !== undefined, 'a hello is answered with an offer')
    feed({ type: 'linkOpened', peer, session, route: 'direct' })
    greet(peer, doors)
    return session
  }

  const started = feed({
    type: 'started',
    fresh,
    profile: { name: 'self', device: 'desktop' },
    brokers: mailboxes,
  })
  return { room, feed, pass, letter, hear, greet, link, started, sleep: (ms: Millis) => void (now += ms) }
}

/** The same with a broker online, and peers that can be dialed. */
export function onlineBench(self: PeerId) {
  const bench = createBench({ self })
  bench.feed({ type: 'brokerOnline', broker: 0 })
  /** Says hello as the peer; the session of our offer. */
  function dialed(peer: PeerId): LinkSession {
    const session = opened(bench.letter(peer, { type: 'hello' }))[0]?.session
    assert(session !== undefined, 'a hello is answered with an offer')
    bench.feed({ type: 'linkSignaled', peer, session, kind: 'offer', data: 'sdp' })
    return session
  }
  return { ...bench, dialed }
}
