import { pieceSizeFor } from '../shared/geometry.ts'
import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import { shortenName, type Description } from '../swarm/manifest.ts'
import { encodeTree, pathDepth } from '../swarm/tree.ts'
import type { Taken } from './intake.ts'

/** What the files are, and those whose bytes, one after the other, are the share. */
export interface Described {
  readonly description: Description
  readonly files: readonly File[]
}

export type DescribeFault = { readonly code: 'tooLarge' | 'tooManyFiles' | 'pathTooLong' | 'pathTooDeep' }

/** Makes a share of what was dropped or picked. Reads nothing of the files, so that a share of any size is there at once. */
export function describeShare(intake: Taken): Result<Described, DescribeFault> {
  const described = intake.kind === 'file' ? describeFile(intake.file) : describeFolder(intake)
  if (!described.ok) return described
  const { sizeBytes, treeSizeBytes } = described.value.description
  return sizeBytes + treeSizeBytes > limits.shareSizeMaxBytes ? fail({ code: 'tooLarge' }) : described
}

function describeFile(file: File): Result<Described, DescribeFault> {
  return ok({
    files: [file],
    description: {
      kind: 'file',
      name: shortenName(file.name),
      sizeBytes: file.size,
      treeSizeBytes: 0,
      fileCount: 1,
      pieceSizeBytes: pieceSizeFor(file.size),
      modifiedMs: Math.max(0, file.lastModified),
    },
  })
}

function describeFolder(intake: Taken & { kind: 'folder' }): Result<Described, DescribeFault> {
  if (intake.entries.length > limits.entriesMax) return fail({ code: 'tooManyFiles' })
  if (intake.entries.some(({ path }) => path.length > limits.pathLengthMax))
    return fail({ code: 'pathTooLong' })
  if (intake.entries.some(({ path }) => pathDepth(path) > limits.pathDepthMax))
    return fail({ code: 'pathTooDeep' })
  // In one order whatever the browser's, so that the same folder dropped again is the same share.
  const entries = intake.entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const tree = encodeTree(
    entries.map(({ path, file }) => ({
      path,
      sizeBytes: file.size,
      modifiedMs: Math.max(0, file.lastModified),
    })),
  )
  if (tree.length > limits.treeSizeMaxBytes) return fail({ code: 'tooManyFiles' })
  const sizeBytes = entries.reduce((sum, { file }) => sum + file.size, 0)
  return ok({
    files: [new File([tree], 'tree'), ...entries.map(({ file }) => file)],
    description: {
      kind: 'folder',
      name: shortenName(intake.name),
      sizeBytes,
      treeSizeBytes: tree.length,
      fileCount: entries.length,
      pieceSizeBytes: pieceSizeFor(tree.length + sizeBytes),
      modifiedMs: entries.reduce((newest, { file }) => Math.max(newest, file.lastModified), 0),
    },
  })
}

/** The same for shares that may be of the same bytes; their hashes then decide. */
export const looks = (description: Description): string => {
  const { kind, name, sizeBytes, treeSizeBytes, fileCount, pieceSizeBytes } = description
  return JSON.stringify([kind, name, sizeBytes, treeSizeBytes, fileCount, pieceSizeBytes])
}
