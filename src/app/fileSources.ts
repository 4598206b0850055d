import { limits } from '../shared/limits.ts'
import type { StoredSource } from '../store/shareIndex.ts'
import type { FolderEntry, Intake } from './intake.ts'

/** What Chromium adds to files and folders that were dropped, and TypeScript does not declare (WICG File System Access, sections 2.5 and 3.8). */
interface Askable {
  queryPermission?(options: { mode: 'read' }): Promise<PermissionState>
  requestPermission?(options: { mode: 'read' }): Promise<PermissionState>
}
interface DroppedItem {
  getAsFileSystemHandle?(): Promise<StoredSource | null>
}

/** Where a dropped item lies, for a later page to ask for. Call inside the event. Null where the browser does not tell. */
export async function sourceOf(item: DataTransferItem): Promise<StoredSource | null> {
  try {
    return (await (item as DroppedItem).getAsFileSystemHandle?.()) ?? null
  } catch (error) {
    // Of some places (the system's own, one on another page) a browser tells nothing.
    if (error instanceof DOMException) return null
    throw error
  }
}

/** Whether the page may read it without a question. */
export const mayRead = async (source: StoredSource): Promise<boolean> =>
  (await (source as Askable).queryPermission?.({ mode: 'read' })) === 'granted'

/** Asks the user. Call inside a click. */
export const askToRead = async (source: StoredSource): Promise<boolean> =>
  (await (source as Askable).requestPermission?.({ mode: 'read' })) === 'granted'

/** Takes in what lies there now. Null where it is gone. */
export async function takeSource(source: StoredSource): Promise<Intake | null> {
  const kept = Promise.resolve(source)
  try {
    if (source instanceof FileSystemFileHandle) {
      return { kind: 'file', file: await source.getFile(), source: kept }
    }
    const entries: FolderEntry[] = []
    await readFolder(source, '', entries)
    return { kind: 'folder', name: source.name, entries, source: kept }
  } catch (error) {
    if (error instanceof DOMException) return null
    throw error
  }
}

async function readFolder(
  folder: FileSystemDirectoryHandle,
  path: string,
  into: FolderEntry[],
): Promise<void> {
  for await (const [name, inside] of folder.entries()) {
    if (into.length > limits.entriesMax) return
    if (inside instanceof FileSystemDirectoryHandle) await readFolder(inside, `${path}${name}/`, into)
    else if (inside instanceof FileSystemFileHandle)
      into.push({ path: path + name, file: await inside.getFile() })
  }
}
