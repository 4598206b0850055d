import type { Bytes } from '../shared/bytes.ts'
import { pieceCount, type Geometry } from '../shared/geometry.ts'
import type { ShareId } from '../shared/ids.ts'
import { assert } from '../shared/result.ts'
import type { Disk, ShareFile } from './disk.ts'
import type { PieceStore } from './pieceStore.ts'
import { openGatheringStore } from './gatheringStore.ts'

/**
 * Keeps pieces in memory, up to `limitBytes` in all: for browsers without OPFS or WebCrypto, and for tests.
 * Offered files are read where they lie here too.
 */
export function openMemoryStore(options: {
  readonly sha256: (bytes: Bytes) => Promise<Bytes>
  readonly limitBytes: number
  /** Something threw that only a bug can make throw. */
  readonly bugFound: (error: unknown) => void
}): PieceStore {
  return openGatheringStore(memoryDisk(options.limitBytes), options.sha256, options.bugFound)
}

/** What it keeps it keeps for as long as somebody has it: also beyond the store that wrote it. */
export function memoryDisk(limitBytes: number): Disk {
  let usedBytes = 0
  const files = new Map<ShareId, ShareFile>()

  function newFile(share: ShareId, geometry: Geometry): ShareFile {
    const pieces = new Map<number, Bytes>()
    let fileBytes = 0
    const pieceAt = (atBytes: number): Bytes => {
      const piece = pieces.get(Math.floor(atBytes / geometry.pieceSizeBytes))
      assert(piece, 'only written pieces are read')
      return piece
    }
    return {
      usedBytes: () => fileBytes,
      async marks() {
        const marks = new Uint8Array(pieceCount(geometry))
        for (const piece of pieces.keys()) marks[piece] = 1
        return marks
      },
      async read(fromBytes, into) {
        const offsetBytes = fromBytes % geometry.pieceSizeBytes
        into.set(pieceAt(fromBytes).subarray(offsetBytes, offsetBytes + into.length))
      },
      async write(fromBytes, bytes) {
        if (usedBytes + bytes.length > limitBytes)
          throw new DOMException('memory limit', 'QuotaExceededError')
        pieces.set(fromBytes / geometry.pieceSizeBytes, bytes.slice())
        usedBytes += bytes.length
        fileBytes += bytes.length
      },
      async blob(fromBytes, toBytes) {
        const parts: Bytes[] = []
        for (let at = fromBytes; at < toBytes;) {
          const piece = pieceAt(at)
          const start = at - (at % geometry.pieceSizeBytes)
          parts.push(piece.subarray(at - start, toBytes - start))
          at = start + geometry.pieceSizeBytes
        }
        return new Blob(parts)
      },
      async remove() {
        files.delete(share)
        pieces.clear()
        usedBytes -= fileBytes
        fileBytes = 0
      },
    }
  }

  return {
    kind: 'memory',
    freeBytes: async () => limitBytes - usedBytes,
    file(share, geometry) {
      const file = files.get(share) ?? newFile(share, geometry)
      files.set(share, file)
      return file
    },
    close: async () => undefined,
  }
}
