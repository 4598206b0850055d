import { announceShare } from './announcing.ts'
import { endCarrying } from './carrying.ts'
import { complete } from './holding.ts'
import type { SwarmInput } from './io.ts'
import { addPart } from './listing.ts'
import { claim } from './rechecking.ts'
import { newShareState, type ShareState, type Turn } from './state.ts'
import { settleSoon } from './telling.ts'
import { contradict } from './twoLists.ts'
import { startFetching } from './wishes.ts'

type Restored = SwarmInput & { type: 'shareRestored' }

/**
 * Takes up a share that an earlier page of this tab had. A peer may have offered it by now, and the user may have asked for it: what is
 * known in either way is put together.
 */
export function shareRestored(turn: Turn, restored: Restored): void {
  const { manifest, isOrigin, parts, claimed } = restored
  const known = turn.state.shares.get(manifest.share)
  const share = known ?? newShareState(manifest, turn.state.sha256)
  turn.state.shares.set(manifest.share, share)
  endCarrying(turn, share)
  settleSoon(turn)
  share.isOrigin ||= isOrigin
  if (!known) turn.emit({ type: 'report', report: { type: 'shareAppeared', share: manifest.share } })
  for (const part of parts) {
    const relation = share.list.compare(part)
    if (relation === 'other') return contradict(turn, share, part)
    if (relation === 'next') addPart(turn, share, part)
  }
  claim(turn, share, claimed)
  if (share.wish.state === 'none') takeUpWish(turn, share, restored)
}

function takeUpWish(turn: Turn, share: ShareState, restored: Restored): void {
  const { wish, fits, completed } = restored
  switch (wish) {
    case 'offer':
      if (share.source === 'none') takeUpOffer(turn, share, restored)
      return
    case 'fetch':
      share.completed = completed
      if (fits) return startFetching(turn, share)
      share.wish = { state: 'stopped', opened: false, fault: { code: 'full' } }
      return announceShare(turn, share)
    case 'pause':
      share.wish = { state: 'paused', opened: fits }
      return announceShare(turn, share)
  }
}

/** Of copied files the pieces are hashed again as if they were the files; of others there is nothing. */
function takeUpOffer(turn: Turn, share: ShareState, { fits, completed }: Restored): void {
  share.source = fits ? 'hashing' : 'away'
  if (!fits) return
  share.completed = completed
  announceShare(turn, share)
  if (share.held.full) complete(turn, share)
}
