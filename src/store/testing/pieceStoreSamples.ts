import { bytesEqual, concatBytes, type Bytes } from '../../shared/bytes.ts'
import { blockCount, pieceCount, pieceLength, type Geometry } from '../../shared/geometry.ts'
import type { PieceIndex, ShareId } from '../../shared/ids.ts'
import { limits } from '../../shared/limits.ts'
import { randomBytes, randomShareId, seededRandom } from '../../shared/random.ts'
import type { Result } from '../../shared/result.ts'
import type { PieceStore, StoreFault } from '../pieceStore.ts'

// What the contract of piece stores is written with: shares to keep, and comparisons without a test framework.

export const random = seededRandom(7)
export const pieceSizeBytes = limits.pieceSizeMinBytes

export interface Sample {
  readonly share: ShareId
  readonly geometry: Geometry
  readonly bytes: Bytes
}

export function sample(sizeBytes: number, pieceSize: number = pieceSizeBytes): Sample {
  return {
    share: randomShareId(random),
    geometry: { sizeBytes, pieceSizeBytes: pieceSize },
    bytes: randomBytes(random, sizeBytes),
  }
}

export const sha256 = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

export function pieceOf({ geometry, bytes }: Sample, piece: PieceIndex): Bytes {
  const start = piece * geometry.pieceSizeBytes
  return bytes.slice(start, start + pieceLength(geometry, piece))
}

/** Puts the piece in blocks, the last first, each a view of a longer message. */
export function putPiece(store: PieceStore, of: Sample, piece: PieceIndex, bytes = pieceOf(of, piece)): void {
  const headerBytes = 9
  for (let block = blockCount(of.geometry, piece) - 1; block >= 0; block--) {
    const offsetBytes = block * limits.blockSizeBytes
    const message = concatBytes([
      new Uint8Array(headerBytes),
      bytes.subarray(offsetBytes, offsetBytes + limits.blockSizeBytes),
    ])
    store.putBlock(of.share, piece, offsetBytes, message.subarray(headerBytes))
  }
}

export async function keepPiece(store: PieceStore, of: Sample, piece: PieceIndex): Promise<void> {
  putPiece(store, of, piece)
  const checked = value(await store.checkPiece(of.share, piece, await sha256(pieceOf(of, piece))))
  same(checked, 'kept', `piece ${piece}`)
}

export async function keepAll(store: PieceStore, of: Sample): Promise<void> {
  value(await store.create(of.share, of.geometry))
  for (let piece = pieceCount(of.geometry) - 1; piece >= 0; piece--) await keepPiece(store, of, piece)
}

export async function readPiece(store: PieceStore, of: Sample, piece: PieceIndex): Promise<Bytes> {
  return value(await store.read(of.share, piece, 0, pieceLength(of.geometry, piece)))
}

export async function blobBytes(
  store: PieceStore,
  of: Sample,
  from = 0,
  to = of.geometry.sizeBytes,
): Promise<Bytes> {
  const blob = value(await store.blob(of.share, from, to))
  return new Uint8Array(await blob.arrayBuffer())
}

/** The sample as files of these sizes; the last takes the rest. */
export function filesOf({ bytes }: Sample, ...sizes: number[]): File[] {
  let at = 0
  const parts = sizes.map((size) => bytes.slice(at, (at += size)))
  return [...parts, bytes.slice(at)].map((part, place) => new File([part], `file ${place}`))
}

export function value<Value>(result: Result<Value, StoreFault>): Value {
  if (!result.ok) throw new Error(`fault ${JSON.stringify(result.fault)}`)
  return result.value
}
export function same(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`)
}
export function sameBytes(actual: Bytes, expected: Bytes, what: string): void {
  if (!bytesEqual(actual, expected))
    throw new Error(`${what}: other bytes (${actual.length}, ${expected.length})`)
}
export function faulted(result: Result<unknown, StoreFault>, code: StoreFault['code'], what: string): void {
  same(result.ok ? 'no fault' : result.fault.code, code, what)
}
