import type { Bytes } from '../shared/bytes.ts'
import type { Geometry } from '../shared/geometry.ts'
import type { ShareId } from '../shared/ids.ts'

/**
 * Where a store puts the pieces it keeps: memory, or files in OPFS. Operations reject with a DOMException as browsers do;
 * `QuotaExceededError` says that the disk is full.
 */
export interface Disk {
  readonly kind: 'disk' | 'memory'
  /** Bytes that may still be written; Infinity when nobody can tell. */
  freeBytes(): Promise<number>
  /** The place of a share's pieces. Takes no space before the first write. */
  file(share: ShareId, geometry: Geometry): ShareFile
  /** Writes out and lets go of everything. */
  close(): Promise<void>
}

/** One share's pieces, each at its own offset. Callers read and make blobs only of what they wrote. */
export interface ShareFile {
  /** Space this file takes already: the rest of its share is still to come. */
  usedBytes(): number
  /**
   * One byte a piece: 1 for those written, by an earlier page too. The mark of a piece is set when its bytes are out of our hands, and not
   * sooner; whether the disk has them is another question after it lost its power.
   */
  marks(): Promise<Uint8Array>
  /** Fills `into` with part of one piece. */
  read(fromBytes: number, into: Bytes): Promise<void>
  /** A whole piece, at its offset in the share, and its mark. Keeps nothing of the buffer once it is done. */
  write(fromBytes: number, bytes: Bytes): Promise<void>
  blob(fromBytes: number, toBytes: number): Promise<Blob>
  /** Never rejects: what could not be removed is freed by the next start. */
  remove(): Promise<void>
}
