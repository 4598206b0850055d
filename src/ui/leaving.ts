import type { ShareView } from '../app/view.ts'

/**
 * Whether closing the tab now would lose something: a download of ours that is not finished or not yet written
 * out, or pieces that somebody is taking and that only we have.
 */
export function leavingLoses(share: ShareView): boolean {
  if (share.savingBytes !== null) return true
  if (!share.mine && (share.state === 'downloading' || share.state === 'paused')) return true
  const somebodyTakesIt = share.holders.some((holder) => holder.state !== 'lost' && holder.fraction < 1)
  return share.haveBytes > 0 && share.roomFraction < 1 && somebodyTakesIt
}
