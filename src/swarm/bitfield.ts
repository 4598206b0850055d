import type { Bytes } from '../shared/bytes.ts'
import type { PieceIndex } from '../shared/ids.ts'

/** Consecutive pieces: the first and how many. */
export type Run = readonly [first: PieceIndex, count: number]

/** A set of pieces as bits, high bit first (BEP 3), with its size kept. */
export class Bitfield {
  readonly pieceCount: number
  readonly bytes: Bytes
  /** Pieces in the set. */
  count = 0

  constructor(pieceCount: number) {
    this.pieceCount = pieceCount
    this.bytes = new Uint8Array(Math.ceil(pieceCount / 8))
  }

  /** Null when the bytes have another length than `pieceCount` needs, or set a bit beyond it. */
  static parse(pieceCount: number, bytes: Uint8Array): Bitfield | null {
    const field = new Bitfield(pieceCount)
    if (bytes.length !== field.bytes.length) return null
    field.bytes.set(bytes)
    for (let piece = pieceCount; piece < bytes.length * 8; piece++) if (field.has(piece)) return null
    for (const byte of bytes) field.count += bitsIn(byte)
    return field
  }

  has(piece: PieceIndex): boolean {
    return ((this.bytes[piece >> 3] ?? 0) & (128 >> (piece & 7))) !== 0
  }

  /** Whether the piece was new. */
  add(piece: PieceIndex): boolean {
    if (this.has(piece)) return false
    this.bytes[piece >> 3] = (this.bytes[piece >> 3] ?? 0) | (128 >> (piece & 7))
    this.count++
    return true
  }

  /** Whether the piece was there. */
  delete(piece: PieceIndex): boolean {
    if (!this.has(piece)) return false
    this.bytes[piece >> 3] = (this.bytes[piece >> 3] ?? 0) & ~(128 >> (piece & 7))
    this.count--
    return true
  }

  clear(): void {
    this.bytes.fill(0)
    this.count = 0
  }

  get full(): boolean {
    return this.count === this.pieceCount
  }
}

function bitsIn(byte: number): number {
  let count = 0
  for (let left = byte; left > 0; left &= left - 1) count++
  return count
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
