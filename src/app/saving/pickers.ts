import { ok, type Result } from '../../shared/result.ts'
import { cleanName } from './fileNames.ts'
import {
  blobOrThrow,
  saveFailed,
  sizeOf,
  type OnProgress,
  type Saveable,
  type SaveFault,
} from './saveable.ts'

/** The pickers of Chromium, which TypeScript does not declare (WICG File System Access). */
interface Pickers {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>
  showDirectoryPicker?(options: { mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>
}
const pickers = globalThis as Pickers

/** Whether this browser lets people choose where to save. */
export const canSaveAs = pickers.showSaveFilePicker !== undefined && pickers.showDirectoryPicker !== undefined

/**
 * Saves to a file the user picks, a folder share to a new folder inside a folder the user picks. The picker opens only inside a
 * click.
 */
export async function saveAs(share: Saveable, onProgress: OnProgress): Promise<Result<void, SaveFault>> {
  try {
    if (share.kind === 'file') await saveFileAs(share, onProgress)
    else await saveFolderAs(share, onProgress)
    return ok(undefined)
  } catch (error) {
    return saveFailed(error)
  }
}

async function saveFileAs(share: Saveable, onProgress: OnProgress): Promise<void> {
  const file = await pickers.showSaveFilePicker?.({ suggestedName: cleanName(share.name) })
  if (file) await write(file, await blobOrThrow(share, 0, sizeOf(share)), onProgress)
}

async function saveFolderAs(share: Saveable, onProgress: OnProgress): Promise<void> {
  const picked = await pickers.showDirectoryPicker?.({ mode: 'readwrite' })
  if (picked) await writeFolder(share, await newFolder(picked, cleanName(share.name)), onProgress)
}

/** Writes a share's files, each with its path, into an empty folder. */
async function writeFolder(
  share: Saveable,
  folder: FileSystemDirectoryHandle,
  onProgress: OnProgress,
): Promise<void> {
  let fromBytes = 0
  for (const { path, sizeBytes } of share.entries) {
    const start = fromBytes
    const blob = await blobOrThrow(share, start, start + sizeBytes)
    const file = await fileAt(folder, path.split('/'))
    await write(file, blob, (savedBytes) => onProgress(start + savedBytes))
    fromBytes += sizeBytes
  }
}

async function fileAt(folder: FileSystemDirectoryHandle, parts: string[]): Promise<FileSystemFileHandle> {
  const name = parts.at(-1) ?? ''
  let inner = folder
  for (const part of parts.slice(0, -1)) {
    const at = inner
    inner = await allowed(part, (as) => at.getDirectoryHandle(as, { create: true }))
  }
  return allowed(name, (as) => inner.getFileHandle(as, { create: true }))
}

/** Chromium refuses some names with a TypeError, such as shortcuts of Windows (`.lnk`): those get an underscore. */
async function allowed<Handle>(name: string, make: (name: string) => Promise<Handle>): Promise<Handle> {
  try {
    return await make(name)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return make(`${name}_`)
  }
}

/** A folder of this name, numbered when it exists: nothing of the user's is ever written over. */
async function newFolder(
  parent: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemDirectoryHandle> {
  const taken = new Set<string>()
  for await (const existing of parent.keys()) taken.add(existing.toLowerCase())
  let free = name
  for (let copy = 2; taken.has(free.toLowerCase()); copy++) free = `${name} (${copy})`
  return allowed(free, (as) => parent.getDirectoryHandle(as, { create: true }))
}

async function write(file: FileSystemFileHandle, blob: Blob, onProgress: OnProgress): Promise<void> {
  let savedBytes = 0
  const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      savedBytes += chunk.length
      onProgress(savedBytes)
      controller.enqueue(chunk)
    },
  })
  await blob
    .stream()
    .pipeThrough(counting)
    .pipeTo(await file.createWritable())
}
