import type { Bytes } from '../../shared/bytes.ts'
import { fail, ok, type Result } from '../../shared/result.ts'
import { decodeTree } from '../../swarm/tree.ts'
import { cleanPaths } from './fileNames.ts'
import type { SaveableEntry } from './saveable.ts'

/** What the manifest says of a folder: its tree must agree. */
export interface FolderFacts {
  readonly sizeBytes: number
  readonly fileCount: number
}

export type TreeFault =
  /** Its origin lied, or made it wrong. */
  | { readonly code: 'badTree' }
  /** What the browser reported. */
  | { readonly code: 'failed'; readonly detail: string }

/** Reads a folder's tree (`swarm/tree.ts`), its paths cleaned. Takes the bytes over. */
export type ReadTree = (
  tree: Bytes,
  folder: FolderFacts,
) => Promise<Result<readonly SaveableEntry[], TreeFault>>

/** Reads it here and now: seconds for a tree made to cost time. */
export const readTreeHere: ReadTree = async (tree, folder) => {
  const entries = entriesIn(tree, folder)
  return entries === null ? fail({ code: 'badTree' }) : ok(entries)
}

function entriesIn(tree: Bytes, folder: FolderFacts): SaveableEntry[] | null {
  const entries = decodeTree(tree, folder)
  if (entries === null) return null
  const paths = cleanPaths(entries.map(({ path }) => path))
  return (
    paths?.map((path, at) => {
      const { sizeBytes = 0, modifiedMs = 0 } = entries[at] ?? {}
      return { path, sizeBytes, modifiedMs }
    }) ?? null
  )
}
