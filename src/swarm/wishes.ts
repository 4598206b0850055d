import { announceShare, tellInterest, withdraw } from './announcing.ts'
import { endCarrying } from './carrying.ts'
import { checkGathered, complete, letGo } from './holding.ts'
import type { StopFault, StorageFault } from './io.ts'
import { startPicking, stopPicking } from './picker.ts'
import { fillAll, stopRequests } from './requests.ts'
import type { ShareState, Turn } from './state.ts'

/** The user takes a share. */
export function download(turn: Turn, share: ShareState): void {
  if (share.wish.state !== 'none' || share.completed || share.source === 'hashing') return
  if (share.contradicted) share.wish = { state: 'stopped', opened: false, fault: { code: 'contradicted' } }
  else open(turn, share)
}

function open(turn: Turn, share: ShareState): void {
  endCarrying(turn, share)
  share.wish = { state: 'opening' }
  turn.emit({ type: 'openStore', manifest: share.manifest })
  // The list comes while the store opens: two round trips are not one after the other.
  tellInterest(turn, share)
}

export function storeOpened(turn: Turn, share: ShareState): void {
  if (share.wish.state === 'paused') share.wish = { state: 'paused', opened: true }
  if (share.wish.state === 'opening') startFetching(turn, share)
}

/** The store is open: what is missing is asked for from now on. */
export function startFetching(turn: Turn, share: ShareState): void {
  announceShare(turn, share)
  if (share.held.full) return complete(turn, share)
  share.wish = { state: 'downloading' }
  startPicking(turn, share)
  checkGathered(turn, share)
  tellInterest(turn, share)
  fillAll(turn)
}

export function pause(turn: Turn, share: ShareState): void {
  if (share.wish.state !== 'downloading' && share.wish.state !== 'opening') return
  stopFetching(turn, share)
  share.wish = { state: 'paused', opened: share.wish.state === 'downloading' }
}

export function resume(turn: Turn, share: ShareState): void {
  if (share.contradicted || (share.wish.state !== 'paused' && share.wish.state !== 'stopped')) return
  if (share.wish.opened) startFetching(turn, share)
  else open(turn, share)
}

/** What stopped for want of room goes on. */
export function spaceFreed(turn: Turn): void {
  for (const share of turn.state.shares.values())
    if (share.wish.state === 'stopped' && share.wish.fault.code === 'full') resume(turn, share)
}

/** The disk refused: the download stops where it is, until the user resumes it. */
export function stop(turn: Turn, share: ShareState, fault: StorageFault): void {
  if (share.wish.state !== 'stopped') stopFor(turn, share, fault)
}

/** Its origin has signed two hash lists: the download stops for good. */
export const stopContradicted = (turn: Turn, share: ShareState): void =>
  stopFor(turn, share, { code: 'contradicted' })

function stopFor(turn: Turn, share: ShareState, fault: StopFault): void {
  const { wish } = share
  if (wish.state === 'none') return
  const opened = wish.state === 'downloading' || (wish.state !== 'opening' && wish.opened)
  stopFetching(turn, share)
  share.wish = { state: 'stopped', opened, fault }
}

function stopFetching(turn: Turn, share: ShareState): void {
  stopPicking(turn, share)
  stopRequests(turn, share)
  fillAll(turn)
}

/** Our own files can no longer be read: what we gave from them we no longer hold. A download of it goes on without them. */
export function sourceLost(turn: Turn, share: ShareState): void {
  if (share.source !== 'hashing' && share.source !== 'whole') return
  share.source = 'lost'
  share.ownAhead.length = 0
  letGo(turn, share)
  withdraw(turn, share)
  if (share.wish.state === 'downloading') startFetching(turn, share)
}

/** Stops the download and forgets what came of it. */
export function cancel(turn: Turn, share: ShareState): void {
  if (share.wish.state === 'none') return
  forget(turn, share)
}

/** Takes the share back from the room as far as we are concerned, and frees its space. */
export function remove(turn: Turn, share: ShareState): void {
  forget(turn, share)
  share.source = 'none'
  share.ownAhead.length = 0
}

function forget(turn: Turn, share: ShareState): void {
  endCarrying(turn, share)
  letGo(turn, share)
  share.wish = { state: 'none' }
  turn.emit({ type: 'closeStore', share: share.manifest.share })
  withdraw(turn, share)
  fillAll(turn)
}
