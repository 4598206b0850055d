import { base64UrlFromBytes, type Bytes } from '../shared/bytes.ts'
import { idBytes } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import { openMemoryStore } from './memoryStore.ts'
import type { StoreListener } from './opfsStore.ts'
import type { PieceStore } from './pieceStore.ts'
import { memoryIndex, openShareIndex, type ShareIndex } from './shareIndex.ts'
import { holdTabLock, sweepDeadTabs } from './tabFolders.ts'

/** Where this page keeps pieces, and what it knows of them. */
export interface OpenedStore {
  readonly store: PieceStore
  readonly index: ShareIndex
  /** Names this page in the index and its folder: the room's part, and a random one. */
  readonly tab: string
  /** Why pieces are kept in memory, as the browser put it; null when they are on disk. */
  readonly withoutDisk: string | null
}

/** Opens the store in the OPFS folder of this tab; fails, saying why, where the browser gives none that keeps what is written. */
export type OpenOpfs = (tab: string, listener: StoreListener) => Promise<Result<PieceStore, string>>

/**
 * Opens the store of this page: OPFS where the browser has it and it keeps what is written, else memory.
 * Frees first what dead pages left behind. `room` begins the names of what it keeps; `sha256` serves the memory store; the one on disk hashes where it lives.
 */
export async function openStore(
  room: string,
  sha256: (bytes: Bytes) => Promise<Bytes>,
  openOpfs: OpenOpfs,
  listener: StoreListener,
): Promise<OpenedStore> {
  const tab = `${room}-${base64UrlFromBytes(crypto.getRandomValues(new Uint8Array(idBytes)))}`
  const onDisk = await openOnDisk(tab, openOpfs, listener)
  if (onDisk.ok) return { ...onDisk.value, tab, withoutDisk: null }
  listener.log('warning', 'pieces are kept in memory', { reason: onDisk.fault })
  const limitBytes = limits.memoryStoreMaxBytes
  const store = openMemoryStore({ sha256, limitBytes, bugFound: listener.bugFound })
  return { store, index: memoryIndex(), tab, withoutDisk: onDisk.fault }
}

/** The store on disk and its index, or why there is none. */
async function openOnDisk(
  tab: string,
  openOpfs: OpenOpfs,
  listener: StoreListener,
): Promise<Result<Pick<OpenedStore, 'store' | 'index'>, string>> {
  // Insecure origins have neither, whatever the types say.
  if (!('locks' in navigator) || !('storage' in navigator)) return fail('no OPFS on this origin')
  try {
    const releaseLock = await holdTabLock(tab)
    const index = await openShareIndex()
    const sweptTabs = await sweepDeadTabs(index)
    const opened = await openOpfs(tab, listener)
    if (opened.ok) {
      listener.log('info', 'pieces are kept on disk', { sweptTabs })
      return ok({ store: closingAll(opened.value, index, releaseLock), index })
    }
    index.close()
    releaseLock()
    return opened
  } catch (error) {
    return fail(String(error))
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
