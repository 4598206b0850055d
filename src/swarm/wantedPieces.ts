import type { PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomBelow, type Random } from '../shared/random.ts'
import { Bitfield } from './bitfield.ts'

/**
 * The pieces of a download that may be begun, sorted by how common they are: a set of bits for each degree of commonness, so that
 * the rarest of a peer's is found by comparing words of 32 pieces. Takes an eighth of a byte a piece and degree.
 */
export class WantedPieces {
  readonly #pieceCount: number
  readonly #byCommonness: (Bitfield | undefined)[] = []

  constructor(pieceCount: number) {
    this.#pieceCount = pieceCount
  }

  add(piece: PieceIndex, commonness: number): void {
    this.#asCommonAs(commonness).add(piece)
  }

  delete(piece: PieceIndex, commonness: number): void {
    this.#asCommonAs(commonness).delete(piece)
  }

  has(piece: PieceIndex, commonness: number): boolean {
    return this.#asCommonAs(commonness).has(piece)
  }

  get count(): number {
    return this.#byCommonness.reduce((sum, wanted) => sum + (wanted?.count ?? 0), 0)
  }

  /** A piece, if it is wanted, has become more or less common. */
  move(piece: PieceIndex, before: number, after: number): void {
    if (this.#asCommonAs(before).delete(piece)) this.#asCommonAs(after).add(piece)
  }

  /** The set whose pieces in `bits` are the rarest wanted ones there; null when none there is wanted. */
  rarestOf(bits: Bitfield): Bitfield | null {
    for (const wanted of this.#byCommonness)
      if (wanted !== undefined && wanted.count > 0 && wanted.intersects(bits)) return wanted
    return null
  }

  /** Whether some in `bits` are as common as that. */
  isThere(bits: Bitfield, commonness: number): boolean {
    return this.#byCommonness[commonness]?.intersects(bits) ?? false
  }

  #asCommonAs(commonness: number): Bitfield {
    return (this.#byCommonness[Math.min(commonness, limits.commonnessMax)] ??= new Bitfield(this.#pieceCount))
  }
}

/** One of the pieces that are in both sets, each as likely as any other; null when there is none. */
export function randomCommonPiece(a: Bitfield, b: Bitfield, random: Random): PieceIndex | null {
  const count = a.commonCount(b)
  return count === 0 ? null : a.commonPiece(b, randomBelow(random, count))
}
