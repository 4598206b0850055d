import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Deadline, RoomContext } from './context.ts'
import type { Dialing } from './dialing.ts'
import type { Linked, LinkedMember } from './member.ts'
import type { Roster } from './roster.ts'

/** Whether those we are linked with are still there: a ping after some silence, the end after much. */
export interface Liveness {
  heard(member: LinkedMember): void
  /** We were away, or the network changed: ask everyone, and give everyone time to answer. */
  askAll(): void
  attend(): void
  deadlines(): Deadline[]
}

const pingAt = ({ silentSince, pingedAt }: Linked): Millis => (pingedAt ?? silentSince) + limits.pingAfterMs
const dropAt = ({ silentSince }: Linked): Millis => silentSince + limits.silenceMaxMs

export function createLiveness(context: RoomContext, roster: Roster, dialing: Dialing): Liveness {
  function ping({ peer, road }: LinkedMember): void {
    road.pingedAt = context.now
    context.emit({ type: 'send', peer, message: { type: 'ping' } })
  }

  return {
    heard({ road }) {
      road.silentSince = context.now
      road.pingedAt = null
      road.challenge = null
    },

    askAll() {
      for (const member of roster.linked()) {
        ping(member)
        const enoughToAnswer = context.now + limits.pingAfterMs - limits.silenceMaxMs
        member.road.silentSince = Math.max(member.road.silentSince, enoughToAnswer)
      }
    },

    attend() {
      for (const member of roster.linked()) {
        if (context.now >= dropAt(member.road)) dialing.drop(member, 'silent')
        else if (context.now >= pingAt(member.road)) ping(member)
      }
    },

    deadlines: () =>
      roster.linked().flatMap(({ road }) => [
        { at: pingAt(road), why: 'ping' },
        { at: dropAt(road), why: 'silence' },
      ]),
  }
}
