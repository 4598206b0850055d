import type { RoomSecret } from '../shared/ids.ts'
import { openDatabase, type DBSchema } from './database.ts'

/** A room that a page of this browser was in. */
export interface KnownRoom {
  /** Begins the names of what the room keeps on this device. */
  readonly room: string
  /** The link's, so that it can be opened again: whoever reads this browser's storage reads its history too. */
  readonly secret: RoomSecret
  /** When a page of it was last opened, in ms since 1970. */
  readonly openedMs: number
}

/** The rooms of this device, shared by all its tabs. */
export interface RoomList {
  /** Whether it is the browser's: one in memory knows nothing of rooms of other pages. */
  readonly isKept: boolean
  opened(room: KnownRoom): Promise<void>
  list(): Promise<KnownRoom[]>
  remove(room: string): Promise<void>
  close(): void
}

interface Schema extends DBSchema {
  rooms: { key: string; value: KnownRoom }
}

/** Rooms in IndexedDB, or, where the browser refuses it, in memory for as long as the page lives. */
export async function openRooms(): Promise<RoomList> {
  const database = await openDatabase<Schema>(
    'swarmdrop-rooms',
    1,
    (made) => void made.createObjectStore('rooms', { keyPath: 'room' }),
  )
  if (database === null) return memoryRooms()
  return {
    isKept: true,
    opened: async (room) => void (await database.put('rooms', room)),
    list: () => database.getAll('rooms'),
    remove: (room) => database.delete('rooms', room),
    close: () => database.close(),
  }
}

/** For Node, and for browsers without IndexedDB. */
export function memoryRooms(): RoomList {
  const rooms = new Map<string, KnownRoom>()
  return {
    isKept: false,
    opened: async (room) => void rooms.set(room.room, room),
    list: async () => [...rooms.values()],
    remove: async (room) => void rooms.delete(room),
    close: () => undefined,
  }
}
