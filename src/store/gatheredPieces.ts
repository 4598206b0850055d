import type { Bytes } from '../shared/bytes.ts'
import { blockCount, blockLength, pieceLength, type Geometry } from '../shared/geometry.ts'
import type { PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { assert } from '../shared/result.ts'
import type { BufferPool } from './bufferPool.ts'

export type Checked = 'kept' | 'corrupt'

interface GatheredPiece {
  /** In their places, until they are put together. */
  blocks: (Bytes | undefined)[]
  /** All blocks in one run; null while some are to come, or memory was too short. */
  whole: Bytes | null
  /** While it runs the bytes stay as they are, whatever else arrives. */
  check: Promise<Checked> | null
}

/**
 * The pieces of one share on their way into it. Blocks stay as they came until the piece is checked: what fails then, for want
 * of memory or of disk, can be tried again.
 */
export class GatheredPieces {
  readonly #geometry: Geometry
  readonly #pool: BufferPool
  readonly #pieces = new Map<PieceIndex, GatheredPiece>()

  constructor(geometry: Geometry, pool: BufferPool) {
    this.#geometry = geometry
    this.#pool = pool
  }

  put(piece: PieceIndex, offsetBytes: number, bytes: Bytes): void {
    const block = offsetBytes / limits.blockSizeBytes
    const isBlock = Number.isInteger(block) && bytes.length === blockLength(this.#geometry, piece, block)
    assert(isBlock, 'a block lies in its place inside its piece')
    const gathered = this.#pieces.get(piece) ?? { blocks: [], whole: null, check: null }
    this.#pieces.set(piece, gathered)
    if (gathered.whole === null && gathered.check === null) gathered.blocks[block] = bytes
  }

  drop(piece: PieceIndex): void {
    this.#pieces.delete(piece)
  }

  /**
   * Hands the whole piece to `run`, and forgets it when that is done; when it rejects, the piece stays. Two checks at once
   * are one. Rejects with a RangeError when there is no memory for it.
   */
  async check(piece: PieceIndex, run: (bytes: Bytes) => Promise<Checked>): Promise<Checked> {
    const gathered = this.#pieces.get(piece)
    assert(gathered, 'a piece is checked when its blocks are in')
    gathered.check ??= this.#putTogether(gathered, piece).then(run)
    try {
      const checked = await gathered.check
      if (this.#pieces.get(piece) === gathered) this.#pieces.delete(piece)
      this.#giveBack(gathered, piece)
      return checked
    } finally {
      gathered.check = null
    }
  }

  async #putTogether(gathered: GatheredPiece, piece: PieceIndex): Promise<Bytes> {
    if (gathered.whole !== null) return gathered.whole
    const blocks = gathered.blocks.filter((block) => block !== undefined)
    assert(
      blocks.length === blockCount(this.#geometry, piece),
      'a piece is checked when all its blocks are in',
    )
    const [only] = blocks
    gathered.whole = only !== undefined && blocks.length === 1 ? only : this.#joined(piece, blocks)
    gathered.blocks = []
    return gathered.whole
  }

  #joined(piece: PieceIndex, blocks: readonly Bytes[]): Bytes {
    const whole = this.#pool.take(pieceLength(this.#geometry, piece))
    for (const [block, bytes] of blocks.entries()) whole.set(bytes, block * limits.blockSizeBytes)
    return whole
  }

  /** Once, however many waited for the check. A piece of one block lies where that came in. */
  #giveBack(gathered: GatheredPiece, piece: PieceIndex): void {
    const { whole } = gathered
    gathered.whole = null
    if (whole !== null && blockCount(this.#geometry, piece) > 1) this.#pool.giveBack(whole)
  }
}
