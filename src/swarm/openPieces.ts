import { pieceLength } from '../shared/geometry.ts'
import type { PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { newOpenPiece, stages, type OpenPiece, type PeerState, type ShareState, type Turn } from './state.ts'

/**
 * Begins a piece, for which there must be room. One that came corrupt from several givers is taken from this peer alone, and so is one that
 * this peer passes on: another would have to fetch all of it, too.
 */
export function beginPiece(turn: Turn, share: ShareState, piece: PieceIndex, peer: PeerState): OpenPiece {
  const isSolo = share.suspect.has(piece) || share.through.has(peer.peer)
  const open = newOpenPiece(share, piece, isSolo ? peer.peer : null)
  share.open.set(piece, open)
  share.stage[piece] = stages.open
  share.ledger.unwant(piece)
  turn.state.openBytes += pieceLength(share.geometry, piece)
  if (share.carrying?.wantedBy.delete(piece) === true)
    turn.state.carriedBytes += pieceLength(share.geometry, piece)
  return open
}

/** Forgets a piece begun. Its requests must have ended. */
export function dropOpenPiece(turn: Turn, share: ShareState, open: OpenPiece): void {
  closeOpenPiece(turn, share, open)
  share.stage[open.piece] = stages.lacking
  if (share.carrying) turn.state.carriedBytes -= pieceLength(share.geometry, open.piece)
  else share.ledger.want(open.piece)
  if (open.awaitedCount < open.blocks.length) {
    turn.emit({ type: 'dropPiece', share: share.manifest.share, piece: open.piece })
  }
}

export function closeOpenPiece(turn: Turn, share: ShareState, open: OpenPiece): void {
  share.open.delete(open.piece)
  turn.state.openBytes -= pieceLength(share.geometry, open.piece)
}

/**
 * Whether another piece of this length may be begun. Where memory is short, pieces that nobody is bringing further make way:
 * those of downloads at rest, and those whose missing blocks nobody here has.
 */
export function makeRoom(turn: Turn, lengthBytes: number): boolean {
  const { state } = turn
  const fits = (): boolean =>
    state.openBytes === 0 || state.openBytes + lengthBytes <= limits.openPiecesMaxBytes
  if (fits()) return true
  for (const share of state.shares.values()) {
    const isAtRest = !state.downloads.has(share) && !share.carrying
    for (const open of share.open.values()) {
      const isAbandoned = isAtRest || share.ledger.copies[open.piece] === 0
      if (!isAbandoned || open.checking || open.blocks.some((block) => block.requests.length > 0)) continue
      dropOpenPiece(turn, share, open)
      if (fits()) return true
    }
  }
  return false
}

/** Whether so much is open that the largest piece could not be begun. */
export const isMemoryShort = (openBytes: number): boolean =>
  openBytes + limits.pieceSizeMaxBytes > limits.openPiecesMaxBytes
