import * as v from 'valibot'
import { isGeometry, pieceCount, pieceLength, type Geometry } from '../shared/geometry.ts'
import { parseShareId, type PieceIndex, type ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'

/**
 * What a share is, as its origin says it. A folder's tree travels as the first bytes of the share, before its files, so that
 * it is fetched and checked as everything else is.
 */
export interface Manifest {
  readonly version: 1
  readonly share: ShareId
  readonly kind: 'file' | 'folder'
  /** Untrusted text of at most `limits.nameLengthMax`. */
  readonly name: string
  /** Bytes of the files themselves. */
  readonly sizeBytes: number
  /** Bytes of the encoded tree before them; 0 for a file. */
  readonly treeSizeBytes: number
  /** 1 for a file. */
  readonly fileCount: number
  readonly pieceSizeBytes: number
  /** Milliseconds since 1970; of a folder, its newest file. */
  readonly modifiedMs: number
}

export const geometryOf = (manifest: Manifest): Geometry => ({
  sizeBytes: manifest.treeSizeBytes + manifest.sizeBytes,
  pieceSizeBytes: manifest.pieceSizeBytes,
})

export const pieceCountOf = (manifest: Manifest): number => pieceCount(geometryOf(manifest))

/** Bytes of the files themselves inside a piece: what people count, the tree left out. */
export function payloadLength(manifest: Manifest, piece: PieceIndex): number {
  const geometry = geometryOf(manifest)
  const start = piece * geometry.pieceSizeBytes
  const end = start + pieceLength(geometry, piece)
  return Math.max(0, end - Math.max(start, manifest.treeSizeBytes))
}

/** A name within the limit; a cut one keeps its ending, which says what the file is. */
export function shortenName(name: string): string {
  if (name.length <= limits.nameLengthMax) return name
  const endingLengthMax = 20
  const dot = name.lastIndexOf('.')
  const ending = dot > 0 && name.length - dot <= endingLengthMax ? name.slice(dot) : ''
  const kept = name.slice(0, limits.nameLengthMax - ending.length - 1)
  const splitPair = /[\uD800-\uDBFF]$/.test(kept)
  return `${splitPair ? kept.slice(0, -1) : kept}…${ending}`
}

const count = (max: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(max))

const manifestSchema = v.pipe(
  v.object({
    version: v.literal(1),
    share: v.custom<ShareId>((id) => parseShareId(id) !== null),
    kind: v.picklist(['file', 'folder']),
    name: v.pipe(v.string(), v.maxLength(limits.nameLengthMax)),
    sizeBytes: count(limits.shareSizeMaxBytes),
    treeSizeBytes: count(limits.treeSizeMaxBytes),
    fileCount: count(limits.entriesMax),
    pieceSizeBytes: v.number(),
    modifiedMs: count(Number.MAX_SAFE_INTEGER),
  }),
  v.check(
    ({ kind, treeSizeBytes, fileCount }) => kind === 'folder' || (treeSizeBytes === 0 && fileCount === 1),
  ),
  v.check((manifest) => isGeometry(geometryOf(manifest))),
)

/** Takes anything a peer may have sent; null unless every field is there and within its limits. */
export function parseManifest(value: unknown): Manifest | null {
  const parsed = v.safeParse(manifestSchema, value, { abortEarly: true })
  return parsed.success ? parsed.output : null
}

export const sameManifest = (a: Manifest, b: Manifest): boolean =>
  Object.entries(a).every(([key, value]) => b[key as keyof Manifest] === value)
