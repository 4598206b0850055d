import { base64UrlFromBytes, type Bytes } from '../shared/bytes.ts'
import { idBytes } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { openMemoryStore } from './memoryStore.ts'
import { openOpfsStore } from './opfsStore.ts'
import type { PieceStore } from './pieceStore.ts'
import { memoryIndex, openShareIndex, type ShareIndex } from './shareIndex.ts'
import { holdTabLock, sweepDeadTabs } from './tabFolders.ts'

/** Where this page keeps pieces, and what it knows of them. */
export interface OpenedStore {
  readonly store: PieceStore
  readonly index: ShareIndex
  /** Names this page in the index; random. */
  readonly tab: string
  /** Why pieces are kept in memory; null when they are on disk. */
  readonly withoutDisk: string | null
}

/**
 * Opens the store of this page: OPFS where the browser has it and it keeps what is written, else memory.
 * Frees first what dead pages left behind. `sha256` serves the memory store; the one on disk hashes in its worker.
 */
export async function openStore(sha256: (bytes: Bytes) => Promise<Bytes>): Promise<OpenedStore> {
  const tab = base64UrlFromBytes(crypto.getRandomValues(new Uint8Array(idBytes)))
  const inMemory = (withoutDisk: string): OpenedStore => ({
    store: openMemoryStore({ sha256, limitBytes: limits.memoryStoreMaxBytes }),
    index: memoryIndex(),
    tab,
    withoutDisk,
  })
  // Insecure origins have neither, whatever the types say.
  if (!('locks' in navigator) || !('storage' in navigator)) return inMemory('no OPFS on this origin')
  try {
    const releaseLock = await holdTabLock(tab)
    const index = await openShareIndex()
    await sweepDeadTabs(index)
    const opened = await openOpfsStore(tab)
    if (opened.ok)
      return { store: closingAll(opened.value, index, releaseLock), index, tab, withoutDisk: null }
    releaseLock()
    return inMemory(opened.fault)
  } catch (error) {
    return inMemory(String(error))
  }
}

function closingAll(store: PieceStore, index: ShareIndex, releaseLock: () => void): PieceStore {
  return {
    ...store,
    async close() {
      await store.close()
      index.close()
      releaseLock()
    },
  }
}
