import type { Millis } from '../shared/ids.ts'
import type { Deadline, RoomContext } from './context.ts'
import type { Dialing } from './dialing.ts'
import type { LinkedMember, Member, Offer } from './member.ts'
import type { Roster } from './roster.ts'

/** A link gets this long to answer a ping before another to the same peer replaces it. */
const challengeMs: Millis = 2000

/** Links in doubt, because their peer spoke as if they were gone. */
export interface Challenges {
  /**
   * Either the peer lost its end of the link, or it woke from a sleep and the link is well, or this is an offer that
   * lost the glare before the link opened and was long on its way. A ping tells.
   */
  challenge(member: LinkedMember, offer: Offer | null): void
  attend(): void
  deadlines(): Deadline[]
}

export function createChallenges(
  context: RoomContext,
  roster: Roster,
  dialing: Dialing,
  replaceBy: (member: Member, offer: Offer) => void,
): Challenges {
  function won(member: Member, offer: Offer | null): void {
    if (offer === null) {
      dialing.supersede(member)
      dialing.dial(member)
    } else {
      replaceBy(member, offer)
    }
  }

  return {
    challenge(member, offer) {
      const earlier = member.road.challenge
      member.road.challenge = {
        offer: offer ?? earlier?.offer ?? null,
        until: earlier?.until ?? context.now + challengeMs,
      }
      context.emit({ type: 'send', peer: member.peer, message: { type: 'ping' } })
    },

    attend() {
      for (const member of roster.linked()) {
        const { challenge: pending } = member.road
        if (pending !== null && context.now >= pending.until) won(member, pending.offer)
      }
    },

    deadlines: () =>
      roster
        .linked()
        .flatMap(({ road }) =>
          road.challenge === null ? [] : [{ at: road.challenge.until, why: 'challenge' }],
        ),
  }
}
