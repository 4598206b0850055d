import { limits } from '../../shared/limits.ts'
import type { PeerId } from '../../shared/ids.ts'
import { randomBelow, randomLinkSession, randomPeerId, seededRandom } from '../../shared/random.ts'
import type { Card, LetterDraft, Nonce, RoomMessage, Signal } from '../io.ts'
import { relayOf } from '../messages.ts'
import { deviceOf, fakeCard, fakeSeal } from './fakeSigning.ts'
import type { RoomWorld, Tab } from './roomWorld.ts'
import { doorMailbox } from './worldBroker.ts'

/** What a hostile member does in one go. Each is chosen by its own name in a plan, so that a failing run can be told in words. */
export type Misdeed =
  | 'floodsRelays'
  | 'inventsMembers'
  | 'forgesCards'
  | 'claimsAllDoors'
  | 'talksNonsense'
  | 'knocksAsMany'
  | 'welcomesAsMany'
  | 'offersAsMany'
  | 'replaysLetters'
  | 'speaksForOthers'

export const misdeeds: readonly Misdeed[] = [
  'floodsRelays',
  'inventsMembers',
  'forgesCards',
  'claimsAllDoors',
  'talksNonsense',
  'knocksAsMany',
  'welcomesAsMany',
  'offersAsMany',
  'replaysLetters',
  'speaksForOthers',
]

/**
 * A member that has the room's link and keys of its own, speaks the real protocol as a tab does, and besides misbehaves by plan and seed. It
 * cannot sign for others: all it has of theirs is what it was sent, and what went through the broker.
 */
export interface HostileMember {
  readonly tab: Tab
  misbehave(how: Misdeed): void
}

const burst = 20

const forgedCard = (peer: PeerId): Card => ({ ...fakeCard(peer, [], 1000), proof: 'forged' })

export function createHostileMember(world: RoomWorld, tab: Tab, seed: number): HostileMember {
  const random = seededRandom(seed)
  const ways = world.hostile(tab)
  /** Welcomes that names of its own were given: with them it may make offers. */
  const welcomed: { readonly as: PeerId; readonly by: PeerId; readonly nonce: Nonce }[] = []
  ways.onLetter(({ from, to, signal }) => {
    if (to !== null && signal.type === 'welcome') welcomed.push({ as: to, by: from, nonce: signal.nonce })
  })
  const below = (bound: number): number => randomBelow(random, bound)
  const anyOf = <Item>(items: readonly Item[]): Item | undefined => items[below(items.length)]
  const madeUp = (count: number): PeerId[] => Array.from({ length: count }, () => randomPeerId(random))
  const crowdOfOwn = madeUp(200)
  const someone = (): PeerId => anyOf(crowdOfOwn) ?? tab.peer
  const member = (): PeerId => anyOf(tab.linkedWith()) ?? someone()
  const tellAll = (message: RoomMessage): void => {
    for (const peer of tab.linkedWith()) ways.send(peer, message)
  }
  const anyDoor = () => ({ broker: 0, door: below(limits.doors), epoch: world.epoch() })
  const mailboxes = [{ broker: 0, mailbox: `${tab.name}-0` }]
  const letter = (to: PeerId | null, signal: Signal): LetterDraft => ({
    stamp: `stamp${below(1_000_000)}`,
    to,
    mailboxes,
    signal,
  })
  const postTo = (mailbox: string, from: PeerId, draft: LetterDraft): void =>
    ways.post(mailbox, fakeSeal(from, draft))
  const cardsOf = (peers: readonly PeerId[]): Card[] => peers.map((peer) => fakeCard(peer, mailboxes, 1))

  const acts: Readonly<Record<Misdeed, () => void>> = {
    floodsRelays() {
      for (let at = 0; at < burst; at++) {
        const to = below(2) === 0 ? member() : someone()
        const data = 'x'.repeat(1 + below(1000))
        const draft = letter(to, { type: 'candidate', session: randomLinkSession(random), data })
        const message = relayOf(limits.relayHopsMax, fakeSeal(someone(), draft))
        if (message !== null) tellAll(message)
      }
    },
    inventsMembers: () =>
      tellAll({ type: 'roster', members: cardsOf(madeUp(limits.membersMax - 2)), others: [] }),
    forgesCards() {
      tellAll({ type: 'roster', members: tab.linkedWith().map(forgedCard), others: [] })
    },
    claimsAllDoors() {
      const doors = Array.from({ length: limits.doors }, (_, door) => ({ ...anyDoor(), door }))
      const card = fakeCard(tab.peer, mailboxes, below(10), deviceOf(tab.peer), doors)
      tellAll({ type: 'card', version: 3, card })
    },
    talksNonsense() {
      const texts = ['', '{', '{"type":"roster"}', `{"type":"relay","hops":3,"sealed":"${'A'.repeat(300)}"}`]
      const text = anyOf(texts) ?? ''
      for (const peer of tab.linkedWith()) ways.sendText(peer, text)
    },
    knocksAsMany() {
      for (let at = 0; at < burst; at++)
        postTo(doorMailbox(anyDoor()), someone(), letter(null, { type: 'hello', nonce: `n${at}` }))
    },
    welcomesAsMany() {
      for (let at = 0; at < burst; at++) {
        const to = member()
        const echo = anyOf(welcomed)?.nonce ?? 'made up'
        postTo(mailboxOf(to), someone(), letter(to, { type: 'welcome', nonce: 'n', echo }))
      }
    },
    offersAsMany() {
      const forged = { as: someone(), by: member(), nonce: 'made up' }
      for (const { as, by, nonce } of [...welcomed.splice(-burst), forged]) {
        const session = randomLinkSession(random)
        postTo(mailboxOf(by), as, letter(by, { type: 'offer', session, data: 'offer', echo: nonce }))
      }
    },
    replaysLetters() {
      const recorded = world.brokers[0]?.recorded() ?? []
      for (let at = 0; at < burst; at++) {
        const { to, sealed } = anyOf(recorded) ?? { to: '', sealed: '' }
        ways.post(below(2) === 0 ? to : mailboxOf(member()), sealed)
        const message = relayOf(limits.relayHopsMax, sealed)
        if (message !== null) tellAll(message)
      }
    },
    speaksForOthers() {
      for (let at = 0; at < burst; at++) {
        const to = member()
        const sealed = fakeSeal(member(), letter(to, { type: 'hello', nonce: 'forged' }))
        const forged = `${sealed.slice(0, -8)}${sealed.slice(-8) === 'AAAAAAAA' ? 'BBBBBBBB' : 'AAAAAAAA'}`
        ways.post(mailboxOf(to), forged)
      }
    },
  }

  const mailboxOf = (peer: PeerId): string => ways.mailboxOf(peer) ?? `${tab.name}-0`

  return { tab, misbehave: (how) => acts[how]() }
}
