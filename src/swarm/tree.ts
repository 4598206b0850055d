import * as v from 'valibot'
import { textFromUtf8, utf8FromText, type Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { parseJson, wholeUpTo } from '../shared/parseJson.ts'
import type { Manifest } from './manifest.ts'

/** A file inside a folder share. Its bytes follow those of the entries before it. */
export interface Entry {
  /** Untrusted, parts divided by `/`; made safe where it is saved. */
  readonly path: string
  readonly sizeBytes: number
  /** Milliseconds since 1970. */
  readonly modifiedMs: number
}

/** UTF-8 JSON `[1, [path, sizeBytes, modifiedMs], …]`: the 1 is the version. */
export const encodeTree = (entries: readonly Entry[]): Bytes =>
  utf8FromText(
    JSON.stringify([1, ...entries.map((entry) => [entry.path, entry.sizeBytes, entry.modifiedMs])]),
  )

/** How many folders a path goes down, the file itself counted. */
export const pathDepth = (path: string): number => path.split('/').length

const rowSchema = v.strictTuple([
  v.pipe(
    v.string(),
    v.nonEmpty(),
    v.maxLength(limits.pathLengthMax),
    v.check((path) => pathDepth(path) <= limits.pathDepthMax),
  ),
  wholeUpTo(Number.MAX_SAFE_INTEGER),
  v.pipe(v.number(), v.finite()),
])
const rowsSchema = v.array(rowSchema)

/**
 * The entries of a checked tree, as many and as large together as the manifest says; null for anything else (its origin may lie).
 * The largest, of 200,000 entries, takes 350 ms on a busy machine, a third of it for the JSON: once a save, that is bearable.
 */
export function decodeTree(
  bytes: Uint8Array,
  { sizeBytes, fileCount }: Pick<Manifest, 'sizeBytes' | 'fileCount'>,
): Entry[] | null {
  if (bytes.length > limits.treeSizeMaxBytes || fileCount > limits.entriesMax) return null
  const json = parseJson(textFromUtf8(bytes) ?? '', limits.treeSizeMaxBytes, v.unknown())
  const tree = json.ok ? json.value : null
  if (!Array.isArray(tree) || tree[0] !== 1 || tree.length - 1 !== fileCount) return null
  const rows = v.safeParse(rowsSchema, tree.slice(1), { abortEarly: true })
  if (!rows.success) return null
  const entries = rows.output.map(([path, entryBytes, modifiedMs]) => ({
    path,
    sizeBytes: entryBytes,
    modifiedMs,
  }))
  const sum = entries.reduce((total, entry) => total + entry.sizeBytes, 0)
  return sum === sizeBytes ? entries : null
}
