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
    const own = this.holdings.get(peer) ?? new Bitfield(this.pieceCount)
    this.holdings.set(peer, own)
    for (let at = 0; at < bits.bytes.length; at++) {
      if (own.bytes[at] === bits.bytes[at]) continue
      for (let piece = 8 * at; piece < 8 * at + 8; piece++) {
        if (bits.has(piece)) this.#count(own, piece)
        else if (own.delete(piece)) this.#uncount(piece)
      }
    }
  }

  /** How many pieces were new; null when the runs go beyond the share. Of a peer that never said what it holds, none are taken. */
  addHave(peer: PeerId, runs: readonly Run[]): number | null {
    if (runs.some(([first, count]) => first + count > this.pieceCount)) return null
    const bits = this.holdings.get(peer)
    if (!bits) return 0
    const countBefore = bits.count
    for (const [first, count] of runs) {
      for (let piece = first; piece < first + count; piece++) this.#count(bits, piece)
    }
    return bits.count - countBefore
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

  /** The peer has promised the piece to somebody else; believed of its only holder alone. */
  promise(peer: PeerId, piece: PieceIndex): boolean {
    const isLoneHolder = this.copies[piece] === 1 && this.holdings.get(peer)?.has(piece) === true
    if (isLoneHolder) this.promised[piece] = 1
    return isLoneHolder
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
