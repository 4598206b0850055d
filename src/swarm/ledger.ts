import type { PeerId, PieceIndex } from '../shared/ids.ts'
import { Bitfield, type Run } from './bitfield.ts'
import { WantedPieces } from './wantedPieces.ts'

/** Who has which piece of one share, we among them, and how rare each is. Everything that is asked often is counted as it changes. */
export class Ledger {
  readonly pieceCount: number
  /** What we hold ourselves. */
  readonly held: Bitfield
  /** Peers that hold each piece. */
  readonly copies: Uint16Array
  /** Pieces whose only holder has promised them to somebody else. */
  readonly promised: Bitfield
  readonly holdings = new Map<PeerId, Bitfield>()
  /** Pieces that at least one peer holds. */
  reachableCount = 0
  /** Pieces that we or a peer hold. */
  roomCount = 0
  /** What may be begun, while the share is being fetched: takes memory only then. */
  #wanted: WantedPieces | null = null

  constructor(pieceCount: number) {
    this.pieceCount = pieceCount
    this.held = new Bitfield(pieceCount)
    this.copies = new Uint16Array(pieceCount)
    this.promised = new Bitfield(pieceCount)
  }

  /** We hold the piece. Whether that is new. */
  hold(piece: PieceIndex): boolean {
    this.unwant(piece)
    if (!this.held.add(piece)) return false
    if (this.copies[piece] === 0) this.roomCount++
    return true
  }

  /** We hold nothing any more. */
  letGo(): void {
    this.held.clear()
    this.roomCount = this.reachableCount
  }

  /** The share is fetched from now on: what is wanted of it is sorted. */
  startWanting(): void {
    this.#wanted = new WantedPieces(this.pieceCount)
  }

  stopWanting(): void {
    this.#wanted = null
  }

  /** The piece may be begun. Nothing while the share is not being fetched. */
  want(piece: PieceIndex): void {
    this.#wanted?.add(piece, this.commonness(piece))
  }

  /** The piece is begun, or held. */
  unwant(piece: PieceIndex): void {
    this.#wanted?.delete(piece, this.commonness(piece))
  }

  isWanted(piece: PieceIndex): boolean {
    return this.#wanted?.has(piece, this.commonness(piece)) ?? false
  }

  /** Pieces that may be begun. */
  get wantedCount(): number {
    return this.#wanted?.count ?? 0
  }

  /** The set whose pieces in `bits` are the rarest wanted ones there; null when none there is wanted. */
  rarestOf(bits: Bitfield): Bitfield | null {
    return this.#wanted?.rarestOf(bits) ?? null
  }

  /** Whether of these, a peer's, some are wanted that nobody else has, nor has been promised. */
  hasLonePiece(bits: Bitfield): boolean {
    return this.#wanted?.isThere(bits, 1) ?? false
  }

  /** Replaces what the peer is known to hold. */
  setHolding(peer: PeerId, bits: Bitfield): void {
    const own = this.holdings.get(peer) ?? this.#newHolding(peer)
    for (let at = 0; at < bits.bytes.length; at++) {
      if (own.bytes[at] === bits.bytes[at]) continue
      for (let piece = 8 * at; piece < 8 * at + 8; piece++) {
        if (bits.has(piece)) this.#count(own, piece)
        else this.#uncount(own, piece)
      }
    }
  }

  /** How many pieces were new; null when the runs go beyond the share. Of a peer that never said what it holds, none are taken. */
  addHave(peer: PeerId, runs: readonly Run[]): number | null {
    if (runs.some(([first, count]) => first + count > this.pieceCount)) return null
    const bits = this.holdings.get(peer)
    if (!bits) return 0
    const countBefore = bits.count
    for (const [first, count] of runs) this.#countRun(bits, first, first + count)
    return bits.count - countBefore
  }

  /** The peer turned out not to have the piece. */
  takeBack(peer: PeerId, piece: PieceIndex): void {
    const bits = this.holdings.get(peer)
    if (bits) this.#uncount(bits, piece)
  }

  removePeer(peer: PeerId): void {
    const bits = this.holdings.get(peer)
    if (!bits) return
    for (let piece = 0; piece < this.pieceCount && bits.count > 0; piece++) this.#uncount(bits, piece)
    this.holdings.delete(peer)
  }

  /** The peer has promised the piece to somebody else; believed of its only holder alone. Whether that is news. */
  promise(peer: PeerId, piece: PieceIndex): boolean {
    const isLoneHolder = this.copies[piece] === 1 && this.holdings.get(peer)?.has(piece) === true
    if (!isLoneHolder || this.promised.has(piece)) return false
    const before = this.commonness(piece)
    this.promised.add(piece)
    this.#wanted?.move(piece, before, this.commonness(piece))
    return true
  }

  /** How soon the room will have enough of the piece: what it has, and what has been promised. */
  commonness(piece: PieceIndex): number {
    return (this.copies[piece] ?? 0) + (this.promised.has(piece) ? 1 : 0)
  }

  #newHolding(peer: PeerId): Bitfield {
    const bits = new Bitfield(this.pieceCount)
    this.holdings.set(peer, bits)
    return bits
  }

  #countRun(bits: Bitfield, first: PieceIndex, end: PieceIndex): void {
    const allOf32 = 0xffff_ffff
    for (let piece = first; piece < end;) {
      if ((piece & 31) === 0 && bits.words[piece >> 5] === allOf32) piece += 32
      else this.#count(bits, piece++)
    }
  }

  #count(bits: Bitfield, piece: PieceIndex): void {
    if (bits.add(piece)) this.#changeCopies(piece, 1)
  }

  #uncount(bits: Bitfield, piece: PieceIndex): void {
    if (bits.delete(piece)) this.#changeCopies(piece, -1)
  }

  /** A promise ends with it: there is a second holder, or none. */
  #changeCopies(piece: PieceIndex, by: 1 | -1): void {
    const before = this.copies[piece] ?? 0
    const after = before + by
    const wasPromised = this.promised.count > 0 && this.promised.delete(piece)
    this.copies[piece] = after
    if (before === 0 || after === 0) {
      this.reachableCount += by
      if (!this.held.has(piece)) this.roomCount += by
    }
    this.#wanted?.move(piece, wasPromised ? before + 1 : before, after)
  }
}
