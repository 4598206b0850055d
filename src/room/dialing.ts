import type { LinkSession, Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomLinkSession } from '../shared/random.ts'
import { jittered, type Deadline, type RoomContext } from './context.ts'
import type { CloseReason, Signal } from './io.ts'
import { isAttempt, isLinked, type Linked, type LinkedMember, type Member, type Offer } from './member.ts'
import type { Relaying } from './relaying.ts'
import type { Roster } from './roster.ts'

/** Connections being opened at once: a made-up roster cannot make us open more. */
const attemptsMax = 2 * limits.membersMax
/** The larger id waits this much longer than the smaller one, so that mostly one of the two dials. */
export const yieldMs: Millis = 1000
/** An ICE agent has a few dozen candidates at the very most; what is said again is bounded. */
const signalsKeptMax = 64

/** Every road to a link: attempts begun, given up, begun again, and links that end. */
export interface Dialing {
  /** Opens our end and offers, unless too many attempts are under way. */
  dial(member: Member): void
  /** Opens our end to an offer, likewise. Whatever was under way before must have been superseded. */
  accept(member: Member, offer: Offer): void
  /** Our end has something to signal. */
  signaled(peer: PeerId, signal: Exclude<Signal, { type: 'hello' }>): void
  /** Says again what we offered, by the ways we know now. */
  offerAgain(member: Member): void
  /** The member whose link is now open; null when it was refused or nobody waits for it any more. */
  opened(peer: PeerId, session: LinkSession, route: Linked['route']): LinkedMember | null
  closed(peer: PeerId, session: LinkSession): void
  /** Closes an attempt or link that another is to replace, if there is one. */
  supersede(member: Member): void
  /** Ends a link against the member's will: it is lost, and dialed again. */
  drop(member: LinkedMember, reason: CloseReason): void
  /** Dials whoever is out of reach without waiting further. */
  redialNow(): void
  attend(): void
  deadlines(): Deadline[]
}

export function createDialing(context: RoomContext, roster: Roster, relaying: Relaying): Dialing {
  const { self, random, emit } = context

  const closeLink = (peer: PeerId, session: LinkSession, reason: CloseReason) =>
    emit({ type: 'closeLink', peer, session, reason })

  const yieldTo = (peer: PeerId): Millis => (self < peer ? 0 : yieldMs)

  function redialLater(member: Member): void {
    const dialAt = context.now + jittered(context, member.redialMs) + yieldTo(member.peer)
    member.road = { state: 'waiting', dialAt }
    member.redialMs = Math.min(2 * member.redialMs, limits.redialMaxMs)
  }

  const isStranger = (member: Member) => member.lostSince === null && !roster.isListed(member.peer)

  /** There is no link now. A stranger is forgotten: if it is there, it will say hello again. */
  function failed(member: Member): void {
    if (isStranger(member)) roster.remove(member)
    else redialLater(member)
  }

  /** A link is gone: tells of it, and remembers since when. */
  function unlinked(member: LinkedMember): void {
    const { greeted, refusing } = member.road
    if (refusing) member.redialMs = limits.redialMaxMs
    roster.changed()
    if (!greeted) return
    member.lostSince = context.now
    emit({ type: 'report', report: { type: 'memberLost', peer: member.peer, profile: member.profile } })
  }

  function drop(member: LinkedMember, reason: CloseReason): void {
    closeLink(member.peer, member.road.session, reason)
    unlinked(member)
    failed(member)
  }

  function dial(member: Member): void {
    if (roster.attempts() >= attemptsMax) {
      failed(member)
      return
    }
    const session = randomLinkSession(random)
    const { now } = context
    member.road = {
      state: 'offering',
      session,
      giveUpAt: now + limits.linkOpenTimeoutMs,
      sent: [],
      sentAt: now,
      answered: false,
    }
    emit({ type: 'openLink', peer: member.peer, session, initiator: true })
  }

  function accept(member: Member, { session, data }: Offer): void {
    if (roster.attempts() >= attemptsMax) {
      failed(member)
      return
    }
    member.road = { state: 'answering', session, giveUpAt: context.now + limits.linkOpenTimeoutMs }
    emit({ type: 'openLink', peer: member.peer, session, initiator: false })
    emit({ type: 'signalLink', peer: member.peer, session, data })
  }

  /** The time to dial has come; whether it makes sense is another question. */
  function dialDue(member: Member): void {
    const placesTaken = roster.linked().length + roster.attempts()
    if (isStranger(member)) roster.remove(member)
    else if (placesTaken >= limits.membersMax - 1 || !relaying.reaches(member)) redialLater(member)
    else dial(member)
  }

  /** When a lost member is forgotten; null while somebody has a link with it, or it was never here. */
  function forgetAt({ peer, lostSince }: Member): Millis | null {
    return lostSince === null || roster.isListed(peer) ? null : lostSince + limits.lostForgetMs
  }

  function forget(member: Member): void {
    roster.remove(member)
    emit({ type: 'report', report: { type: 'memberLeft', peer: member.peer, profile: member.profile } })
  }

  return {
    dial,
    accept,
    drop,

    signaled(peer, signal) {
      const member = roster.find(peer)
      const road = member?.road
      if (member === undefined || road === undefined || road.state === 'waiting') return
      if (road.session !== signal.session) return
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
        if (!isOpenAlready) closeLink(peer, session, 'superseded')
        return null
      }
      const link: Linked = {
        state: 'linked',
        session,
        route,
        silentSince: context.now,
        pingedAt: null,
        greeted: false,
        refusing: false,
        doors: [],
        neighbours: new Set(),
        challenge: null,
      }
      roster.changed()
      return Object.assign(member, { road: link })
    },

    closed(peer, session) {
      const member = roster.find(peer)
      if (member === undefined || member.road.state === 'waiting' || member.road.session !== session) return
      if (isLinked(member)) unlinked(member)
      failed(member)
    },

    supersede(member) {
      if (member.road.state === 'waiting') return
      closeLink(member.peer, member.road.session, 'superseded')
      if (isLinked(member)) unlinked(member)
      redialLater(member)
    },

    redialNow() {
      for (const member of roster.all()) {
        member.redialMs = limits.redialMinMs
        if (member.road.state === 'waiting') member.road.dialAt = context.now + yieldTo(member.peer)
      }
    },

    attend() {
      for (const member of roster.all()) {
        const { peer, road } = member
        if (road.state === 'waiting') {
          const forgetDue = forgetAt(member)
          if (forgetDue !== null && context.now >= forgetDue) forget(member)
          else if (context.now >= road.dialAt) dialDue(member)
        } else if (isAttempt(road) && context.now >= road.giveUpAt) {
          closeLink(peer, road.session, 'openTimeout')
          failed(member)
        }
      }
    },

    deadlines() {
      return roster.all().flatMap((member): Deadline[] => {
        const { road } = member
        if (isAttempt(road)) return [{ at: road.giveUpAt, why: 'openTimeout' }]
        if (road.state !== 'waiting') return []
        const forgetDue = forgetAt(member)
        const redial = { at: road.dialAt, why: 'redial' }
        return forgetDue === null ? [redial] : [redial, { at: forgetDue, why: 'forget' }]
      })
    },
  }
}
