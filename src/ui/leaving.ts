import type { ShareView, View } from '../app/view.ts'

/**
 * Whether closing the tab now would lose something: a download of ours that is in memory alone, or is being written out, or pieces that
 * somebody is taking and that only we have. A later page goes on with what is on disk.
 */
export function leavingLoses(share: ShareView, kept: View['storage']['kind']): boolean {
  if (share.savingBytes !== null) return true
  const isUnfinished = !share.mine && (share.state === 'downloading' || share.state === 'paused')
  if (isUnfinished && kept === 'memory') return true
  const somebodyTakesIt = share.holders.some((holder) => holder.state !== 'lost' && holder.fraction < 1)
  return share.haveBytes > 0 && share.roomFraction < 1 && somebodyTakesIt
}

/** What a reload costs: bytes on their way, bytes that are nowhere else or not saved, or nothing. */
export type ReloadCost = 'moving' | 'onlyHere' | 'nothing'

export function reloadCost(shares: readonly ShareView[]): ReloadCost {
  if (shares.some(leavingLoses)) return 'moving'
  return shares.some(isOnlyHere) ? 'onlyHere' : 'nothing'
}

/** A page that is opened anew has none of the bytes of the page before it. */
function isOnlyHere({ haveBytes, roomFraction, mine, saved }: ShareView): boolean {
  return haveBytes > 0 && (roomFraction < 1 || (!mine && !saved))
}
