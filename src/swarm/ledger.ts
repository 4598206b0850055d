import type { PeerId, PieceIndex } from '../shared/ids.ts'
import { Bitfield, type Run } from './bitfield.ts'

/** Who else has which piece of one share, and how rare each is. */
export class Ledger {
  readonly pieceCount: number
  /** Peers that hold each piece. */
  readonly copies: Uint16Array
  /** 1 where the only holder has promised the piece to somebody else. */
  readonly promised: Uint8Array
  readonly holdings = new Map<PeerId, Bitfield>()
  /** Pieces that at least one peer holds. */
  reachableCount = 0

  constructor(pieceCount: number) {
    this.pieceCount = pieceCount
    this.copies = new Uint16Array(pieceCount)
    this.promised = new Uint8Array(pieceCount)
  }

  /** Replaces what the peer is known to hold. */
  setHolding(peer: PeerId, bits: Bitfield): void {
    this.removePeer(peer)
    const own = new Bitfield(this.pieceCount)
    this.holdings.set(peer, own)
    for (let piece = 0; piece < this.pieceCount; piece++) if (bits.has(piece)) this.#count(own, piece)
  }

  /** False when the runs go beyond the share, or the peer never said what it holds. */
  addHave(peer: PeerId, runs: readonly Run[]): boolean {
    const bits = this.holdings.get(peer)
    if (!bits) return false
    for (const [first, count] of runs) {
      if (first + count > this.pieceCount) return false
      for (let piece = first; piece < first + count; piece++) this.#count(bits, piece)
    }
    return true
  }

  /** The peer turned out not to have the piece. */
  takeBack(peer: PeerId, piece: PieceIndex): void {
    if (this.holdings.get(peer)?.delete(piece)) this.#uncount(piece)
  }

  removePeer(peer: PeerId): void {
    const bits = this.holdings.get(peer)
    if (!bits) return
    for (let piece = 0; piece < this.pieceCount; piece++) if (bits.has(piece)) this.#uncount(piece)
    this.holdings.delete(peer)
  }

  promise(piece: PieceIndex): void {
    if (piece < this.pieceCount && this.copies[piece] === 1) this.promised[piece] = 1
  }

  /** How soon the room will have enough of the piece: what it has, and what has been promised. */
  commonness(piece: PieceIndex): number {
    return (this.copies[piece] ?? 0) + (this.promised[piece] ?? 0)
  }

  /** Peers that hold all of it. */
  fullCount(): number {
    let count = 0
    for (const bits of this.holdings.values()) if (bits.full) count++
    return count
  }

  #count(bits: Bitfield, piece: PieceIndex): void {
    if (!bits.add(piece)) return
    const copies = this.copies[piece] ?? 0
    this.copies[piece] = copies + 1
    if (copies === 0) this.reachableCount++
    else this.promised[piece] = 0
  }

  #uncount(piece: PieceIndex): void {
    const copies = this.copies[piece] ?? 0
    this.copies[piece] = copies - 1
    if (copies === 1) {
      this.reachableCount--
      this.promised[piece] = 0
    }
  }
}
