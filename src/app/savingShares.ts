import { fail, ok, type Result } from '../shared/result.ts'
import type { PieceStore, StoreFault } from '../store/pieceStore.ts'
import type { Manifest } from '../swarm/manifest.ts'
import { cleanName } from './saving/fileNames.ts'
import type { ReadTree, TreeFault } from './saving/folderTree.ts'
import {
  saveFailed,
  type OnProgress,
  type Saveable,
  type SaveableEntry,
  type SaveFault,
} from './saving/saveable.ts'
import { readTree as readTreeAsPage } from './saving/treeReader.ts'

/** How a complete share leaves for a file: as a browser download, or to a place the user picks. */
export type SaveWay = (share: Saveable, onProgress: OnProgress) => Promise<Result<void, SaveFault>>

export type SharingFault = SaveFault | TreeFault

/** Saves a complete share of the store in this way. `readTree` looks through a folder's tree without holding up the page. */
export async function saveFromStore(
  store: Pick<PieceStore, 'blob'>,
  manifest: Manifest,
  way: SaveWay,
  onProgress: OnProgress,
  readTree: ReadTree = readTreeAsPage,
): Promise<Result<void, SharingFault>> {
  const entries = await entriesOf(store, manifest, readTree)
  if (!entries.ok) return entries
  const { share, treeSizeBytes, name, kind } = manifest
  const blob = (from: number, to: number): Promise<Result<Blob, StoreFault>> =>
    store.blob(share, treeSizeBytes + from, treeSizeBytes + to)
  return way({ name, kind, entries: entries.value, blob }, onProgress)
}

/** What a complete share holds: a file itself, a folder the files its tree names. */
async function entriesOf(
  store: Pick<PieceStore, 'blob'>,
  manifest: Manifest,
  readTree: ReadTree,
): Promise<Result<readonly SaveableEntry[], SharingFault>> {
  const { kind, name, sizeBytes, modifiedMs, treeSizeBytes, share } = manifest
  if (kind === 'file') return ok([{ path: cleanName(name), sizeBytes, modifiedMs }])
  const blob = await store.blob(share, 0, treeSizeBytes)
  if (!blob.ok) return fail({ code: 'unreadable', fault: blob.fault })
  try {
    return await readTree(new Uint8Array(await blob.value.arrayBuffer()), manifest)
  } catch (error) {
    return saveFailed(error)
  }
}

/** In words for the notice; null when the user cancelled it and knows. */
export function saveFaultDetail(fault: SharingFault): string | null {
  switch (fault.code) {
    case 'cancelled':
      return null
    case 'badTree':
      return 'its list of files is damaged'
    case 'unreadable':
      return `the stored bytes could not be read: ${fault.fault.code}`
    case 'failed':
      return fault.detail
  }
}
