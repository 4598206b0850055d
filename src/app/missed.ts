import type { Millis, ShareId } from '../shared/ids.ts'
import type { MemberView, ShareView, View } from './view.ts'

/** What happened in a room while nobody looked. Names are untrusted text. */
export interface Missed {
  readonly awayMs: Millis
  readonly came: readonly string[]
  readonly left: readonly string[]
  /** Shares that were on the way and are complete now. */
  readonly finished: readonly string[]
  /** Shares that are new. */
  readonly offered: readonly string[]
  /** The share that got furthest, of those that are still on the way: fractions (0 to 1) then and now. */
  readonly underWay: {
    readonly name: string
    readonly fromFraction: number
    readonly toFraction: number
  } | null
}

type Seen = Pick<View, 'members' | 'shares'>

/** What is different in a view of the room from an earlier one; null when that is nothing. */
export function missedBetween(before: Seen, after: Seen, awayMs: Millis): Missed | null {
  const sharesBefore = new Map(before.shares.map((share) => [share.share, share]))
  const others = after.shares.filter(({ mine }) => !mine)
  const wasMissing = ({ share }: ShareView): boolean => {
    const then = sharesBefore.get(share)
    return then !== undefined && !isComplete(then)
  }
  const finished = others.filter((share) => isComplete(share) && wasMissing(share))
  const missed: Missed = {
    awayMs,
    came: namesOf(notIn(after.members.filter(isHere), before.members)),
    left: namesOf(notIn(before.members.filter(isHere), after.members.filter(isHere))),
    finished: namesOf(finished),
    offered: namesOf(others.filter((share) => !sharesBefore.has(share.share))),
    underWay: furthest(sharesBefore, others),
  }
  const { came, left, offered, underWay } = missed
  return came.length + left.length + finished.length + offered.length > 0 || underWay ? missed : null
}

const namesOf = (named: readonly { readonly name: string }[]): string[] => named.map(({ name }) => name)

const isHere = ({ state }: MemberView): boolean => state === 'direct' || state === 'relayed'

/** Who reloads its page is somebody else in the room, and the same for people: its device tells. */
const personIn = ({ deviceId, peer }: MemberView): string => deviceId ?? peer

function notIn(some: readonly MemberView[], others: readonly MemberView[]): MemberView[] {
  const known = new Set(others.map(personIn))
  return some.filter((member) => !known.has(personIn(member)))
}

const isComplete = ({ state }: ShareView): boolean => state === 'complete'

function furthest(before: ReadonlyMap<ShareId, ShareView>, now: readonly ShareView[]): Missed['underWay'] {
  let best: Missed['underWay'] = null
  for (const { share, name, state, sizeBytes, haveBytes } of now) {
    const then = before.get(share)
    if (then === undefined || state !== 'downloading' || haveBytes <= then.haveBytes) continue
    const [fromFraction, toFraction] = [then.haveBytes / sizeBytes, haveBytes / sizeBytes]
    if (best === null || toFraction - fromFraction > best.toFraction - best.fromFraction)
      best = { name, fromFraction, toFraction }
  }
  return best
}
