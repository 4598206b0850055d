import { pieceSizeFor } from '../shared/geometry.ts'
import type { ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import { shortenName, type Manifest } from '../swarm/manifest.ts'
import { encodeTree, pathDepth } from '../swarm/tree.ts'
import type { Intake } from './intake.ts'

/** A manifest, and the files whose bytes, one after the other, are the share. */
export interface Described {
  readonly manifest: Manifest
  readonly files: readonly File[]
}

export type DescribeFault = { readonly code: 'tooLarge' | 'tooManyFiles' | 'pathTooLong' | 'pathTooDeep' }

/** Makes a share of what was dropped or picked. Reads nothing of the files, so that a share of any size is there at once. */
export function describeShare(intake: Intake, share: ShareId): Result<Described, DescribeFault> {
  const described = intake.kind === 'file' ? describeFile(intake.file, share) : describeFolder(intake, share)
  if (!described.ok) return described
  const { sizeBytes, treeSizeBytes } = described.value.manifest
  return sizeBytes + treeSizeBytes > limits.shareSizeMaxBytes ? fail({ code: 'tooLarge' }) : described
}

function describeFile(file: File, share: ShareId): Result<Described, DescribeFault> {
  return ok({
    files: [file],
    manifest: {
      version: 1,
      share,
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

function describeFolder(
  intake: Intake & { kind: 'folder' },
  share: ShareId,
): Result<Described, DescribeFault> {
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
    manifest: {
      version: 1,
      share,
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
export const looks = (manifest: Manifest): string => {
  const { kind, name, sizeBytes, treeSizeBytes, fileCount, pieceSizeBytes } = manifest
  return JSON.stringify([kind, name, sizeBytes, treeSizeBytes, fileCount, pieceSizeBytes])
}
