import type { ShareId } from '../shared/ids.ts'
import { freeBytes } from './freeBytes.ts'
import { openRooms, type KnownRoom } from './rooms.ts'
import { openShareIndex, type ShareRecord } from './shareIndex.ts'
import { freeShare, freeTabs, isTabOf, livingTabs, markedPieces } from './tabFolders.ts'

/** What all pages of this browser keep, those that are gone included: to be looked through, and forgotten. */
export interface KeptStore {
  rooms(): Promise<readonly KnownRoom[]>
  records(): Promise<readonly ShareRecord[]>
  /** Pages that are open, by the names of their tabs: what they keep is theirs to forget. */
  openTabs(): Promise<ReadonlySet<string>>
  /** One byte for each of so many pieces: 1 for those on disk. */
  marks(tab: string, share: ShareId, pieceCount: number): Promise<Uint8Array>
  /** What open pages keep stays. */
  forgetRoom(room: string, tabs: readonly string[]): Promise<void>
  forgetShare(tab: string, share: ShareId): Promise<void>
  /** Bytes that this origin may still keep; Infinity where the browser does not tell. */
  freeBytes(): Promise<number>
}

/** Null where this page has no disk. */
export async function openKeptStore(): Promise<KeptStore | null> {
  if (!('locks' in navigator) || !('storage' in navigator)) return null
  const [index, rooms] = await Promise.all([openShareIndex(), openRooms()])
  return {
    rooms: () => rooms.list(),
    records: () => index.list(),
    openTabs: livingTabs,
    marks: markedPieces,
    async forgetRoom(room, tabs) {
      await freeTabs(tabs, index)
      // A tab may have opened it meanwhile: what that keeps is of a known room.
      const isOpen = [...(await livingTabs())].some((tab) => isTabOf(room, tab))
      if (!isOpen) await rooms.remove(room)
    },
    forgetShare: (tab, share) => freeShare(tab, share, index),
    freeBytes,
  }
}
