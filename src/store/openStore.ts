import type { Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import { openMemoryStore } from './memoryStore.ts'
import type { StoreListener } from './opfsStore.ts'
import type { PieceStore } from './pieceStore.ts'
import { openRooms } from './rooms.ts'
import { memoryIndex, openShareIndex, type ShareIndex } from './shareIndex.ts'
import { sweepFiles, sweepTabs, takeTab, type HeldTab } from './tabFolders.ts'

/** Where this page keeps pieces, and what it knows of them. */
export interface OpenedStore {
  readonly store: PieceStore
  readonly index: ShareIndex
  /** Names this page in the index and its folder: the room's part, and a random one. An earlier page may have had it. */
  readonly tab: string
  /** Why pieces are kept in memory, as the browser put it; null when they are on disk. */
  readonly withoutDisk: string | null
}

/** Opens the store in the OPFS folder of this tab; fails, saying why, where the browser gives none that keeps what is written. */
export type OpenOpfs = (tab: string, listener: StoreListener) => Promise<Result<PieceStore, string>>

export interface StoreOptions {
  /** Begins the names of what the room keeps. */
  readonly room: string
  /** What this tab was called before its page was loaded anew; null when it is new. */
  readonly tab: string | null
  /** Serves the memory store; the one on disk hashes where it lives. */
  readonly sha256: (bytes: Bytes) => Promise<Bytes>
  readonly openOpfs: OpenOpfs
  readonly listener: StoreListener
}

/**
 * Opens the store of this page: OPFS where the browser has it and it keeps what is written, else memory. On disk it goes on with what an
 * earlier page of the room has left, and frees what nobody can come back to.
 */
export async function openStore(options: StoreOptions): Promise<OpenedStore> {
  const { room, sha256, listener } = options
  const onDisk = await openOnDisk(options)
  if (onDisk.ok) return { ...onDisk.value, withoutDisk: null }
  listener.log('warning', 'pieces are kept in memory', { reason: onDisk.fault })
  const limitBytes = limits.memoryStoreMaxBytes
  const store = openMemoryStore({ sha256, limitBytes, bugFound: listener.bugFound })
  return { store, index: memoryIndex(), tab: options.tab ?? room, withoutDisk: onDisk.fault }
}

/** The store on disk and its index, or why there is none. */
async function openOnDisk(
  options: StoreOptions,
): Promise<Result<Pick<OpenedStore, 'store' | 'index' | 'tab'>, string>> {
  // Insecure origins have neither, whatever the types say.
  if (!('locks' in navigator) || !('storage' in navigator)) return fail('no OPFS on this origin')
  try {
    const index = await openShareIndex()
    const held = await takeTab(options.room, options.tab, index)
    const opened = await openHeld(held, index, options).catch((error: unknown) => fail(String(error)))
    if (opened.ok) return ok({ store: opened.value, index, tab: held.tab })
    index.close()
    held.release()
    return opened
  } catch (error) {
    return fail(String(error))
  }
}

async function openHeld(
  { tab, isAdopted, release }: HeldTab,
  index: ShareIndex,
  { openOpfs, listener }: StoreOptions,
): Promise<Result<PieceStore, string>> {
  const sweptTabs = index.isKept ? await sweep(index, listener) : 0
  const records = await index.ofTab(tab)
  if (isAdopted && index.isKept) await sweepFiles(tab, new Set(records.map(({ share }) => share)))
  const opened = await openOpfs(tab, listener)
  if (!opened.ok) return opened
  listener.log('info', 'pieces are kept on disk', { sweptTabs, earlierShares: records.length })
  return ok(closingAll(opened.value, index, release))
}

/** Housekeeping: where the browser refuses, what is kept stays for the next start. */
async function sweep(index: ShareIndex, { log }: StoreListener): Promise<number> {
  const rooms = await openRooms()
  try {
    return rooms.isKept ? await sweepTabs(index, rooms, Date.now()) : 0
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
    log('warning', 'what earlier pages left was not swept', { error: error.name })
    return 0
  } finally {
    rooms.close()
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
