import { bytesEqual, bytesFromBase64Url, concatBytes, utf8FromText, type Bytes } from '../shared/bytes.ts'
import type { PieceIndex, ShareId } from '../shared/ids.ts'
import type { Sha256 } from './manifest.ts'

/** Bytes of a SHA-256. */
export const hashBytes = 32

/** Hashes that follow each other in a share's list, before their origin has signed them. */
export interface UnsignedPart {
  readonly first: PieceIndex
  /** The digest of all parts before it. */
  readonly before: Bytes
  /** 32 bytes a piece. */
  readonly hashes: Bytes
}

/** A part of a share's hash list as its origin signed it, each position in one part only: everybody passes it on as it is. */
export interface HashPart extends UnsignedPart {
  readonly signature: Bytes
}

export const countOf = ({ hashes }: UnsignedPart): number => hashes.length / hashBytes

/** What the origin signs of a part: that these hashes, after those before, are of this share. */
export function signedBytes(share: ShareId, part: UnsignedPart): Bytes {
  const place = new Uint8Array(8)
  const view = new DataView(place.buffer)
  view.setUint32(0, part.first)
  view.setUint32(4, countOf(part))
  const id = bytesFromBase64Url(share) ?? new Uint8Array(0)
  return concatBytes([label, id, place, part.before, part.hashes])
}

const label = utf8FromText('swarmdrop hashes 2')

/** The hash list of a share as far as it is known: signed parts without gaps, from the first piece on. */
export class HashList {
  readonly #sha256: Sha256
  readonly #parts: HashPart[] = []
  #count = 0
  #digest: Bytes = new Uint8Array(hashBytes)

  constructor(sha256: Sha256) {
    this.#sha256 = sha256
  }

  /** Pieces whose hash is known. */
  get count(): number {
    return this.#count
  }

  /** Of all that is known: what the next part must have as its `before`. */
  get digest(): Bytes {
    return this.#digest
  }

  get parts(): readonly HashPart[] {
    return this.#parts
  }

  /**
   * How a part agrees with the list: it is in it, goes on from it, begins later; or contradicts it, for the list then has something else
   * at its place, or before it.
   */
  compare(part: HashPart): 'same' | 'next' | 'later' | 'other' {
    if (part.first > this.#count) return 'later'
    if (part.first === this.#count) return bytesEqual(part.before, this.#digest) ? 'next' : 'other'
    const own = this.partAt(part.first)
    const isSame =
      own?.first === part.first && bytesEqual(own.before, part.before) && bytesEqual(own.hashes, part.hashes)
    return isSame ? 'same' : 'other'
  }

  /** Adds a part that goes on from what is known, and whose signature is right. */
  add(part: HashPart): void {
    this.#parts.push(part)
    this.#count += countOf(part)
    this.#digest = this.#sha256(concatBytes([part.before, part.hashes]))
  }

  /** The hash of a piece; null while it is not known. */
  hashAt(piece: PieceIndex): Bytes | null {
    const part = this.partAt(piece)
    if (!part) return null
    const at = (piece - part.first) * hashBytes
    return part.hashes.slice(at, at + hashBytes)
  }

  /** The part that has the hash of a piece; null while it is not known. */
  partAt(piece: PieceIndex): HashPart | null {
    if (piece >= this.#count) return null
    let low = 0
    let high = this.#parts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#parts[middle]?.first ?? 0) <= piece) low = middle
      else high = middle - 1
    }
    return this.#parts[low] ?? null
  }

  /** The digest of all before a piece; null where no part ends there. */
  digestAt(position: PieceIndex): Bytes | null {
    if (position === this.#count) return this.#digest
    const part = this.partAt(position)
    return part?.first === position ? part.before : null
  }
}
