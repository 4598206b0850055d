import { base64UrlFromBytes } from '../../shared/bytes.ts'
import type { DeviceId, LinkSession, Millis, PeerId } from '../../shared/ids.ts'
import { idBytes, linkSessionBytes } from '../../shared/ids.ts'
import { seededRandom } from '../../shared/random.ts'
import { assert } from '../../shared/result.ts'
import type {
  Card,
  DoorAt,
  Letter,
  MailboxAt,
  Nonce,
  RoomEffect,
  RoomInput,
  RoomMessage,
  Signal,
} from '../io.ts'
import { createRoom } from '../room.ts'
import { deviceOf, fakeAuthor, fakeCard, fakeHash, isOwnCard, signedCard } from './fakeSigning.ts'

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

/** Letters left in mailboxes, one entry a mailbox. */
export const posted = (effects: readonly RoomEffect[]) =>
  effectsOf(effects, 'sendLetter').flatMap(({ letter, mailboxes }) =>
    mailboxes.map(({ mailbox }) => ({ mailbox, letter })),
  )

/** Letters left at doors, one entry a door. */
export const leftAtDoors = (effects: readonly RoomEffect[]) =>
  effectsOf(effects, 'sendLetter').flatMap(({ letter, doors }) =>
    doors.map(({ door, epoch }) => ({ door, epoch, letter })),
  )

/** What was written to one peer. */
export const signalsTo = (effects: readonly RoomEffect[], to: PeerId): Signal[] =>
  effectsOf(effects, 'sendLetter').flatMap(({ letter }) => (letter.to === to ? [letter.signal] : []))

/** Peers that were said hello to. */
export const called = (effects: readonly RoomEffect[]): PeerId[] =>
  effectsOf(effects, 'sendLetter').flatMap(({ letter: { to, signal } }) =>
    to !== null && signal.type === 'hello' ? [to] : [],
  )

export const mailboxesOf = (peer: PeerId): MailboxAt[] => [
  { broker: 0, mailbox: `mailbox-${peer.slice(0, 4)}` },
]

/** A card that shows where the peer is reached, or nowhere. */
export const cardOf = (peer: PeerId, mailboxes: readonly MailboxAt[] = [], sequence = 1): Card =>
  fakeCard(peer, mailboxes, sequence)

/** A member's roster of those. */
export const rosterOf = (peers: readonly PeerId[]): RoomMessage => ({
  type: 'roster',
  members: peers.map((peer) => cardOf(peer)),
  others: [],
})

export const hello = { type: 'hello', nonce: 'theirs' } as const

export const today = 20_000
export const doorAt = (door: number): DoorAt => ({ broker: 0, door, epoch: today })

/** In the order of their numbers, so that a test knows who comes first. */
const hash = (text: string): string => (text.startsWith('order ') ? text : fakeHash(text))

/** One room machine on a workbench: a test feeds it by hand, at its own pace. What is to be signed and checked is, at once. */
export function createBench({ self = bob, fresh = false, brokers = 1 } = {}) {
  const room = createRoom({ self, random: seededRandom(1), hash })
  let now: Millis = 1000
  let letters = 0
  let sessions = 100
  let helloNonce = ''
  /** Who reads what is left at which door. */
  const holders = new Map<number, PeerId>()

  function feed(input: RoomInput): RoomEffect[] {
    const effects = room.handle(input, now)
    return effects.flatMap((effect): RoomEffect[] => {
      if (effect.type === 'sendLetter' && effect.letter.signal.type === 'hello')
        helloNonce = effect.letter.signal.nonce
      const answer = answerTo(effect)
      return answer === null ? [effect] : feed(answer)
    })
  }

  function answerTo(effect: RoomEffect): RoomInput | null {
    switch (effect.type) {
      case 'signCard':
        return { type: 'cardSigned', card: signedCard(self, effect.content) }
      case 'checkCard': {
        const { from, card } = effect
        return isOwnCard(card)
          ? { type: 'cardChecked', from, card }
          : { type: 'messageFaulted', peer: from, fault: 'card' }
      }
      case 'checkRelay': {
        const { from, message } = effect
        const author = fakeAuthor(message.sealed)
        return author === null
          ? { type: 'messageFaulted', peer: from, fault: 'letter' }
          : { type: 'relayChecked', from, author, message }
      }
      case 'sendLetter': {
        const { signal } = effect.letter
        const holder = holders.get(effect.doors[0]?.door ?? -1)
        if (signal.type !== 'probe' || holder === undefined) return null
        return { type: 'messageArrived', peer: holder, message: { type: 'atDoor', nonce: signal.nonce } }
      }
      default:
        return null
    }
  }

  /** Lets time pass, waking the machine whenever it asked for it; what it did meanwhile. */
  function pass(ms: Millis): RoomEffect[] {
    const until = now + ms
    const effects: RoomEffect[] = []
    for (;;) {
      const woken = feed({ type: 'woke' })
      effects.push(...woken)
      const wakeAt = effectsOf(woken, 'wakeAt').at(-1)?.at ?? Infinity
      if (wakeAt > until) break
      now = Math.max(now, wakeAt)
    }
    now = until
    return effects
  }

  function letter(from: PeerId, signal: Signal, changes: Partial<Letter> = {}): RoomEffect[] {
    const to = signal.type === 'hello' ? null : self
    const whole: Letter = {
      stamp: 'stamp',
      id: `letter${letters++}`,
      from,
      to,
      mailboxes: mailboxesOf(from),
      signal,
    }
    return feed({ type: 'letterArrived', letter: { ...whole, ...changes } })
  }

  /** The nonce with which the machine welcomes the peer now. */
  function welcomeNonce(peer: PeerId): Nonce {
    const [welcome] = signalsTo(letter(peer, hello, { to: self }), peer)
    assert(welcome?.type === 'welcome', 'a hello is answered with a welcome')
    return welcome.nonce
  }

  /** An offer as the peer makes it once it was welcomed. */
  function offer(peer: PeerId, session: LinkSession): RoomEffect[] {
    return letter(peer, { type: 'offer', session, data: 'sdp', echo: welcomeNonce(peer) })
  }

  /** The peer's answer to the last hello of ours. */
  const welcome = (peer: PeerId): RoomEffect[] =>
    letter(peer, { type: 'welcome', nonce: 'welcome', echo: helloNonce })

  const hear = (peer: PeerId, message: RoomMessage) => feed({ type: 'messageArrived', peer, message })

  const greet = (peer: PeerId, doors: readonly DoorAt[] = [], device: DeviceId = deviceOf(peer)) =>
    hear(peer, {
      type: 'card',
      version: 3,
      card: fakeCard(peer, mailboxesOf(peer), 1, device, doors),
    })

  /** Says hello as the peer, is welcomed, makes an offer and greets. */
  function link(peer: PeerId, doors: readonly DoorAt[] = []): LinkSession {
    const session = sessionNumber(sessions++)
    for (const { door } of doors) holders.set(door, peer)
    assert(opened(offer(peer, session)).length === 1, 'an offer is taken')
    feed({ type: 'linkOpened', peer, session, route: 'direct' })
    greet(peer, doors)
    return session
  }

  const started = feed({
    type: 'started',
    fresh,
    profile: { name: 'self', device: 'desktop' },
    brokers: Array.from({ length: brokers }, (_, broker) => `own-${broker}`),
    epoch: today,
  })
  return {
    room,
    feed,
    pass,
    letter,
    offer,
    welcome,
    welcomeNonce,
    hear,
    greet,
    link,
    started,
    sleep: (ms: Millis) => void (now += ms),
  }
}

/** The same with a broker online, and peers that can be dialed. */
export function onlineBench(self: PeerId) {
  const bench = createBench({ self })
  bench.feed({ type: 'brokerOnline', broker: 0 })
  /** Welcomes us as the peer; the session of our offer. */
  function dialed(peer: PeerId): LinkSession {
    const session = opened(bench.welcome(peer))[0]?.session
    assert(session !== undefined, 'a welcome is answered with an offer')
    bench.feed({ type: 'linkSignaled', peer, session, kind: 'offer', data: 'sdp' })
    return session
  }
  return { ...bench, dialed }
}

/** Lets time pass while the peer goes on talking. */
export function passHearing(
  { pass, feed }: Pick<ReturnType<typeof createBench>, 'pass' | 'feed'>,
  ms: Millis,
  peer = alice,
): RoomEffect[] {
  const effects: RoomEffect[] = []
  for (let passed = 0; passed < ms; passed += 1000) {
    effects.push(...feed({ type: 'peerHeard', peer }), ...pass(1000))
  }
  return effects
}
