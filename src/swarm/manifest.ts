import * as v from 'valibot'
import {
  base64UrlFromBytes,
  bytesFromBase64Url,
  concatBytes,
  textFromUtf8,
  utf8FromText,
  type Bytes,
} from '../shared/bytes.ts'
import { isGeometry, pieceCount, pieceLength, type Geometry } from '../shared/geometry.ts'
import {
  idBytes,
  parseDeviceId,
  publicKeyBytes,
  signatureBytes,
  type DeviceId,
  type PieceIndex,
  type ShareId,
} from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { wholeUpTo } from '../shared/parseJson.ts'

/** What files are, as far as it can be said without reading them. */
export interface Description {
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

/** What a share is, as its origin says it. */
export interface ManifestFields extends Description {
  readonly version: 2
  /** The origin's public key for this share (Ed25519, 32 bytes) in base64url: it signs the hash list. */
  readonly key: string
  /** 16 random bytes in base64url, so that the id of a known file cannot be guessed. */
  readonly salt: string
  /** The device it is of: its public key. */
  readonly by: DeviceId
  /** The device's signature over key and salt (64 bytes in base64url): what it says is looked at by who wants to know. */
  readonly bySignature: string
}

/**
 * A share certifies itself: its id is the hash of all that its origin says of it. A folder's tree travels as the first bytes of the
 * share, before its files, so that it is fetched and checked as everything else is.
 */
export interface Manifest extends ManifestFields {
  readonly share: ShareId
}

/** SHA-256 at once: what a message says must be known before the next is looked at. */
export type Sha256 = (bytes: Bytes) => Bytes

/** Bytes of a share's salt. */
export const saltBytes = 16

/** The manifest that says this, with its id. */
export const certified = (fields: ManifestFields, sha256: Sha256): Manifest => ({
  ...fields,
  share: base64UrlFromBytes(
    sha256(concatBytes([label, encodeManifest(fields)])).subarray(0, idBytes),
  ) as ShareId,
})

const label = utf8FromText('swarmdrop share 2')

/** A manifest as it is sent and hashed: JSON in one spelling, for its id depends on every byte. */
export function encodeManifest(fields: ManifestFields): Bytes {
  const { version, key, salt, by, bySignature } = fields
  const { kind, name, sizeBytes, treeSizeBytes, fileCount, pieceSizeBytes, modifiedMs } = fields
  const ordered = {
    version,
    key,
    salt,
    by,
    bySignature,
    kind,
    name,
    sizeBytes,
    treeSizeBytes,
    fileCount,
    pieceSizeBytes,
    modifiedMs,
  }
  return utf8FromText(JSON.stringify(ordered))
}

export const geometryOf = (manifest: Description): Geometry => ({
  sizeBytes: manifest.treeSizeBytes + manifest.sizeBytes,
  pieceSizeBytes: manifest.pieceSizeBytes,
})

export const pieceCountOf = (manifest: Description): number => pieceCount(geometryOf(manifest))

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

const base64Url = (lengthBytes: number) =>
  v.pipe(
    v.string(),
    v.check((text) => bytesFromBase64Url(text)?.length === lengthBytes),
  )

const fieldsSchema = v.pipe(
  v.object({
    version: v.literal(2),
    key: base64Url(publicKeyBytes),
    salt: base64Url(saltBytes),
    by: v.custom<DeviceId>((value) => parseDeviceId(value) !== null),
    bySignature: base64Url(signatureBytes),
    kind: v.picklist(['file', 'folder']),
    name: v.pipe(v.string(), v.maxLength(limits.nameLengthMax)),
    sizeBytes: wholeUpTo(limits.shareSizeMaxBytes),
    treeSizeBytes: wholeUpTo(limits.treeSizeMaxBytes),
    fileCount: wholeUpTo(limits.entriesMax),
    pieceSizeBytes: v.number(),
    modifiedMs: wholeUpTo(Number.MAX_SAFE_INTEGER),
  }),
  v.check(
    ({ kind, treeSizeBytes, fileCount }) => kind === 'folder' || (treeSizeBytes === 0 && fileCount === 1),
  ),
  v.check((manifest) => isGeometry(geometryOf(manifest))),
)

/** What `encodeManifest` made, and anything else that a peer may have sent; null for all but a manifest. */
export function decodeManifest(bytes: Uint8Array, sha256: Sha256): Manifest | null {
  const text = textFromUtf8(bytes)
  if (text === null) return null
  try {
    return parseManifest(JSON.parse(text), sha256)
  } catch {
    return null
  }
}

/** The manifest that was kept of a share; null where it gives another id, or is none. */
export function manifestOf(share: ShareId, kept: Uint8Array, sha256: Sha256): Manifest | null {
  const manifest = decodeManifest(kept, sha256)
  return manifest?.share === share ? manifest : null
}

/** Takes anything a peer may have sent; null unless every field is there and within its limits. */
export function parseManifest(value: unknown, sha256: Sha256): Manifest | null {
  const parsed = v.safeParse(fieldsSchema, value, { abortEarly: true })
  return parsed.success ? certified(parsed.output, sha256) : null
}
