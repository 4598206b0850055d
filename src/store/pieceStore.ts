import type { Bytes } from '../shared/bytes.ts'
import type { Geometry } from '../shared/geometry.ts'
import type { PieceIndex, ShareId } from '../shared/ids.ts'
import type { Result } from '../shared/result.ts'

export type StoreFault =
  /** The disk, the browser's quota, or the memory limit of a store without disk. */
  | { readonly code: 'full' }
  /** A file offered from this device was changed, moved or deleted since. */
  | { readonly code: 'sourceChanged' }
  /** The share was removed meanwhile; nothing to tell anyone. */
  | { readonly code: 'gone' }
  /** Anything else the browser's storage reported. */
  | { readonly code: 'broken'; readonly detail: string }

/**
 * Keeps pieces. A share's bytes come from the room (`create`: blocks are gathered in memory, checked by piece, and only then written),
 * from an earlier page of this tab (`restore`), or from files of this device (`attach`: read where they lie, and copied only where they are
 * many and small).
 * Every call on an unknown or removed share fails with `gone`.
 */
export interface PieceStore {
  readonly kind: 'disk' | 'memory'
  /** Makes room for a share that will come from the room. Fails with `full` when it cannot fit. */
  create(share: ShareId, geometry: Geometry): Promise<Result<void, StoreFault>>
  /**
   * Goes on with what an earlier page kept of the share, and answers one byte a piece: 1 for those that it wrote. None of it is kept here until
   * `recheckPiece` has found it right; room for the rest is made by `create`.
   */
  restore(share: ShareId, geometry: Geometry): Promise<Result<Uint8Array, StoreFault>>
  /** Hashes a piece that an earlier page wrote: it is kept from now on, or was never whole. */
  recheckPiece(
    share: ShareId,
    piece: PieceIndex,
    hash: Bytes,
  ): Promise<Result<'kept' | 'corrupt', StoreFault>>
  /**
   * Takes files of this device as the share's bytes, one after the other; their sizes add up to the geometry's.
   * A share already created keeps what it has: reads of other pieces then go to the files. `mayCopy`: the share is whatever the files are, so
   * that a piece of theirs is right when it is hashed, and may be kept then.
   */
  attach(
    share: ShareId,
    geometry: Geometry,
    files: readonly File[],
    mayCopy?: boolean,
  ): Promise<Result<void, StoreFault>>
  /** SHA-256 of a piece read from the attached files. Call for one piece of a share at a time. */
  hashPiece(share: ShareId, piece: PieceIndex): Promise<Result<Bytes, StoreFault>>
  /**
   * Puts a block into the piece being gathered in memory (`offsetBytes` inside the piece). Takes the buffer over.
   * Each lies at a multiple of the block size and is as long as its place; they may come in any order.
   */
  putBlock(share: ShareId, piece: PieceIndex, offsetBytes: number, bytes: Bytes): void
  /**
   * Hashes the gathered piece, whose blocks are all in; a right one is written and kept, a wrong one forgotten. `corrupt` says that
   * wrong bytes came, nothing else does: for want of memory or of disk it is a fault, and the piece stays gathered.
   */
  checkPiece(share: ShareId, piece: PieceIndex, hash: Bytes): Promise<Result<'kept' | 'corrupt', StoreFault>>
  /** `putBlock` of a piece's last block, and `checkPiece`, in one call. */
  finishPiece(
    share: ShareId,
    piece: PieceIndex,
    offsetBytes: number,
    bytes: Bytes,
    hash: Bytes,
  ): Promise<Result<'kept' | 'corrupt', StoreFault>>
  /** Forgets the blocks gathered for a piece. */
  dropPiece(share: ShareId, piece: PieceIndex): void
  /**
   * Reads part of a piece that is kept or attached; the caller asks only for such. The bytes are the caller's own, with
   * `headroomBytes` (0 if left out) before them in their buffer, which may be given back (`reuse`).
   */
  read(
    share: ShareId,
    piece: PieceIndex,
    offsetBytes: number,
    lengthBytes: number,
    headroomBytes?: number,
  ): Promise<Result<Bytes, StoreFault>>
  /** Takes back what `read` gave, for other bytes: nobody else uses its buffer any more. */
  reuse(bytes: Bytes): void
  /** The share's bytes from `fromBytes` to `toBytes` as a blob on disk where there is one; for saving and zipping. */
  blob(share: ShareId, fromBytes: number, toBytes: number): Promise<Result<Blob, StoreFault>>
  /** Frees what the share took. */
  remove(share: ShareId): Promise<void>
  /** Ends the store. What it kept on disk stays there for a later page. */
  close(): Promise<void>
}
