import { bytesEqual, type Bytes } from '../shared/bytes.ts'
import type { Geometry } from '../shared/geometry.ts'
import type { PieceIndex, ShareId } from '../shared/ids.ts'
import { fail, ok } from '../shared/result.ts'
import { BufferPool } from './bufferPool.ts'
import { GatheredPieces } from './gatheredPieces.ts'
import type { PieceStore } from './pieceStore.ts'

/** What of a store the pieces need that are only passed on; and forgetting one of them. */
export type CarriedStore = Pick<
  PieceStore,
  'putBlock' | 'checkPiece' | 'finishPiece' | 'dropPiece' | 'read' | 'reuse'
> & {
  open(share: ShareId, geometry: Geometry): void
  close(share: ShareId): void
  forget(share: ShareId, piece: PieceIndex): void
}

interface CarriedShare {
  readonly gathered: GatheredPieces
  readonly kept: Map<PieceIndex, Bytes>
}

/**
 * Keeps pieces that are passed on, each until it is forgotten, in memory and nowhere else. How many that may be is for the swarm to say. Calls
 * on a share that is closed do nothing, or fail with `gone`.
 */
export function carriedStore(sha256: (bytes: Bytes) => Promise<Bytes>): CarriedStore {
  const shares = new Map<ShareId, CarriedShare>()
  const pool = new BufferPool()

  const putBlock: CarriedStore['putBlock'] = (share, piece, offsetBytes, bytes) =>
    shares.get(share)?.gathered.put(piece, offsetBytes, bytes)
  const checkPiece: CarriedStore['checkPiece'] = async (share, piece, hash) => {
    const held = shares.get(share)
    if (!held) return fail({ code: 'gone' })
    const checked = await held.gathered.check(piece, async (bytes) => {
      if (!bytesEqual(await sha256(bytes), hash)) return 'corrupt'
      held.kept.set(piece, bytes.slice())
      return 'kept'
    })
    return shares.get(share) === held ? ok(checked) : fail({ code: 'gone' })
  }

  return {
    open: (share, geometry) =>
      void shares.set(share, { gathered: new GatheredPieces(geometry, pool), kept: new Map() }),
    close: (share) => void shares.delete(share),
    forget: (share, piece) => void shares.get(share)?.kept.delete(piece),
    putBlock,
    checkPiece,
    finishPiece(share, piece, offsetBytes, bytes, hash) {
      putBlock(share, piece, offsetBytes, bytes)
      return checkPiece(share, piece, hash)
    },
    dropPiece: (share, piece) => shares.get(share)?.gathered.drop(piece),
    // Copied before the call returns: the piece may be forgotten next.
    async read(share, piece, offsetBytes, lengthBytes, headroomBytes = 0) {
      const kept = shares.get(share)?.kept.get(piece)
      if (!kept) return fail({ code: 'gone' })
      const bytes = pool.take(headroomBytes + lengthBytes).subarray(headroomBytes)
      bytes.set(kept.subarray(offsetBytes, offsetBytes + lengthBytes))
      return ok(bytes)
    },
    reuse: (bytes) => pool.giveBack(bytes),
  }
}
