import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { tellInterest } from './announcing.ts'
import { announceBatch } from './batching.ts'
import type { SwarmEffect } from './io.ts'
import { expireRequests, fillAll } from './requests.ts'
import { fetchedShares, isListHere, type ShareState, type SwarmState, type Turn } from './state.ts'
import { settle } from './telling.ts'
import { serve } from './uploads.ts'

/** What is due is done with whatever input comes: a hidden tab's timers go off once a second at best. */
export function attendDeadlines(turn: Turn): void {
  const { state, now } = turn
  if (state.announceAt !== null && state.announceAt <= now) announceBatch(turn)
  if (state.tickAt !== null && state.tickAt <= now) {
    state.tickAt = null
    expireRequests(turn)
    fillAll(turn)
    serve(turn)
  }
  if (state.settleAt !== null && state.settleAt <= now) settle(turn)
  for (const share of fetchedShares(state)) if (hashesDueAt(share) <= now) tellInterest(turn, share)
  const isLimitOver = state.uploadLimitBytesPerSecond > 0 && state.nextUploadAt <= now
  if (isLimitOver) serve(turn)
}

/** One timer for the whole machine: the earliest moment at which it has something to do by itself. */
export function planWake(turn: Turn): void {
  const { state, now } = turn
  if (state.requestCount > 0 || state.queuedCount > 0) state.tickAt ??= now + limits.requestTickMs
  const limitAt = state.nextUploadAt > now && state.queuedCount > 0 ? state.nextUploadAt : Infinity
  const settleAt = state.settleAt ?? Infinity
  let at = Math.min(state.announceAt ?? Infinity, state.tickAt ?? Infinity, settleAt, limitAt)
  for (const share of fetchedShares(state))
    if (hashesDueAt(share) > now) at = Math.min(at, hashesDueAt(share))
  const isStale = state.wakeAt <= now
  if (at === Infinity || (at >= state.wakeAt && !isStale)) return
  state.wakeAt = at
  turn.emit({ type: 'wakeAt', at, why: whyWake(state, at, limitAt) })
}

function whyWake(state: SwarmState, at: Millis, limitAt: Millis): (SwarmEffect & { type: 'wakeAt' })['why'] {
  if (at === state.announceAt) return 'announce'
  if (at === state.tickAt) return 'tick'
  if (at === state.settleAt) return 'settle'
  return at === limitAt ? 'uploadLimit' : 'hashesDue'
}

const hashesDueAt = (share: ShareState): Millis =>
  isListHere(share) ? Infinity : (share.hashesDueAt ?? Infinity)
