import { bytesEqual, type Bytes } from '../shared/bytes.ts'
import { pieceCount, pieceLength, type Geometry } from '../shared/geometry.ts'
import type { PieceIndex, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { assert, fail, ok, type Result } from '../shared/result.ts'
import { attachFiles, type AttachedFiles } from './attachedFiles.ts'
import type { Disk, ShareFile } from './disk.ts'
import type { PieceStore, StoreFault } from './pieceStore.ts'
import { openSpanCache } from './spanCache.ts'

type Check = Promise<Result<'kept' | 'corrupt', StoreFault>>

interface HeldShare {
  readonly geometry: Geometry
  readonly file: ShareFile
  /** One byte a piece: 1 when it is checked and in the file. */
  readonly kept: Uint8Array
  /** Pieces being gathered. While `check` runs the bytes stay as they are, whatever else arrives. */
  readonly gathered: Map<PieceIndex, { readonly bytes: Bytes; check: Check | null }>
  attached: AttachedFiles | null
}

/**
 * A piece store over any disk: gathers blocks in memory, writes a piece only when its hash is right, and reads offered files
 * where they lie. `sha256` must not change the bytes it is given.
 */
export function openGatheringStore(disk: Disk, sha256: (bytes: Bytes) => Promise<Bytes>): PieceStore {
  const shares = new Map<ShareId, HeldShare>()
  const cache = openSpanCache(limits.attachedCacheMaxBytes)
  let attachments = 0
  let isClosed = false

  const hold = (share: ShareId, geometry: Geometry): HeldShare => {
    const held = {
      geometry,
      file: disk.file(share, geometry),
      kept: new Uint8Array(pieceCount(geometry)),
      gathered: new Map(),
      attached: null,
    }
    shares.set(share, held)
    return held
  }
  const isHeld = (share: ShareId, held: HeldShare): boolean => shares.get(share) === held

  /** What is left when every created share has come in whole; negative when that is too much. */
  const unpromisedBytes = async (): Promise<number> => {
    const freeBytes = await disk.freeBytes()
    let promisedBytes = 0
    for (const { geometry, file, attached } of shares.values()) {
      if (attached === null) promisedBytes += geometry.sizeBytes - file.usedBytes()
    }
    return freeBytes - promisedBytes
  }

  /** Runs what may reject, and names what the browser reported. A share removed meanwhile is `gone`, whatever came out. */
  async function attempt<Value>(
    share: ShareId,
    name: (error: unknown) => StoreFault,
    run: (held: HeldShare) => Promise<Value>,
  ): Promise<Result<Value, StoreFault>> {
    const held = shares.get(share)
    if (held === undefined) return gone
    try {
      const value = await run(held)
      return isHeld(share, held) ? ok(value) : gone
    } catch (error) {
      return isHeld(share, held) ? fail(name(error)) : gone
    }
  }

  async function keepIfRight(held: HeldShare, piece: PieceIndex, bytes: Bytes, hash: Bytes) {
    if (!bytesEqual(await sha256(bytes), hash)) return 'corrupt'
    await held.file.write(piece * held.geometry.pieceSizeBytes, bytes)
    held.kept[piece] = 1
    return 'kept'
  }

  return {
    kind: disk.kind,
    freeBytes: async () => Math.max(0, await unpromisedBytes()),
    async create(share, geometry) {
      if (isClosed) return gone
      if (shares.has(share)) return done
      // Held before asking, so that two creations at once cannot both count on the same space.
      const held = hold(share, geometry)
      const fits = (await unpromisedBytes()) >= 0 || geometry.sizeBytes === 0
      if (!isHeld(share, held)) return gone
      if (fits) return done
      shares.delete(share)
      return fail({ code: 'full' })
    },
    async attach(share, geometry, files) {
      if (isClosed) return gone
      const attached = attachFiles(files, geometry, cache, `${share} ${attachments++}`)
      if (attached.sizeBytes !== geometry.sizeBytes) return fail({ code: 'sourceChanged' })
      const held = shares.get(share) ?? hold(share, geometry)
      held.attached = attached
      return done
    },
    hashPiece: (share, piece) =>
      attempt(share, sourceFault, async ({ attached, geometry }) => {
        assert(attached !== null, 'only attached files are hashed')
        const fromBytes = piece * geometry.pieceSizeBytes
        return sha256(await attached.readAhead(fromBytes, fromBytes + pieceLength(geometry, piece)))
      }),
    putBlock(share, piece, offsetBytes, bytes) {
      const held = shares.get(share)
      if (held === undefined || held.kept[piece] === 1) return
      const lengthBytes = pieceLength(held.geometry, piece)
      assert(offsetBytes + bytes.length <= lengthBytes, 'a block lies inside its piece')
      let gathering = held.gathered.get(piece)
      if (gathering === undefined) {
        gathering = { bytes: new Uint8Array(lengthBytes), check: null }
        held.gathered.set(piece, gathering)
      }
      if (gathering.check === null) gathering.bytes.set(bytes, offsetBytes)
    },
    async checkPiece(share, piece, hash) {
      const held = shares.get(share)
      if (held === undefined) return gone
      if (held.kept[piece] === 1) return ok('kept')
      const gathering = held.gathered.get(piece)
      if (gathering === undefined) return ok('corrupt')
      gathering.check ??= attempt(share, diskFault, () => keepIfRight(held, piece, gathering.bytes, hash))
      const checked = await gathering.check
      gathering.check = null
      if (checked.ok && held.gathered.get(piece) === gathering) held.gathered.delete(piece)
      return checked
    },
    dropPiece(share, piece) {
      shares.get(share)?.gathered.delete(piece)
    },
    read(share, piece, offsetBytes, lengthBytes) {
      const isKept = shares.get(share)?.kept[piece] === 1
      return attempt(share, isKept ? diskFault : sourceFault, async ({ geometry, file, attached }) => {
        const fromBytes = piece * geometry.pieceSizeBytes + offsetBytes
        if (isKept) return file.read(fromBytes, lengthBytes)
        assert(attached !== null, 'only pieces that are here are read')
        return attached.read(fromBytes, fromBytes + lengthBytes)
      })
    },
    blob: (share, fromBytes, toBytes) =>
      attempt(share, diskFault, (held) => blobOf(held, fromBytes, toBytes)),
    async remove(share) {
      const held = shares.get(share)
      shares.delete(share)
      await held?.file.remove().catch(() => undefined)
    },
    async close() {
      isClosed = true
      shares.clear()
      await disk.close()
    },
  }
}

const done = ok(undefined)
const gone = fail<StoreFault>({ code: 'gone' })

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

const broken = (error: unknown): StoreFault => ({ code: 'broken', detail: String(error) })
const hasName = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name)

const diskFault = (error: unknown): StoreFault =>
  hasName(error, 'QuotaExceededError') ? { code: 'full' } : broken(error)

/** What reading a File reports when it was changed, moved or deleted (File API, section 7). */
const sourceFault = (error: unknown): StoreFault =>
  hasName(error, 'NotReadableError', 'NotFoundError') ? { code: 'sourceChanged' } : broken(error)
