import type { LinkSession, Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomLinkSession } from '../shared/random.ts'
import type { RoomContext } from './context.ts'
import type { HandInput, LinkSignalKind, Nonce, Signal } from './io.ts'
import {
  hasSession,
  isAttempt,
  type Answering,
  type Linked,
  type LinkedMember,
  type Member,
  type Offer,
  type Offering,
} from './member.ts'
import type { Nonces } from './nonces.ts'
import type { Redialing } from './redialing.ts'
import type { Relaying } from './relaying.ts'
import type { Roster } from './roster.ts'

/** Connections being opened at once: a made-up roster cannot make us open more. */
const attemptsMax = 2 * limits.membersMax
/** An attempt that has not opened makes way for others so long before it is given up: most take a second or two. */
const attemptYieldsMs = limits.linkOpenTimeoutMs - 4000
/** An ICE agent has a few dozen candidates at the very most; what is said again is bounded. */
const signalsKeptMax = 64

/** Links on their way: from the first offer until they are open. */
export interface Attempts {
  /** Says hello: if the peer welcomes us, it is offered a link. */
  call(member: Member): void
  /** Opens our end and offers, unless too many attempts are under way. `echo`: the nonce of the peer's welcome. */
  offer(member: Member, echo: Nonce): void
  /** Opens our end to an offer, likewise. Whatever was under way before must have been superseded. */
  accept(member: Member, offer: Offer): void
  /** Likewise for what people have brought: our end is to answer, or has offered already. */
  byHand(member: Member, brought: Brought): void
  /** Our end has something to signal. */
  signaled(peer: PeerId, kind: LinkSignalKind, session: LinkSession, data: string): void
  /** Says again what we offered, by the ways we know now. */
  offerAgain(member: Member): void
  /** The member whose link is now open; null when it was refused or nobody waits for it any more. */
  opened(peer: PeerId, session: LinkSession, route: Linked['route']): LinkedMember | null
}

/** What people have brought of a peer, beside who that is. */
export type Brought = Pick<HandInput, 'type' | 'session' | 'data'>

const newLink = (session: LinkSession, route: Linked['route'], now: Millis, isDrawn: boolean): Linked => ({
  state: 'linked',
  session,
  route,
  silentSince: now,
  pingedAt: null,
  isPathLost: false,
  doubt: null,
  greeted: false,
  doors: [],
  neighbours: new Set(),
  since: now,
  isDrawn,
  challenge: null,
})

const givenUpAt = ({ road }: Member): Millis => (isAttempt(road) ? road.giveUpAt : Infinity)

/** Null for an offer of an end that was to answer. */
function signalOf(
  road: Offering | Answering | Linked,
  type: LinkSignalKind,
  session: LinkSession,
  data: string,
): Signal | null {
  if (type !== 'offer') return { type, session, data }
  return road.state === 'offering' ? { type, session, data, echo: road.echo } : null
}

export function createAttempts(
  context: RoomContext,
  roster: Roster,
  relaying: Relaying,
  redialing: Redialing,
  nonces: Nonces,
): Attempts {
  const { random, emit } = context

  const answering = () => roster.all().filter(({ road }) => road.state === 'answering')

  /** One who has many names but one mailbox is let try with one of them at a time. */
  const sharesMailbox = (member: Member) =>
    answering().some(
      (other) =>
        other !== member &&
        other.mailboxes.some((at) =>
          member.mailboxes.some(({ broker, mailbox }) => broker === at.broker && mailbox === at.mailbox),
        ),
    )

  /** Where all places are taken, the longest attempt makes way, once it has had the time that most need. */
  function makePlace(): boolean {
    if (roster.attempts() < attemptsMax) return true
    const [oldest] = answering().toSorted((a, b) => givenUpAt(a) - givenUpAt(b))
    if (oldest?.road.state !== 'answering' || context.now < givenUpAt(oldest) - attemptYieldsMs) return false
    emit({ type: 'closeLink', peer: oldest.peer, session: oldest.road.session, reason: 'openTimeout' })
    redialing.failed(oldest)
    return true
  }

  const giveUpAt = () => context.now + limits.linkOpenTimeoutMs

  return {
    call(member) {
      member.road = { state: 'calling', giveUpAt: context.now + limits.callTimeoutMs }
      relaying.send(member, { type: 'hello', nonce: nonces.forHello() })
    },

    offer(member, echo) {
      if (!makePlace()) {
        redialing.failed(member)
        return
      }
      const session = randomLinkSession(random)
      member.road = {
        state: 'offering',
        session,
        giveUpAt: giveUpAt(),
        echo,
        sent: [],
        sentAt: context.now,
        answered: false,
      }
      emit({ type: 'openLink', peer: member.peer, session, initiator: true })
    },

    accept(member, { session, data }) {
      if (sharesMailbox(member) || !makePlace()) {
        redialing.failed(member)
        return
      }
      member.road = { state: 'answering', session, giveUpAt: giveUpAt() }
      emit({ type: 'openLink', peer: member.peer, session, initiator: false })
      emit({ type: 'signalLink', peer: member.peer, session, data })
    },

    byHand(member, { type, session, data }) {
      const { peer } = member
      const initiator = type === 'handAnswered'
      const until = context.now + (initiator ? limits.handOpenTimeoutMs : limits.handWaitMs)
      member.road = initiator
        ? {
            state: 'offering',
            session,
            giveUpAt: until,
            echo: '',
            sent: [],
            sentAt: context.now,
            answered: true,
          }
        : { state: 'answering', session, giveUpAt: until, byHand: true }
      emit({ type: 'openLink', peer, session, initiator, byHand: true })
      emit({ type: 'signalLink', peer, session, data })
    },

    signaled(peer, kind, session, data) {
      const member = roster.find(peer)
      const road = member?.road
      if (member === undefined || road === undefined || !hasSession(road)) return
      if (road.session !== session) return
      const signal = signalOf(road, kind, session, data)
      if (signal === null) return
      if (road.state === 'offering' && road.sent.length < signalsKeptMax) {
        road.sent.push(signal)
        road.sentAt = context.now
      }
      relaying.send(member, signal)
    },

    offerAgain(member) {
      if (member.road.state !== 'offering') return
      member.road.sentAt = context.now
      for (const signal of member.road.sent) relaying.send(member, signal)
    },

    opened(peer, session, route) {
      const member = roster.find(peer)
      const road = member?.road
      if (member === undefined || road === undefined || !isAttempt(road) || road.session !== session) {
        const isOpenAlready = road?.state === 'linked' && road.session === session
        if (!isOpenAlready) emit({ type: 'closeLink', peer, session, reason: 'superseded' })
        return null
      }
      roster.changed()
      return Object.assign(member, { road: newLink(session, route, context.now, road.state === 'offering') })
    },
  }
}
