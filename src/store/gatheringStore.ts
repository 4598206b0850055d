import { bytesEqual, type Bytes } from '../shared/bytes.ts'
import { pieceLength } from '../shared/geometry.ts'
import type { PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { assert, fail } from '../shared/result.ts'
import { attachFiles } from './attachedFiles.ts'
import { BufferPool } from './bufferPool.ts'
import type { Disk } from './disk.ts'
import type { Checked } from './gatheredPieces.ts'
import { FileRuns } from './fileRun.ts'
import { done, gone, HeldShares, type HeldShare } from './heldShares.ts'
import type { PieceStore } from './pieceStore.ts'
import { openSpanCache } from './spanCache.ts'
import { diskFault, sourceFault } from './storeFaults.ts'

/**
 * A piece store over any disk: gathers blocks in memory, writes a piece only when its hash is right, and reads offered files
 * where they lie. `sha256` must not change the bytes it is given. `bugFound` hears what only a bug can make go wrong; the caller
 * whose call it was gets `broken`.
 */
export function openGatheringStore(
  disk: Disk,
  sha256: (bytes: Bytes) => Promise<Bytes>,
  bugFound: (error: unknown) => void,
): PieceStore {
  const pool = new BufferPool()
  const shares = new HeldShares(disk, pool, bugFound)
  const reading = { cache: openSpanCache(limits.attachedCacheMaxBytes), runs: new FileRuns() }
  let attachments = 0
  let isClosed = false

  const putBlock: PieceStore['putBlock'] = (share, piece, offsetBytes, bytes) => {
    const held = shares.get(share)
    if (held?.kept[piece] === 0) held.gathered.put(piece, offsetBytes, bytes)
  }
  const checkPiece: PieceStore['checkPiece'] = (share, piece, hash) =>
    shares.attempt(share, diskFault, async (held) => {
      if (held.kept[piece] === 1) return 'kept'
      return held.gathered.check(piece, (bytes) => keepIfRight(held, piece, bytes, hash, sha256))
    })

  return {
    kind: disk.kind,
    create: async (share, geometry) => (isClosed ? gone : shares.create(share, geometry)),
    restore: async (share, geometry) => (isClosed ? gone : shares.restore(share, geometry)),
    recheckPiece: (share, piece, hash) =>
      shares.attempt(share, diskFault, (held) => recheck(held, piece, hash, sha256, pool)),
    async attach(share, geometry, files, mayCopy = false) {
      if (isClosed) return gone
      const attached = attachFiles(files, geometry, reading, `${share} ${attachments++}`)
      if (attached.sizeBytes !== geometry.sizeBytes) return fail({ code: 'sourceChanged' })
      const held = shares.get(share) ?? shares.hold(share, geometry)
      held.attached?.end()
      held.attached = attached
      held.isCopied = mayCopy && (await shares.isBetterCopied(geometry, files.length))
      return done
    },
    hashPiece: (share, piece) =>
      shares.attempt(share, sourceFault, async (held) => {
        const { attached, geometry } = held
        assert(attached !== null, 'only attached files are hashed')
        const fromBytes = piece * geometry.pieceSizeBytes
        const bytes = await attached.readNext(fromBytes, fromBytes + pieceLength(geometry, piece))
        const hash = await sha256(bytes)
        if (held.isCopied) await copy(held, piece, bytes)
        return hash
      }),
    putBlock,
    checkPiece,
    finishPiece(share, piece, offsetBytes, bytes, hash) {
      putBlock(share, piece, offsetBytes, bytes)
      return checkPiece(share, piece, hash)
    },
    dropPiece(share, piece) {
      shares.get(share)?.gathered.drop(piece)
    },
    read(share, piece, offsetBytes, lengthBytes, headroomBytes = 0) {
      const isKept = shares.get(share)?.kept[piece] === 1
      return shares.attempt(share, isKept ? diskFault : sourceFault, async ({ geometry, file, attached }) => {
        const fromBytes = piece * geometry.pieceSizeBytes + offsetBytes
        const bytes = pool.take(headroomBytes + lengthBytes).subarray(headroomBytes)
        assert(isKept || attached !== null, 'only pieces that are here are read')
        if (!isKept && attached !== null) return attached.read(fromBytes, bytes)
        await file.read(fromBytes, bytes)
        return bytes
      })
    },
    reuse: (bytes) => pool.giveBack(bytes),
    blob: (share, fromBytes, toBytes) =>
      shares.attempt(share, diskFault, (held) => blobOf(held, fromBytes, toBytes)),
    async remove(share) {
      const held = shares.get(share)
      shares.letGo(share)
      await held?.file.remove()
    },
    async close() {
      isClosed = true
      shares.letAllGo()
      await disk.close()
    },
  }
}

async function recheck(
  held: HeldShare,
  piece: PieceIndex,
  hash: Bytes,
  sha256: (bytes: Bytes) => Promise<Bytes>,
  pool: BufferPool,
): Promise<Checked> {
  if (held.kept[piece] === 1) return 'kept'
  const bytes = pool.take(pieceLength(held.geometry, piece))
  await held.file.read(piece * held.geometry.pieceSizeBytes, bytes)
  const isRight = bytesEqual(await sha256(bytes), hash)
  pool.giveBack(bytes)
  if (isRight) held.kept[piece] = 1
  return isRight ? 'kept' : 'corrupt'
}

async function keepIfRight(
  held: HeldShare,
  piece: PieceIndex,
  bytes: Bytes,
  hash: Bytes,
  sha256: (bytes: Bytes) => Promise<Bytes>,
): Promise<Checked> {
  if (!bytesEqual(await sha256(bytes), hash)) return 'corrupt'
  await held.file.write(piece * held.geometry.pieceSizeBytes, bytes)
  held.kept[piece] = 1
  return 'kept'
}

/** Where the disk refuses, the rest is read where it lies. */
async function copy(held: HeldShare, piece: PieceIndex, bytes: Bytes): Promise<void> {
  try {
    await held.file.write(piece * held.geometry.pieceSizeBytes, bytes)
    held.kept[piece] = 1
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
    held.isCopied = false
  }
}

/** Runs of kept pieces from the disk, all else from the attached files. */
async function blobOf(held: HeldShare, fromBytes: number, toBytes: number): Promise<Blob> {
  const { geometry, file, kept, attached } = held
  const pieceAt = (atBytes: number): PieceIndex => Math.floor(atBytes / geometry.pieceSizeBytes)
  const parts: Blob[] = []
  for (let at = fromBytes; at < toBytes;) {
    const isKept = kept[pieceAt(at)] === 1
    let end = at
    while (end < toBytes && (kept[pieceAt(end)] === 1) === isKept)
      end = (pieceAt(end) + 1) * geometry.pieceSizeBytes
    end = Math.min(end, toBytes)
    assert(isKept || attached !== null, 'only bytes that are here are saved')
    parts.push(isKept || attached === null ? await file.blob(at, end) : attached.blob(at, end))
    at = end
  }
  const [only] = parts
  return only !== undefined && parts.length === 1 ? only : new Blob(parts)
}
