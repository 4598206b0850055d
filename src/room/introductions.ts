import type { LinkSession, Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { BrokerChecks } from './brokerChecks.ts'
import type { Cards } from './cards.ts'
import type { Census } from './census.ts'
import { createChallenges, type Challenges } from './challenges.ts'
import type { RoomContext } from './context.ts'
import type { Dialing } from './dialing.ts'
import type { Card, HandInput, Letter, Nonce, Signal } from './io.ts'
import { hasSession, isLinked, type LinkedMember, type Member, type Offer, type Welcome } from './member.ts'
import type { Gossip } from './gossip.ts'
import type { Meshing } from './meshing.ts'
import type { Nonces } from './nonces.ts'
import { createQuota } from './quota.ts'
import type { Relaying } from './relaying.ts'
import type { Roster } from './roster.ts'

/** Candidates may overtake their offer; this many wait for one, from all peers together. */
const earlyCandidatesMax = 64
/** An offer that nobody answered in this time may be lost: say it again when the peer shows that it is there. */
const offerAgainMs: Millis = limits.doorAnswerMs
/** A link that was silent for this long, or has lost its path, is doubted when its peer knocks. */
const doubtfulSilenceMs: Millis = 2 * limits.pingAfterMs

/** How letters and rosters bring peers together. */
export interface Introductions extends Pick<Challenges, 'attend' | 'deadlines'> {
  letterArrived(letter: Letter): void
  /** What people have brought of a peer, with no letter. */
  broughtByHand(brought: HandInput): void
  /** The roster of a member: whom it is linked with. */
  rosterArrived(from: LinkedMember, members: readonly Card[], others: readonly PeerId[]): void
  /** Cards that we asked the member for. */
  cardsArrived(from: LinkedMember, cards: readonly Card[]): void
  /** A card that somebody, perhaps gone since, showed of somebody else is that peer's own. */
  otherShown(from: PeerId, card: Card): void
  linkClosed(peer: PeerId, session: LinkSession): void
  /** The member stayed silent: its link is dropped, and what it spoke as if that were gone is taken. */
  gaveUp(member: LinkedMember): void
}

export function createIntroductions(
  context: RoomContext,
  roster: Roster,
  dialing: Dialing,
  relaying: Relaying,
  nonces: Nonces,
  cards: Cards,
  census: Census,
  gossip: Gossip,
  meshing: Meshing,
  brokerChecks: Pick<BrokerChecks, 'cameBack'>,
): Introductions {
  const { emit } = context
  const early = createEarlyCandidates()
  const challenges = createChallenges(context, roster, linkIsDead)
  const welcomes = createQuota<'all'>(context, { countMax: limits.welcomesPerTenSecondsMax })

  const isDoubtful = ({ road }: LinkedMember): boolean =>
    road.isPathLost || context.now - road.silentSince > doubtfulSilenceMs

  /** Answered with a letter and nothing more: a hello may be a recording, and its writer gone for days. */
  function helloArrived({ from, to, mailboxes }: Letter, echo: string): void {
    const member = roster.find(from)
    // A knock of one we are linked with is for the others, unless its end of the link is gone.
    if (to === null && member !== undefined && isLinked(member) && !isDoubtful(member)) return
    if (!welcomes.allows('all')) return
    relaying.send(
      { peer: from, mailboxes, card: member?.card ?? null },
      { type: 'welcome', nonce: nonces.forWelcome(from), echo },
    )
    if (member !== undefined) offerAgainIfLost(member)
  }

  /** We hold the door where it was left: who is linked with us may know. */
  function probeArrived({ from }: Letter, nonce: Nonce): void {
    if (roster.findLinked(from)) emit({ type: 'send', peer: from, message: { type: 'atDoor', nonce } })
  }

  function welcomeArrived(letter: Letter, welcome: Welcome): void {
    if (!nonces.isHello(welcome.echo)) return
    census.answeredAtDoor(letter.from)
    if (!meshing.needs(letter.from)) return
    const member = roster.meet(toWriter(letter))
    if (member === null) return
    const { state } = member.road
    if (isLinked(member)) {
      if (isDoubtful(member)) challenges.challenge(member, welcome)
    } else if (state === 'waiting' || state === 'calling') {
      dialing.offer(member, welcome.nonce)
    } else {
      offerAgainIfLost(member)
    }
  }

  function offerAgainIfLost(member: Member): void {
    const { road } = member
    if (road.state !== 'offering' || road.answered || context.now - road.sentAt < offerAgainMs) return
    dialing.offerAgain(member)
  }

  function offerArrived(letter: Letter, offer: Offer): void {
    if (!nonces.isWelcome(letter.from, offer.echo)) return
    const member = roster.meet(toWriter(letter))
    if (member === null) return
    const { road } = member
    if (hasSession(road) && road.session === offer.session) return
    if (isLinked(member)) challenges.challenge(member, offer)
    // Both offered: both see both sessions, and nothing hangs on which one it is.
    else if (road.state === 'offering' && road.session < offer.session) offerAgainIfLost(member)
    else replaceBy(member, offer)
  }

  function linkIsDead(member: Member, sign: Offer | Welcome): void {
    if (sign.type === 'offer') return replaceBy(member, sign)
    dialing.supersede(member)
    dialing.offer(member, sign.nonce)
  }

  function replaceBy(member: Member, offer: Offer): void {
    dialing.supersede(member)
    dialing.accept(member, offer)
    if (member.road.state !== 'answering') return
    for (const data of early.take(member.peer, offer.session)) {
      emit({ type: 'signalLink', peer: member.peer, session: offer.session, data })
    }
  }

  function signalArrived(peer: PeerId, signal: Extract<Signal, { type: 'answer' | 'candidate' }>): void {
    const { session, data } = signal
    const road = roster.find(peer)?.road
    const isExpected = road !== undefined && hasSession(road) && road.session === session
    if (signal.type === 'candidate' && !isExpected) early.keep(peer, session, data)
    if (!isExpected) return
    if (signal.type === 'answer') {
      if (road.state !== 'offering' || road.answered) return
      road.answered = true
    }
    emit({ type: 'signalLink', peer, session, data })
  }

  /** The link itself sees that what it says fits: its certificates are those that both have signed. */
  function restartArrived(peer: PeerId, session: LinkSession, data: string): void {
    const isOpen = roster.findLinked(peer)?.road.session === session
    if (isOpen) emit({ type: 'signalLink', peer, session, data })
  }

  return {
    letterArrived(letter) {
      if (letter.from === context.self) return brokerChecks.cameBack(letter)
      if (roster.isBanned(letter.from) || !relaying.accepts(letter)) return
      const { from, signal } = letter
      switch (signal.type) {
        case 'hello':
          return helloArrived(letter, signal.nonce)
        case 'probe':
          return probeArrived(letter, signal.nonce)
        case 'welcome':
          return welcomeArrived(letter, signal)
        case 'offer':
          return offerArrived(letter, signal)
        case 'answer':
        case 'candidate':
          return signalArrived(from, signal)
        case 'restart':
          restartArrived(from, signal.session, signal.data)
      }
    },

    broughtByHand(brought) {
      const member = roster.meet({ peer: brought.peer, mailboxes: [], card: null })
      if (member === null || (isLinked(member) && !isDoubtful(member))) return
      dialing.supersede(member)
      dialing.byHand(member, brought)
    },

    ...createRosterReading(context, roster, cards, census, gossip, meshing),

    linkClosed(peer, session) {
      const member = roster.findLinked(peer)
      const sign = member?.road.session === session ? member.road.challenge?.sign : undefined
      if (member !== undefined && sign?.type === 'offer') replaceBy(member, sign)
      else dialing.closed(peer, session)
    },

    gaveUp(member) {
      const { challenge } = member.road
      if (challenge === null) dialing.drop(member, 'silent')
      else linkIsDead(member, challenge.sign)
    },

    attend: challenges.attend,
    deadlines: challenges.deadlines,
  }
}

const toWriter = ({ from, mailboxes }: Letter) => ({ peer: from, mailboxes, card: null })

/** What members show of others. */
function createRosterReading(
  { self }: RoomContext,
  roster: Roster,
  cards: Cards,
  census: Census,
  gossip: Gossip,
  meshing: Meshing,
): Pick<Introductions, 'rosterArrived' | 'cardsArrived' | 'otherShown'> {
  function check(from: LinkedMember, card: Card): void {
    const { peer, sequence } = card
    gossip.has(from.peer, [peer, sequence])
    if (census.isNews([peer, sequence], from.road.neighbours.has(peer))) cards.check(from, card)
    else meshing.shown(peer)
  }

  return {
    rosterArrived(from, members, unshown) {
      const others = members.filter(({ peer }) => peer !== self)
      from.road.neighbours = new Set([...others.map(({ peer }) => peer), ...unshown])
      from.road.neighbours.delete(self)
      meshing.tellNeighbours(from)
      for (const card of others) check(from, card)
    },

    cardsArrived(from, shown) {
      for (const card of shown) check(from, card)
    },

    otherShown(from, card) {
      const { peer } = card
      const isSeen = roster.findLinked(from)?.road.neighbours.has(peer) === true
      if (roster.isBanned(from) || !census.take(card, from, isSeen)) return
      const known = roster.find(peer)
      if (known) roster.takeCard(known, card)
      gossip.news(peer)
      meshing.isHere(peer)
      meshing.shown(peer)
    },
  }
}

/** Candidates that came before their offer. */
function createEarlyCandidates() {
  let kept: { readonly peer: PeerId; readonly session: LinkSession; readonly data: string }[] = []
  return {
    keep(peer: PeerId, session: LinkSession, data: string): void {
      kept = [...kept.slice(1 - earlyCandidatesMax), { peer, session, data }]
    },
    take(peer: PeerId, session: LinkSession): string[] {
      const isMatch = (one: { peer: PeerId; session: LinkSession }) =>
        one.peer === peer && one.session === session
      const matching = kept.filter(isMatch)
      kept = kept.filter((one) => !isMatch(one))
      return matching.map(({ data }) => data)
    },
  }
}
