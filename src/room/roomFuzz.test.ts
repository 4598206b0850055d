import { expect, it } from 'vitest'
import type { LinkSession, Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomBelow, seededRandom } from '../shared/random.ts'
import type { Nonce, Relay, RoomEffect, RoomInput, RoomMessage, Signal } from './io.ts'
import { createRoom } from './room.ts'
import { deviceOf, fakeCard, fakeHash } from './testing/fakeSigning.ts'
import { peerNumber, sessionNumber } from './testing/roomBench.ts'

const peersCount = 28
const sessionsCount = 6

/** Inputs in any order, most of them senseless: what a hostile room and a broken driver may do. */
function inputMaker(
  seed: number,
  openSession: (peer: PeerId) => LinkSession | undefined,
  noncesSeen: () => readonly [Nonce, ...Nonce[]],
) {
  const random = seededRandom(seed)
  const below = (bound: number) => randomBelow(random, bound)
  const oneOf = <Item>(items: readonly [Item, ...Item[]]): Item => items[below(items.length)] ?? items[0]
  const peer = () => peerNumber(1 + below(peersCount))
  const session = (of: PeerId) =>
    (below(2) === 0 ? openSession(of) : undefined) ?? sessionNumber(below(sessionsCount))
  const mailboxes = () => [{ broker: below(3), mailbox: `box-${below(5)}` }]
  const door = () => ({ broker: below(3), door: below(limits.doors), epoch: below(2) })
  const card = (of: PeerId) => fakeCard(of, mailboxes(), below(5), deviceOf(peerNumber(1 + below(3))))
  const cards = () => Array.from({ length: below(15) }, () => card(peer()))
  const relay = (): Relay => ({
    type: 'relay',
    id: `id${below(500)}`,
    to: peer(),
    hops: below(4),
    sealed: 'sealed',
  })
  const nonce = () => oneOf(noncesSeen())

  const message = (): RoomMessage =>
    oneOf<() => RoomMessage>([
      () => ({
        type: 'card',
        version: 3,
        card: card(peer()),
      }),
      () => ({
        type: oneOf(['heads', 'doubt']),
        heads: cards().map(({ peer: of, sequence }) => [of, sequence]),
      }),
      () => ({ type: 'ask', peers: cards().map(({ peer: of }) => of) }),
      () => ({ type: 'cards', cards: cards() }),
      () => ({ type: 'roster', members: cards(), others: [] }),
      relay,
      () => ({ type: 'atDoor', nonce: nonce() }),
      () => ({ type: oneOf(['ping', 'pong', 'giveWay', 'bye']) }),
    ])()

  function signal(from: PeerId): Signal {
    const echo = nonce()
    if (below(3) === 0)
      return oneOf<Signal>([
        { type: 'probe', nonce: 'nonce' },
        { type: 'hello', nonce: 'nonce' },
        { type: 'welcome', nonce: 'nonce', echo },
      ])
    const type = oneOf(['offer', 'answer', 'candidate', 'restart'] as const)
    const at = { session: session(from), data: 'data' }
    return type === 'offer' ? { type, ...at, echo } : { type, ...at }
  }

  return (): RoomInput =>
    oneOf<() => RoomInput>([
      () => ({ type: oneOf(['brokerOnline', 'brokerOffline']), broker: below(3) }),
      () => (below(20) === 0 ? { type: 'epochChanged', epoch: below(2) } : { type: 'woke' }),
      () => ({ type: oneOf(['doorHeld', 'doorShared', 'doorTaken', 'doorLost']), ...door() }),
      () => {
        const from = peer()
        const to = below(4) === 0 ? null : peerNumber(1)
        const id = `letter${below(100_000)}`
        return {
          type: 'letterArrived',
          letter: { stamp: id, id, from, to, mailboxes: mailboxes(), signal: signal(from) },
        }
      },
      () => {
        const of = peer()
        const kind = oneOf(['offer', 'answer', 'candidate', 'restart'] as const)
        return { type: 'linkSignaled', peer: of, session: session(of), kind, data: 'data' }
      },
      () => {
        const of = peer()
        return { type: 'linkOpened', peer: of, session: session(of), route: oneOf(['direct', 'relayed']) }
      },
      () => {
        const of = peer()
        return { type: oneOf(['linkClosed', 'pathLost', 'pathFound']), peer: of, session: session(of) }
      },
      () => ({ type: 'cardSigned', card: card(peerNumber(1)) }),
      () => ({ type: 'cardChecked', from: peer(), card: card(peer()) }),
      () => ({ type: 'relayChecked', from: peer(), author: peer(), message: relay() }),
      () => ({ type: 'peerHeard', peer: peer() }),
      () => ({ type: 'messageArrived', peer: peer(), message: message() }),
      () => ({ type: 'messageArrived', peer: peer(), message: message() }),
      () => (below(20) === 0 ? { type: 'messageFaulted', peer: peer(), fault: 'notJson' } : { type: 'woke' }),
      () => (below(20) === 0 ? { type: 'resumed' } : { type: 'woke' }),
      () =>
        below(20) === 0
          ? { type: 'peerMisbehaved', peer: peer(), why: oneOf(['badPieces', 'misbehaved']) }
          : { type: 'woke' },
    ])()
}

/** Follows the links a driver would have open, and what may be done with them. */
function linkWatch() {
  const open = new Map<PeerId, LinkSession>()
  const nonces: [Nonce, ...Nonce[]] = ['none']
  return {
    open,
    /** The newest of what the machine would recognise. */
    nonces: () => nonces,
    see(effect: RoomEffect): void {
      if (effect.type === 'sendLetter' && 'nonce' in effect.letter.signal) {
        nonces.push(effect.letter.signal.nonce)
        if (nonces.length > 20) nonces.splice(1, 1)
      }
      if (effect.type === 'openLink') {
        expect(open.has(effect.peer)).toBe(false)
        open.set(effect.peer, effect.session)
      }
      if (effect.type === 'send' || effect.type === 'signalLink') expect(open.has(effect.peer)).toBe(true)
      if (effect.type === 'closeLink' && open.get(effect.peer) === effect.session) open.delete(effect.peer)
    },
  }
}

const seeds = Array.from({ length: 10 }, (_, seed) => seed + 1)

it.each(seeds)('[R13] whatever comes, nothing throws and everything stays bounded (seed %i)', (seed) => {
  const watch = linkWatch()
  const makeInput = inputMaker(seed, (peer) => watch.open.get(peer), watch.nonces)
  const room = createRoom({ self: peerNumber(1), random: seededRandom(seed), hash: fakeHash })
  const waits = seededRandom(seed + 1)
  let now: Millis = 0
  const profile = { name: 'self', device: 'desktop' } as const
  room.handle({ type: 'started', fresh: seed % 2 === 0, profile, brokers: ['a', 'b'], epoch: 0 }, now)
  for (let step = 0; step < 3000; step++) {
    now += randomBelow(waits, randomBelow(waits, 200) === 0 ? 3_600_000 : 500)
    const input = makeInput()
    if (input.type === 'linkClosed' && watch.open.get(input.peer) === input.session)
      watch.open.delete(input.peer)
    const effects = room.handle(input, now)
    for (const effect of effects) watch.see(effect)
    expect(effects.length).toBeLessThan(500)
    expect(watch.open.size).toBeLessThanOrEqual(limits.membersMax - 1 + 2 * limits.membersMax)
    const linked = room.members().filter(({ state }) => state === 'direct' || state === 'relayed')
    expect(linked.length).toBeLessThan(limits.membersMax)
    for (const { peer } of linked) expect(watch.open.has(peer)).toBe(true)
  }
})
