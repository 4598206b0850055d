import { textFromUtf8, utf8FromText, type Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'

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

/** The entries of a checked tree, whose sizes must add up to `sizeBytes`; null for anything else (its origin may lie). */
export function decodeTree(bytes: Uint8Array, sizeBytes: number): Entry[] | null {
  if (bytes.length > limits.treeSizeMaxBytes) return null
  const rows = parseJson(textFromUtf8(bytes))
  if (!Array.isArray(rows) || rows[0] !== 1 || rows.length - 1 > limits.entriesMax) return null
  const entries: Entry[] = []
  let sum = 0
  for (const row of rows.slice(1)) {
    const entry = parseEntry(row)
    if (entry === null) return null
    entries.push(entry)
    sum += entry.sizeBytes
  }
  return sum === sizeBytes ? entries : null
}

function parseEntry(row: unknown): Entry | null {
  if (!Array.isArray(row) || row.length !== 3) return null
  const [path, sizeBytes, modifiedMs] = row as unknown[]
  if (typeof path !== 'string' || path.length === 0 || path.length > limits.pathLengthMax) return null
  if (typeof sizeBytes !== 'number' || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return null
  if (typeof modifiedMs !== 'number' || !Number.isFinite(modifiedMs)) return null
  return { path, sizeBytes, modifiedMs }
}

function parseJson(text: string | null): unknown {
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
