import { base64UrlFromBytes } from '../shared/bytes.ts'
import { idBytes, type ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { RoomList } from './rooms.ts'
import type { ShareIndex } from './shareIndex.ts'

/*
 * Each page keeps its shares in a folder of its own in OPFS, so that tabs of one origin in the same room do not collide. The folder's name,
 * which is also the page's name in the index, begins with the room's. A page that lives holds the lock of that name; one that is gone leaves
 * its folder to the next page of the room.
 */

/** The folder in OPFS that holds a folder for each tab, in which each share has one file. */
export const storeFolder = 'swarmdrop'

/** The name of a page's folder, held until `release` is called or the page is gone. */
export interface HeldTab {
  readonly tab: string
  /** An earlier page had it. */
  readonly isAdopted: boolean
  readonly release: () => void
}

/**
 * The folder that this page goes on with: `hint`, the one it had before it was loaded anew; else what a page of this room that is gone has
 * left, the latest first; else a new one.
 */
export async function takeTab(room: string, hint: string | null, index: ShareIndex): Promise<HeldTab> {
  // The page that is being replaced lets go a moment later, so it is waited for; a copied tab finds its twin alive, and waits in vain.
  const own = hint !== null && isTabOf(room, hint) ? await hold(hint, limits.tabHandoverMs) : null
  if (own !== null) return own
  for (const tab of await leftBy(room, index)) {
    const left = await hold(tab, 0)
    if (left !== null) return left
  }
  const fresh = `${room}-${base64UrlFromBytes(crypto.getRandomValues(new Uint8Array(idBytes)))}`
  const held = await hold(fresh, limits.tabHandoverMs)
  if (held === null) throw new Error('a lock of a new name is free')
  return { ...held, isAdopted: false }
}

export const isTabOf = (room: string, tab: string): boolean => tab.startsWith(`${room}-`)

/** The room whose name begins a tab's. */
const roomOfTab = (tab: string): string => tab.replace(/-.*$/, '')

const lockName = (tab: string): string => `swarmdrop-tab-${tab}`

/** Tabs of the room that have left shares, the latest first. */
async function leftBy(room: string, index: ShareIndex): Promise<string[]> {
  const left = [...(await lastWritten(index))].filter(([tab]) => isTabOf(room, tab))
  return left.toSorted(([, a], [, b]) => b - a).map(([tab]) => tab)
}

/** When the latest record of each tab was written, in ms since 1970. */
async function lastWritten(index: ShareIndex): Promise<ReadonlyMap<string, number>> {
  const lastMs = new Map<string, number>()
  for (const { tab, updatedMs } of await index.list())
    lastMs.set(tab, Math.max(updatedMs, lastMs.get(tab) ?? 0))
  return lastMs
}

/** Null where another page holds it for this long. */
async function hold(tab: string, waitMs: number): Promise<HeldTab | null> {
  const waiting: LockOptions = waitMs > 0 ? { signal: AbortSignal.timeout(waitMs) } : { ifAvailable: true }
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(lockName(tab), waiting, (lock) => {
        if (lock === null) return resolve(null)
        return new Promise<void>((release) => resolve({ tab, isAdopted: true, release }))
      })
      .catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'TimeoutError') resolve(null)
        else reject(error)
      })
  })
}

/** Tabs, of any page of this origin, that live. */
export async function livingTabs(): Promise<Set<string>> {
  const { held = [] } = await navigator.locks.query()
  const prefix = lockName('')
  const names = held.flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : []))
  return new Set(names)
}

/**
 * Frees what nobody comes back to: folders and records of rooms that nobody was in for `limits.roomKeptMs`; folders without a record; and
 * forgets rooms that keep nothing. Answers how many tabs were freed.
 */
export async function sweepTabs(index: ShareIndex, rooms: RoomList, nowMs: number): Promise<number> {
  const lastMs = await lastWritten(index)
  const known = await keptRooms(rooms, roomsOf(lastMs.keys()), nowMs)
  const all = new Set([...(await index.tabs()), ...(await folderNames())])
  const empty = [...all].filter((tab) => !lastMs.has(tab))
  const old = [...lastMs]
    .filter(([tab, atMs]) => !known.has(roomOfTab(tab)) && atMs + limits.roomKeptMs <= nowMs)
    .map(([tab]) => tab)
  // A page that was just being opened may have written its first record since.
  const isEmpty = async (tab: string): Promise<boolean> => (await index.ofTab(tab)).length === 0
  return (await freeTabs(empty, index, isEmpty)) + (await freeTabs(old, index))
}

/** Rooms that are not forgotten yet; those with a page that lives are noted as just seen. */
async function keptRooms(
  rooms: RoomList,
  inUse: ReadonlySet<string>,
  nowMs: number,
): Promise<ReadonlySet<string>> {
  const living = roomsOf(await livingTabs())
  const known = new Set<string>()
  for (const room of await rooms.list()) {
    const keptMs = inUse.has(room.room) ? limits.roomKeptMs : limits.emptyRoomKeptMs
    if (living.has(room.room)) await rooms.opened({ ...room, openedMs: nowMs })
    if (living.has(room.room) || room.openedMs + keptMs > nowMs) known.add(room.room)
    else await rooms.remove(room.room)
  }
  return known
}

const roomsOf = (tabs: Iterable<string>): Set<string> => new Set([...tabs].map(roomOfTab))

/** Frees the folders and records of those tabs that no page holds, if that may still be. Answers of how many. */
export async function freeTabs(
  tabs: readonly string[],
  index: ShareIndex,
  mayBe: (tab: string) => Promise<boolean> = async () => true,
): Promise<number> {
  const folder = await tabsFolder()
  const freed = await Promise.all(tabs.map((tab) => freeIfLeft(tab, folder, index, mayBe)))
  return freed.filter((isFreed) => isFreed).length
}

async function freeIfLeft(
  tab: string,
  folder: FileSystemDirectoryHandle,
  index: ShareIndex,
  mayBe: (tab: string) => Promise<boolean>,
): Promise<boolean> {
  return navigator.locks.request(lockName(tab), { ifAvailable: true }, async (lock) => {
    if (lock === null || !(await mayBe(tab))) return false
    await index.removeTab(tab)
    // A worker of a page just closed may still hold a file; the next start sweeps it. Tabs that only gave files have no folder.
    await folder.removeEntry(tab, { recursive: true }).catch(() => undefined)
    return true
  })
}

/** Frees the files of a tab that we hold, but for those of these shares. */
export async function sweepFiles(tab: string, shares: ReadonlySet<string>): Promise<void> {
  const folder = await (await tabsFolder()).getDirectoryHandle(tab, { create: true })
  const orphans: string[] = []
  for await (const name of folder.keys()) if (!shares.has(name)) orphans.push(name)
  await Promise.all(orphans.map((name) => folder.removeEntry(name).catch(() => undefined)))
}

/** Frees a share, where no page has the tab: a page that lives would write it down again, without its beginning. */
export async function freeShare(tab: string, share: ShareId, index: ShareIndex): Promise<void> {
  await navigator.locks.request(lockName(tab), { ifAvailable: true }, async (lock) => {
    if (lock === null) return
    await index.remove(tab, share)
    await withFolder(tab, (folder) => folder.removeEntry(share))
  })
}

/** One byte for each of so many pieces of a share: 1 for those that are on disk. */
export async function markedPieces(tab: string, share: ShareId, pieceCount: number): Promise<Uint8Array> {
  const marks = new Uint8Array(pieceCount)
  await withFolder(tab, async (folder) => {
    await readMarks(await (await folder.getFileHandle(share)).getFile(), marks)
  })
  return marks
}

/** Of a share's file, the bytes before its pieces: one each. */
export async function readMarks(file: File, into: Uint8Array): Promise<void> {
  into.set(new Uint8Array(await file.slice(0, into.length).arrayBuffer()))
}

/** Nothing happens where there is no such folder, or no such file in it, or another page holds that open. */
async function withFolder(
  tab: string,
  run: (folder: FileSystemDirectoryHandle) => Promise<void>,
): Promise<void> {
  try {
    await run(await (await tabsFolder()).getDirectoryHandle(tab))
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
}

async function folderNames(): Promise<string[]> {
  const names: string[] = []
  for await (const name of (await tabsFolder()).keys()) names.push(name)
  return names
}

async function tabsFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory()
  return root.getDirectoryHandle(storeFolder, { create: true })
}
