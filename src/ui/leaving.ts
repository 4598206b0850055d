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
