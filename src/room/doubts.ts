import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Census } from './census.ts'
import type { Deadline, RoomContext } from './context.ts'
import { inParts } from './inParts.ts'
import type { Head } from './io.ts'
import type { LinkedMember } from './member.ts'
import { createQuota } from './quota.ts'
import type { Roster } from './roster.ts'

/** Who is gone without a word: those who lost it tell all others, and it has a while to say that it is here. */
export interface Doubts {
  /** The peer is lost to us: whoever has no other sign of it is to doubt that it is here. */
  lost(peer: PeerId): void
  /** False where no honest member has so many. */
  doubtArrived(from: LinkedMember, heads: readonly Head[]): boolean
  attend(): void
  deadlines(): Deadline[]
}

export function createDoubts(
  context: RoomContext,
  roster: Roster,
  census: Census,
  doubted: () => void,
): Doubts {
  // What makes us doubt, and so pass on, is in two such windows together still less than what one may hand over in one.
  const all = createQuota<'all'>(context, { countMax: limits.doubtsPerTenSecondsMax })
  const ofEach = createQuota<PeerId>(context, { countMax: 3 * limits.doubtsPerTenSecondsMax })
  /** To be told on with the next batch, and who told us. */
  const news = new Map<PeerId, { readonly head: Head; readonly from: PeerId | null }>()
  let tellAt: Millis | null = null

  function doubt(head: Head, from: PeerId | null): void {
    if (!census.isDoubtable(head) || !all.allows('all') || !census.doubt(head) || !census.isLarge()) return
    news.set(head[0], { head, from })
    tellAt ??= context.now + limits.gossipMs
  }

  function tell(): void {
    tellAt = null
    for (const { peer } of roster.linked()) {
      const heads = [...news.values()].flatMap(({ head, from }) => (from === peer ? [] : [head]))
      for (const part of inParts(heads, limits.headsPerMessage))
        context.emit({ type: 'send', peer, message: { type: 'doubt', heads: part } })
    }
    news.clear()
  }

  return {
    lost(peer) {
      const sequence = census.find(peer)?.card.sequence
      if (sequence !== undefined) doubt([peer, sequence], null)
    },
    doubtArrived({ peer: from }, heads) {
      const isAllowed = heads.filter(() => ofEach.allows(from)).length === heads.length
      for (const head of heads) {
        const [peer, sequence] = head
        if (peer === context.self && sequence === context.card?.sequence) doubted()
        doubt(head, from)
      }
      return isAllowed
    },
    attend() {
      if (tellAt !== null && context.now >= tellAt) tell()
    },
    deadlines: () => (tellAt === null ? [] : [{ at: tellAt, why: 'doubt' }]),
  }
}
