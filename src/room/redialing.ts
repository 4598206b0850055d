import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Census } from './census.ts'
import { comesBefore, jittered, type Deadline, type RoomContext } from './context.ts'
import type { Gossip } from './gossip.ts'
import { profileOf, type LinkedMember, type Member } from './member.ts'
import type { Roster } from './roster.ts'

/** Who comes second in the order waits this much longer, so that mostly one of the two dials. */
const yieldMs: Millis = 1000

/** What becomes of a member there is no link with: dialed again later, or forgotten. */
export interface Redialing {
  redialLater(member: Member): void
  /** There is no link now. A stranger is forgotten: if it is there, it will say hello again. */
  failed(member: Member): void
  /** A link is gone: tells of it, and remembers since when. */
  unlinked(member: LinkedMember): void
  /** Dials whoever is out of reach without waiting further. */
  redialNow(): void
  isStranger(member: Member): boolean
  /** There is nothing that it has to be tried again for. */
  isDispensable(member: Member): boolean
  /** How much longer than the peer we wait before we dial. */
  yieldTo(peer: PeerId): Millis
  /** Forgets the member if it was lost for long; false if not. */
  forgetIfDue(member: Member): boolean
  deadlines(member: Member, dialAt: Millis): Deadline[]
}

export function createRedialing(
  context: RoomContext,
  roster: Roster,
  census: Census,
  gossip: Gossip,
): Redialing {
  const { self, emit } = context

  const yieldTo = (peer: PeerId): Millis => (comesBefore(context, self, peer) ? 0 : yieldMs)

  function redialLater(member: Member): void {
    const dialAt = context.now + jittered(context, member.redialMs) + yieldTo(member.peer)
    member.road = { state: 'waiting', dialAt }
    member.redialMs = Math.min(2 * member.redialMs, limits.redialMaxMs)
  }

  const isStranger = ({ peer, lostSince }: Member) => lostSince === null && !roster.isListed(peer)

  /** In a large room there are others to be linked with. */
  const isDispensable = (member: Member): boolean =>
    isStranger(member) || (census.isLarge() && member.lostSince === null)

  /** When a lost member is forgotten; null while somebody has a link with it, or it was never here. */
  function forgetAt({ peer, lostSince }: Member): Millis | null {
    return lostSince === null || roster.isListed(peer) ? null : lostSince + limits.lostForgetMs
  }

  return {
    redialLater,
    isDispensable,
    isStranger,
    yieldTo,
    failed(member) {
      if (isDispensable(member)) {
        census.rest(member.peer)
        roster.remove(member)
      } else redialLater(member)
    },
    unlinked(member) {
      const { greeted } = member.road
      roster.changed()
      if (!greeted) return
      member.lostSince = context.now
      gossip.lost(member.peer)
      // In a large room it may be in reach through others; if it is not, it will have left.
      if (census.isLarge()) return
      emit({ type: 'report', report: { type: 'memberLost', peer: member.peer, profile: profileOf(member) } })
    },
    redialNow() {
      for (const member of roster.all()) {
        member.redialMs = limits.redialMinMs
        if (member.road.state === 'waiting') member.road.dialAt = context.now + yieldTo(member.peer)
      }
    },
    forgetIfDue(member) {
      const due = forgetAt(member)
      if (due === null || context.now < due) return false
      roster.remove(member)
      emit({ type: 'report', report: { type: 'memberLeft', peer: member.peer, profile: profileOf(member) } })
      return true
    },
    deadlines(member, dialAt) {
      const forgetDue = forgetAt(member)
      const redial = { at: dialAt, why: 'redial' }
      return forgetDue === null ? [redial] : [redial, { at: forgetDue, why: 'forget' }]
    },
  }
}
