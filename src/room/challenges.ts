import type { Millis } from '../shared/ids.ts'
import type { Deadline, RoomContext } from './context.ts'
import {
  isRestarting,
  type Linked,
  type LinkedMember,
  type Member,
  type Offer,
  type Welcome,
} from './member.ts'
import type { Roster } from './roster.ts'

/** A link gets this long to answer a ping before another to the same peer replaces it. */
const challengeMs: Millis = 2000

/** Where another path is looked for that has its time first: when it is up, what its peer spoke counts. */
const pendingOf = (road: Linked): Linked['challenge'] => (isRestarting(road) ? null : road.challenge)

/** Links in doubt, because their peer spoke as if they were gone. */
export interface Challenges {
  /**
   * Either the peer lost its end of the link, or one of us woke from a sleep and the link is well, or this is an offer that
   * lost the glare before the link opened and was long on its way. A ping tells.
   */
  challenge(member: LinkedMember, sign: Offer | Welcome): void
  attend(): void
  deadlines(): Deadline[]
}

export function createChallenges(
  context: RoomContext,
  roster: Roster,
  linkIsDead: (member: Member, sign: Offer | Welcome) => void,
): Challenges {
  return {
    challenge(member, sign) {
      const until = member.road.challenge?.until ?? context.now + challengeMs
      member.road.challenge = { sign, until }
      context.emit({ type: 'send', peer: member.peer, message: { type: 'ping' } })
    },

    attend() {
      for (const member of roster.linked()) {
        const pending = pendingOf(member.road)
        if (pending !== null && context.now >= pending.until) linkIsDead(member, pending.sign)
      }
    },

    deadlines: () =>
      roster.linked().flatMap(({ road }) => {
        const pending = pendingOf(road)
        return pending === null ? [] : [{ at: pending.until, why: 'challenge' }]
      }),
  }
}
