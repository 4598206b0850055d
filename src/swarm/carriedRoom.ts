import { pieceLength } from '../shared/geometry.ts'
import type { PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { dropOpenPiece } from './openPieces.ts'
import { stages, type ShareState, type Turn } from './state.ts'

/** Forgets a piece that is here to be passed on. */
export function forgetCarried(turn: Turn, share: ShareState, piece: PieceIndex): void {
  if (share.carrying?.here.delete(piece) !== true) return
  share.stage[piece] = stages.lacking
  turn.state.carriedBytes -= pieceLength(share.geometry, piece)
  turn.emit({ type: 'forgetCarried', share: share.manifest.share, piece })
}

/**
 * Whether another piece of this length may be begun to be passed on. Where memory is short, pieces that nobody waits for make way, the oldest
 * first: who lacks one asks for it again.
 */
export function makeCarriedRoom(turn: Turn, lengthBytes: number): boolean {
  const { state } = turn
  const fits = (): boolean => state.carriedBytes + lengthBytes <= limits.carriedMaxBytes
  if (fits()) return true
  for (const share of state.carried) {
    const awaited = awaitedPieces(turn, share)
    for (const piece of share.carrying?.here ?? []) {
      if (awaited.has(piece)) continue
      forgetCarried(turn, share, piece)
      if (fits()) return true
    }
    for (const open of share.open.values()) {
      const isAsked = open.blocks.some(({ requests }) => requests.length > 0)
      if (awaited.has(open.piece) || open.checking || isAsked) continue
      dropOpenPiece(turn, share, open)
      if (fits()) return true
    }
  }
  return false
}

/** Pieces of the share that somebody has asked us for. */
export function awaitedPieces({ state }: Turn, share: ShareState): Set<PieceIndex> {
  const pieces = new Set<PieceIndex>()
  for (const { queue } of state.peers.values())
    for (const item of queue) if (item.share === share) pieces.add(item.piece)
  return pieces
}
