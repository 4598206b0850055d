import type { Bytes } from '../shared/bytes.ts'
import type { PieceIndex } from '../shared/ids.ts'

/** Consecutive pieces: the first and how many. */
export type Run = readonly [first: PieceIndex, count: number]

/** A set of pieces as bits, high bit first (BEP 3), with its size kept. */
export class Bitfield {
  readonly pieceCount: number
  readonly bytes: Bytes
  /** The same bytes four at a time (in whatever order the machine has them), to go over many pieces at once. */
  readonly words: Uint32Array
  /** Pieces in the set. */
  count = 0

  constructor(pieceCount: number) {
    this.pieceCount = pieceCount
    this.words = new Uint32Array(Math.ceil(pieceCount / 32))
    this.bytes = new Uint8Array(this.words.buffer as ArrayBuffer, 0, Math.ceil(pieceCount / 8))
  }

  /** Null when the bytes have another length than `pieceCount` needs, or set a bit beyond it. */
  static parse(pieceCount: number, bytes: Uint8Array): Bitfield | null {
    const field = new Bitfield(pieceCount)
    if (bytes.length !== field.bytes.length) return null
    field.bytes.set(bytes)
    for (let piece = pieceCount; piece < bytes.length * 8; piece++) if (field.has(piece)) return null
    for (const word of field.words) field.count += bitsIn(word)
    return field
  }

  has(piece: PieceIndex): boolean {
    return ((this.bytes[piece >> 3] ?? 0) & (128 >> (piece & 7))) !== 0
  }

  /** Whether the piece was new. */
  add(piece: PieceIndex): boolean {
    const byte = this.bytes[piece >> 3] ?? 0
    const bit = 128 >> (piece & 7)
    if ((byte & bit) !== 0) return false
    this.bytes[piece >> 3] = byte | bit
    this.count++
    return true
  }

  /** Whether the piece was there. */
  delete(piece: PieceIndex): boolean {
    const byte = this.bytes[piece >> 3] ?? 0
    const bit = 128 >> (piece & 7)
    if ((byte & bit) === 0) return false
    this.bytes[piece >> 3] = byte & ~bit
    this.count--
    return true
  }

  /** Adds all pieces of another set of the same size. */
  addAll(other: Bitfield): void {
    this.count = 0
    for (let at = 0; at < this.words.length; at++) {
      const word = (this.words[at] ?? 0) | (other.words[at] ?? 0)
      this.words[at] = word
      this.count += bitsIn(word)
    }
  }

  /** The pieces of this set that are not in the other, of the same size. */
  without(other: Bitfield): Bitfield {
    const left = new Bitfield(this.pieceCount)
    for (let at = 0; at < this.words.length; at++) {
      const word = (this.words[at] ?? 0) & ~(other.words[at] ?? 0)
      left.words[at] = word
      left.count += bitsIn(word)
    }
    return left
  }

  intersects(other: Bitfield): boolean {
    const { words } = other
    return this.words.some((word, at) => (word & (words[at] ?? 0)) !== 0)
  }

  /** How many pieces are in this set and the other. */
  commonCount(other: Bitfield): number {
    let count = 0
    for (let at = 0; at < this.words.length; at++)
      count += bitsIn((this.words[at] ?? 0) & (other.words[at] ?? 0))
    return count
  }

  /** The piece in both sets that has `before` others before it; null when there are not so many. */
  commonPiece(other: Bitfield, before: number): PieceIndex | null {
    let left = before
    for (let at = 0; at < this.words.length; at++) {
      const count = bitsIn((this.words[at] ?? 0) & (other.words[at] ?? 0))
      if (left >= count) {
        left -= count
        continue
      }
      for (let piece = 32 * at; piece < 32 * at + 32; piece++)
        if (this.has(piece) && other.has(piece) && left-- === 0) return piece
    }
    return null
  }

  clear(): void {
    this.bytes.fill(0)
    this.count = 0
  }

  get full(): boolean {
    return this.count === this.pieceCount
  }
}

/** How many of 32 bits are set, added up in pairs, then fours, then bytes (Hacker's Delight, 5-1). */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}

/** The runs that cover exactly these pieces, whatever their order. */
export function runsOf(pieces: Iterable<PieceIndex>): Run[] {
  const runs: [PieceIndex, number][] = []
  for (const piece of [...pieces].toSorted((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last && piece < last[0] + last[1]) continue
    if (last && piece === last[0] + last[1]) last[1]++
    else runs.push([piece, 1])
  }
  return runs
}
