import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Deadline, RoomContext } from './context.ts'
import type { Introductions } from './introductions.ts'
import { isRestarting, restarted, type Linked, type LinkedMember } from './member.ts'
import type { Roster } from './roster.ts'

/** Whether those we are linked with are still there: asked first, then on another path, given up in the end. */
export interface Liveness {
  heard(member: LinkedMember): void
  /** The browser hears nothing on the way to the member any more: there is no use in waiting before another path is looked for. */
  pathLost(member: LinkedMember): void
  /** There is a way again: what was on its way when it was lost is sent anew. */
  pathFound(member: LinkedMember): void
  /** What was said to find another path may have reached nobody without it. */
  brokerOnline(): void
  /** We were away, or the network changed: ask everyone, and give everyone time to answer. */
  askAll(): void
  attend(): void
  deadlines(): Deadline[]
}

const askAt = ({ silentSince }: Linked): Millis => silentSince + limits.pingAfterMs
const askAgainAt = ({ pingedAt }: Linked): Millis => (pingedAt ?? -Infinity) + limits.pingAfterMs

export function createLiveness(
  context: RoomContext,
  roster: Roster,
  { gaveUp }: Pick<Introductions, 'gaveUp'>,
): Liveness {
  function ping({ peer, road }: LinkedMember): void {
    road.pingedAt = context.now
    context.emit({ type: 'send', peer, message: { type: 'ping' } })
  }

  function doubt(member: LinkedMember, restartMs: Millis, giveUpMs: Millis): void {
    member.road.doubt = { restartAt: context.now + restartMs, giveUpAt: context.now + giveUpMs }
    ping(member)
  }

  const ask = (member: LinkedMember) => doubt(member, limits.restartAfterMs, limits.doubtMaxMs)

  function restartIfDue({ peer, road }: LinkedMember): void {
    if (road.doubt === null || context.now < road.doubt.restartAt) return
    road.doubt.restartAt = restarted
    context.emit({ type: 'restartLink', peer, session: road.session })
  }

  function attendMember(member: LinkedMember): void {
    const { road } = member
    if (road.doubt === null) {
      // With what has passed of the silence, that makes `silenceMaxMs`.
      if (context.now >= askAt(road))
        doubt(member, limits.pingAfterMs, limits.silenceMaxMs - limits.pingAfterMs)
    } else if (context.now > road.doubt.giveUpAt + limits.lateMaxMs) ask(member)
    else if (context.now >= road.doubt.giveUpAt) gaveUp(member)
    else {
      restartIfDue(member)
      if (context.now >= askAgainAt(road)) ping(member)
    }
  }

  return {
    heard({ road }) {
      road.silentSince = context.now
      road.pingedAt = null
      road.isPathLost = false
      road.doubt = null
      road.challenge = null
    },

    pathLost(member) {
      const { road } = member
      const before = road.doubt?.giveUpAt ?? Infinity
      road.isPathLost = true
      doubt(member, 0, Math.min(limits.doubtMaxMs, before - context.now))
    },

    pathFound(member) {
      if (!member.road.isPathLost) return
      member.road.isPathLost = false
      ask(member)
    },

    brokerOnline() {
      for (const { road } of roster.linked()) {
        if (road.doubt !== null && isRestarting(road)) road.doubt.restartAt = context.now
      }
    },

    askAll() {
      for (const member of roster.linked()) {
        const { doubt: before } = member.road
        // Who is asked and has time left gets no more of it: a network that comes and goes would keep the dead.
        if (before === null || context.now >= before.giveUpAt) ask(member)
        else ping(member)
      }
    },

    attend() {
      for (const member of roster.linked()) attendMember(member)
    },

    deadlines: () =>
      roster.linked().flatMap(({ road }): Deadline[] => {
        if (road.doubt === null) return [{ at: askAt(road), why: 'ping' }]
        return [
          { at: askAgainAt(road), why: 'ping' },
          { at: road.doubt.restartAt, why: 'restart' },
          { at: road.doubt.giveUpAt, why: 'silence' },
        ]
      }),
  }
}
