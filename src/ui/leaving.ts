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

/** What a reload costs: it interrupts or breaks off what is on its way, takes what is only here, or nothing. */
export type ReloadCost = 'moving' | 'onlyHere' | 'nothing'

export function reloadCost(shares: readonly ShareView[], kept: View['storage']['kind']): ReloadCost {
  if (shares.some((share) => share.state === 'downloading' || leavingLoses(share, kept))) return 'moving'
  return shares.some((share) => isOnlyHere(share, kept)) ? 'onlyHere' : 'nothing'
}

/** Files we share must be chosen again after a reload, and what is in memory is gone; what is on disk stays. */
function isOnlyHere(
  { haveBytes, roomFraction, mine, saved }: ShareView,
  kept: View['storage']['kind'],
): boolean {
  const isLost = mine ? roomFraction < 1 : kept === 'memory' && (roomFraction < 1 || !saved)
  return haveBytes > 0 && isLost
}
