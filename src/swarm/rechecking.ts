import type { PieceIndex } from '../shared/ids.ts'
import { hold } from './holding.ts'
import { fillAll } from './requests.ts'
import { stages, type ShareState, type Turn } from './state.ts'

/*
 * Of a piece that an earlier page kept only the disk's word is there, and a disk may have lost its power in the midst of a write: the piece
 * counts as held when it has been hashed again, and is asked of nobody until then.
 */

/** The disk claims to have these. */
export function claim(turn: Turn, share: ShareState, pieces: readonly PieceIndex[]): void {
  for (const piece of pieces) {
    if (share.stage[piece] !== stages.lacking) continue
    share.ledger.unwant(piece)
    share.stage[piece] = stages.claimed
    share.claimedCount++
  }
  recheckNext(turn, share)
}

/** Has the next claimed piece hashed again, as soon as the list says what its hash is. */
export function recheckNext(turn: Turn, share: ShareState): void {
  if (share.rechecking !== null) return
  const piece = share.stage.indexOf(stages.claimed)
  const hash = piece < 0 ? null : share.list.hashAt(piece)
  if (!hash) return
  share.rechecking = piece
  turn.emit({ type: 'recheckPiece', share: share.manifest.share, piece, hash })
}

/** A wrong one was never whole: it is fetched like any other, and copied files have to be handed over again. */
export function pieceRechecked(turn: Turn, share: ShareState, piece: PieceIndex, right: boolean): void {
  if (share.rechecking !== piece) return
  share.rechecking = null
  if (share.stage[piece] === stages.claimed) {
    if (right) hold(turn, share, piece)
    else giveUpClaim(turn, share, piece)
  }
  recheckNext(turn, share)
}

function giveUpClaim(turn: Turn, share: ShareState, piece: PieceIndex): void {
  share.stage[piece] = stages.lacking
  share.claimedCount--
  if (share.source === 'hashing' && share.wish.state === 'none') {
    share.source = 'away'
    share.completed = false
  }
  share.ledger.want(piece)
  fillAll(turn)
}
