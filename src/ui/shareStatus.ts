import type { ShareView, StripCell } from '../app/view.ts'
import { words } from './words/words.ts'

export type ShareAction = 'download' | 'pause' | 'resume' | 'cancel' | 'save' | 'remove'

/** What can be done with a share now, the likeliest first. */
export function actionsFor(
  share: Pick<ShareView, 'state' | 'mine' | 'trouble' | 'roomFraction'>,
): readonly ShareAction[] {
  if (share.trouble?.code === 'filesAway') return awayActions(share.trouble.canAsk, share.roomFraction)
  if (share.mine) return ['remove']
  switch (share.state) {
    case 'offered':
      return ['download', 'remove']
    case 'downloading':
      return ['pause', 'cancel']
    case 'paused':
      return ['resume', 'cancel']
    case 'complete':
      return ['save', 'remove']
    case 'failed':
      return share.trouble?.code === 'contradicted' ? ['remove'] : ['resume', 'cancel', 'remove']
  }
}

/** Without its files it can still be had from the room. */
function awayActions(canAsk: boolean, roomFraction: number): readonly ShareAction[] {
  const ask: readonly ShareAction[] = canAsk ? ['resume'] : []
  return [...ask, ...(roomFraction > 0 ? (['download'] as const) : []), 'remove']
}

/** Fraction (0 to 1) of the share that is checked and kept here. */
export function fractionHere(share: Pick<ShareView, 'haveBytes' | 'sizeBytes' | 'state'>): number {
  if (share.sizeBytes === 0) return share.state === 'complete' ? 1 : 0
  return share.haveBytes / share.sizeBytes
}

/** Pieces of the share that are checked and kept here, as near as the byte count tells. */
export function piecesHere(share: ShareView): number {
  return Math.min(share.pieceCount, Math.ceil(share.haveBytes / share.pieceSizeBytes))
}

/** Whether the share is on its way, so that its pieces are worth a look without unfolding the details. */
export function isUnderWay(share: Pick<ShareView, 'state' | 'mine' | 'trouble'>): boolean {
  if (share.trouble?.code === 'filesAway') return false
  const settled = share.mine ? share.state === 'failed' : share.state === 'offered'
  return !settled && share.state !== 'complete'
}

/** How the share is doing, in a few short phrases. */
export function statusPhrases(share: ShareView): readonly string[] {
  if (share.savingBytes !== null) {
    return [words.share.saving(share.sizeBytes === 0 ? 1 : share.savingBytes / share.sizeBytes)]
  }
  const giving = share.upBytesPerSecond > 0 ? [words.share.giving(share.upBytesPerSecond)] : []
  const percent = words.percent(fractionHere(share))
  if (share.trouble?.code === 'filesAway') return [words.share.copies(share)]
  if (share.mine && share.state !== 'complete' && share.state !== 'failed') {
    return [words.share.preparing(fractionHere(share)), ...giving]
  }
  switch (share.state) {
    case 'offered':
      return [words.share.copies(share), ...giving]
    case 'downloading':
      return [percent, ...arrivalPhrases(share), ...giving]
    case 'paused':
      return [percent, words.share.paused, ...giving]
    case 'complete':
      return [...completePhrases(share), ...giving]
    case 'failed':
      return share.mine ? giving : [percent, words.share.stopped, ...giving]
  }
}

/** Of our own share the advice on leaving says the same, once the room can do without us. */
function completePhrases(share: ShareView): readonly string[] {
  if (!share.mine) return [words.share.complete, ...(share.saved ? [words.share.handedOver] : [])]
  return share.roomFraction < 1 ? [words.share.copies(share)] : []
}

function arrivalPhrases(share: ShareView): readonly string[] {
  if (share.isRechecked && share.downBytesPerSecond <= 0) return [words.share.rechecked]
  if (share.downBytesPerSecond <= 0) {
    return [share.haveBytes > 0 || share.trouble !== null ? words.share.waiting : words.share.asking]
  }
  const speed = words.share.receiving(share.downBytesPerSecond, share.sourceCount)
  return share.timeLeftMs === null ? [speed] : [speed, words.timeLeft(share.timeLeftMs)]
}

/** The strip of pieces for those who do not see it. */
export function stripInWords(share: ShareView): string {
  const part = (cell: StripCell): number =>
    share.strip.filter((other) => other === cell).length / Math.max(1, share.strip.length)
  // What is not yet hashed of our own file is not lost.
  return words.share.strip(fractionHere(share), part('coming'), share.mine ? 0 : part('nowhere'))
}
