import type { LinkSession, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { createAttempts, type Attempts } from './attempts.ts'
import type { Census } from './census.ts'
import type { Deadline, RoomContext } from './context.ts'
import type { CloseReason } from './io.ts'
import type { Gossip } from './gossip.ts'
import { hasSession, isAttempt, isLinked, type LinkedMember, type Member } from './member.ts'
import type { Nonces } from './nonces.ts'
import { createRedialing, type Redialing } from './redialing.ts'
import type { Relaying } from './relaying.ts'
import type { Roster } from './roster.ts'

/** Every road to a link: attempts begun, given up, begun again, and links that end. */
export interface Dialing extends Attempts, Pick<Redialing, 'redialNow' | 'yieldTo'> {
  closed(peer: PeerId, session: LinkSession): void
  /** Closes an attempt or link that another is to replace, if there is one. */
  supersede(member: Member): void
  /** Ends a link against the member's will: it is lost, and dialed again. */
  drop(member: LinkedMember, reason: CloseReason): void
  attend(): void
  deadlines(): Deadline[]
}

export function createDialing(
  context: RoomContext,
  roster: Roster,
  relaying: Relaying,
  nonces: Nonces,
  census: Census,
  gossip: Gossip,
): Dialing {
  const redialing = createRedialing(context, roster, census, gossip)
  const attempts = createAttempts(context, roster, relaying, redialing, nonces)

  const closeLink = (peer: PeerId, session: LinkSession, reason: CloseReason) =>
    context.emit({ type: 'closeLink', peer, session, reason })

  /** The time to dial has come; whether it makes sense is another question. */
  function dialDue(member: Member): void {
    const placesTaken = roster.linked().length + roster.attempts()
    const isInVain =
      placesTaken >= (member.isSought ? limits.linksEverMax : limits.linksMax) || !relaying.reaches(member)
    if (redialing.isStranger(member) && !census.isLarge()) roster.remove(member)
    else if (!isInVain) attempts.call(member)
    else if (redialing.isDispensable(member)) roster.remove(member)
    else redialing.redialLater(member)
  }

  return {
    ...attempts,
    redialNow: redialing.redialNow,
    yieldTo: redialing.yieldTo,

    closed(peer, session) {
      const member = roster.find(peer)
      if (member === undefined || !hasSession(member.road) || member.road.session !== session) return
      if (isLinked(member)) redialing.unlinked(member)
      redialing.failed(member)
    },

    supersede(member) {
      if (!hasSession(member.road)) return
      closeLink(member.peer, member.road.session, 'superseded')
      if (isLinked(member)) redialing.unlinked(member)
      redialing.redialLater(member)
    },

    drop(member, reason) {
      closeLink(member.peer, member.road.session, reason)
      redialing.unlinked(member)
      redialing.failed(member)
    },

    attend() {
      for (const member of roster.all()) {
        const { peer, road } = member
        if (road.state === 'waiting') {
          if (!redialing.forgetIfDue(member) && context.now >= road.dialAt) dialDue(member)
        } else if (road.state === 'calling') {
          if (context.now >= road.giveUpAt) redialing.failed(member)
        } else if (isAttempt(road) && context.now >= road.giveUpAt) {
          closeLink(peer, road.session, 'openTimeout')
          redialing.failed(member)
        }
      }
    },

    deadlines: () =>
      roster.all().flatMap((member): Deadline[] => {
        const { road } = member
        if (road.state === 'calling') return [{ at: road.giveUpAt, why: 'callTimeout' }]
        if (isAttempt(road)) return [{ at: road.giveUpAt, why: 'openTimeout' }]
        return road.state === 'waiting' ? redialing.deadlines(member, road.dialAt) : []
      }),
  }
}
