import type { LinkSession, Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { createChallenges, type Challenges } from './challenges.ts'
import type { RoomContext } from './context.ts'
import type { Dialing } from './dialing.ts'
import type { Letter, RosterEntry, Signal } from './io.ts'
import { isLinked, type LinkedMember, type Member, type Offer } from './member.ts'
import { yieldMs } from './redialing.ts'
import type { Relaying } from './relaying.ts'
import type { Roster } from './roster.ts'

/** Candidates may overtake their offer; this many wait for one, from all peers together. */
const earlyCandidatesMax = 64
/** An offer that nobody answered in this time may be lost: say it again when the peer shows that it is there. */
const offerAgainMs: Millis = limits.doorAnswerMs
/** A link that was silent for this long is doubted when its peer knocks. */
const doubtfulSilenceMs: Millis = 2 * limits.pingAfterMs

/** How letters and rosters bring peers together. */
export interface Introductions extends Pick<Challenges, 'attend' | 'deadlines'> {
  letterArrived(letter: Letter): void
  /** The roster of a member: everyone in it is to be linked with. */
  rosterArrived(from: LinkedMember, members: readonly RosterEntry[]): void
  linkClosed(peer: PeerId, session: LinkSession): void
}

export function createIntroductions(
  context: RoomContext,
  roster: Roster,
  dialing: Dialing,
  relaying: Relaying,
): Introductions {
  const { self, emit } = context
  const early = createEarlyCandidates()
  const challenges = createChallenges(context, roster, dialing, replaceBy)

  function helloArrived(member: Member): void {
    const { road } = member
    if (isLinked(member)) {
      // A knock of one we are linked with is for the others, unless its end of the link is gone.
      if (context.now - member.road.silentSince > doubtfulSilenceMs) challenges.challenge(member, null)
    } else if (road.state === 'waiting') {
      dialing.dial(member)
    } else if (road.state === 'offering') {
      offerAgainIfLost(member)
    }
  }

  function offerAgainIfLost(member: Member): void {
    const { road } = member
    if (road.state !== 'offering' || road.answered || context.now - road.sentAt < offerAgainMs) return
    dialing.offerAgain(member)
  }

  function offerArrived(member: Member, offer: Offer): void {
    const { road } = member
    if (road.state !== 'waiting' && road.session === offer.session) return
    if (isLinked(member)) challenges.challenge(member, offer)
    // Both offered: the offer of the smaller id counts, and the other side will answer ours.
    else if (road.state === 'offering' && self < member.peer) offerAgainIfLost(member)
    else replaceBy(member, offer)
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
    const isExpected = road !== undefined && road.state !== 'waiting' && road.session === session
    if (signal.type === 'candidate' && !isExpected) early.keep(peer, session, data)
    if (!isExpected) return
    if (signal.type === 'answer') {
      if (road.state !== 'offering' || road.answered) return
      road.answered = true
    }
    emit({ type: 'signalLink', peer, session, data })
  }

  return {
    letterArrived(letter) {
      if (roster.isBanned(letter.from) || !relaying.accepts(letter)) return
      const { from, signal } = letter
      if (signal.type === 'answer' || signal.type === 'candidate') {
        signalArrived(from, signal)
        return
      }
      const member = roster.meet({ peer: from, mailboxes: letter.mailboxes }, 'letter')
      if (member === null) return
      if (signal.type === 'hello') helloArrived(member)
      else offerArrived(member, signal)
    },

    rosterArrived: createRosterReading(context, roster),

    linkClosed(peer, session) {
      const member = roster.findLinked(peer)
      const offer = member?.road.session === session ? member.road.challenge?.offer : null
      if (member !== undefined && offer) replaceBy(member, offer)
      else dialing.closed(peer, session)
    },

    attend: challenges.attend,
    deadlines: challenges.deadlines,
  }
}

/** Everyone in a member's roster is to be linked with, unless it says that the room is full. */
function createRosterReading(context: RoomContext, roster: Roster): Introductions['rosterArrived'] {
  const { self, emit } = context
  return (from, members) => {
    const others = members.filter(({ peer }) => peer !== self)
    from.road.neighbours = new Set(others.map(({ peer }) => peer))
    const isFull = others.length >= limits.membersMax - 1
    if (isFull && !from.road.refusing) emit({ type: 'report', report: { type: 'roomFull', peer: from.peer } })
    from.road.refusing = isFull
    if (isFull) return
    for (const entry of others) {
      const isNew = roster.find(entry.peer) === undefined
      const member = roster.meet(entry, 'roster')
      if (isNew && member?.road.state === 'waiting') {
        member.road.dialAt = context.now + (self < entry.peer ? 0 : yieldMs)
      }
    }
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
