import { bytesEqual, type Bytes } from '../shared/bytes.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import { openGatheringStore } from './gatheringStore.ts'
import { holdingOn } from './holdingOn.ts'
import { opfsDisk } from './opfsDisk.worker.ts'
import { storeFolder } from './tabFolders.ts'
import type { PieceStore } from './pieceStore.ts'
import { diskFault } from './storeFaults.ts'

/** Who hears of what no caller waits for. */
export interface OpfsListener {
  readonly bugFound: (error: unknown) => void
  /** Something did not go as it should, and nobody's call failed by it. */
  readonly noted: (what: string, error: unknown) => void
}

/** Opens the store in the OPFS folder of this tab, in the worker that calls this. Fails, saying why, as `openOpfsStore` does. */
export async function openOpfsHere(tab: string, listener: OpfsListener): Promise<Result<PieceStore, string>> {
  try {
    const root = await navigator.storage.getDirectory()
    const tabs = await root.getDirectoryHandle(storeFolder, { create: true })
    const folder = await tabs.getDirectoryHandle(tab, { create: true })
    await probe(folder)
    return ok(openGatheringStore(opfsDisk(folder, listener.noted), sha256, listener.bugFound))
  } catch (error) {
    return fail(String(error))
  }
}

/**
 * Writes and reads back: Safari 16.1 to 16.5 kept nothing of what was written (browser-compat-data issue 23459). A disk that is full is one:
 * what was kept on it is still there.
 */
async function probe(folder: FileSystemDirectoryHandle): Promise<void> {
  try {
    await writeAndReadBack(folder)
  } catch (error) {
    if (diskFault(error).code !== 'full') throw error
  }
}

async function writeAndReadBack(folder: FileSystemDirectoryHandle): Promise<void> {
  const name = 'probe'
  const written = Uint8Array.of(1, 2, 3)
  const read = new Uint8Array(written.length)
  const file = await folder.getFileHandle(name, { create: true })
  const handle = await holdingOn(file, (one) => one.createSyncAccessHandle())
  try {
    handle.write(written, { at: 0 })
    handle.flush()
    handle.read(read, { at: 0 })
  } finally {
    handle.close()
    await folder.removeEntry(name)
  }
  if (!bytesEqual(written, read)) throw new Error('OPFS does not keep what is written')
  await sha256(written)
}

async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}
