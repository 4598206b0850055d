import type { PieceIndex } from './ids.ts'
import { limits } from './limits.ts'

/** How a share's bytes (a folder's files one after the other) are cut into pieces. */
export interface Geometry {
  /** 0 to `limits.shareSizeMaxBytes`. */
  readonly sizeBytes: number
  /** A power of two from `limits.pieceSizeMinBytes` to `limits.pieceSizeMaxBytes`. */
  readonly pieceSizeBytes: number
}

/** The power of two nearest to size/1000, within the limits: small pieces are what makes a small swarm fast. */
export function pieceSizeFor(sizeBytes: number): number {
  const exponent = Math.round(Math.log2(Math.max(1, sizeBytes / limits.piecesPerShareTarget)))
  return Math.min(limits.pieceSizeMaxBytes, Math.max(limits.pieceSizeMinBytes, 2 ** exponent))
}

export const pieceCount = (of: Geometry): number => Math.ceil(of.sizeBytes / of.pieceSizeBytes)

/** Bytes in a piece: the piece size, less for the last one. */
export const pieceLength = (of: Geometry, piece: PieceIndex): number =>
  Math.min(of.pieceSizeBytes, of.sizeBytes - piece * of.pieceSizeBytes)

export const blockCount = (of: Geometry, piece: PieceIndex): number =>
  Math.ceil(pieceLength(of, piece) / limits.blockSizeBytes)

/** Bytes in the block that begins at `block` × the block size inside the piece. */
export const blockLength = (of: Geometry, piece: PieceIndex, block: number): number =>
  Math.min(limits.blockSizeBytes, pieceLength(of, piece) - block * limits.blockSizeBytes)

/** Whether numbers from a stranger make a geometry we accept. */
export function isGeometry(of: Geometry): boolean {
  return (
    Number.isSafeInteger(of.sizeBytes) &&
    of.sizeBytes >= 0 &&
    of.sizeBytes <= limits.shareSizeMaxBytes &&
    of.pieceSizeBytes >= limits.pieceSizeMinBytes &&
    of.pieceSizeBytes <= limits.pieceSizeMaxBytes &&
    Number.isInteger(Math.log2(of.pieceSizeBytes)) &&
    pieceCount(of) <= limits.piecesPerShareMax
  )
}
