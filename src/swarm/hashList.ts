import { bytesEqual, type Bytes } from '../shared/bytes.ts'
import type { PieceIndex } from '../shared/ids.ts'
import { stages, type ShareState } from './state.ts'

/** Bytes of a SHA-256. */
export const hashBytes = 32

/** The known hash of a piece; null while it is not known. */
export const hashAt = (share: ShareState, piece: PieceIndex): Bytes | null =>
  piece < share.hashCount ? share.hashes.slice(piece * hashBytes, (piece + 1) * hashBytes) : null

/**
 * Adds hashes from piece `first` on. The list has no gaps: `gap` when it does not reach that far yet, `conflict` when a known hash
 * is another, `beyond` when there are more than pieces.
 */
export function addHashes(
  share: ShareState,
  first: PieceIndex,
  hashes: Uint8Array,
): 'added' | 'known' | 'gap' | 'conflict' | 'beyond' {
  const count = Math.floor(hashes.length / hashBytes)
  if (first + count > share.pieceCount) return 'beyond'
  if (first > share.hashCount) return 'gap'
  const knownCount = Math.min(count, share.hashCount - first)
  const known = share.hashes.subarray(first * hashBytes, (first + knownCount) * hashBytes)
  if (!bytesEqual(known, hashes.subarray(0, known.length))) return 'conflict'
  if (knownCount === count) return 'known'
  reserve(share, first + count)
  share.hashes.set(hashes.subarray(known.length, count * hashBytes), share.hashCount * hashBytes)
  const before = share.hashCount
  share.hashCount = first + count
  for (let piece = before; piece < share.hashCount; piece++)
    if (share.stage[piece] === stages.lacking) share.ledger.want(piece)
  return 'added'
}

/** Room for at least `count` hashes, doubling, so that a liar's piece count costs nothing before its hashes come. */
function reserve(share: ShareState, count: number): void {
  if (share.hashes.length >= count * hashBytes) return
  const grown = new Uint8Array(Math.min(share.pieceCount, Math.max(count, 2 * share.hashCount)) * hashBytes)
  grown.set(share.hashes.subarray(0, share.hashCount * hashBytes))
  share.hashes = grown
}
