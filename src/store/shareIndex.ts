import type { Bytes } from '../shared/bytes.ts'
import type { PieceIndex, ShareId } from '../shared/ids.ts'
import { openDatabase, type DBSchema, type IDBPDatabase } from './database.ts'

/** What must be known of a share to go on with it after the page was gone; with the parts of its hash list. */
export interface ShareRecord {
  /** The format of this record; records of another version are not handed out. */
  readonly version: typeof recordVersion
  /** The page whose folder holds the pieces. */
  readonly tab: string
  readonly share: ShareId
  /** As it came from the room: to be parsed again like anything from a peer. */
  readonly manifest: Bytes
  /** Of a share of ours, the key that signs its hash list; null of another's. */
  readonly key: StoredKey | null
  /** What a later page is to do with it. Which pieces are kept the store says. */
  readonly wish: StoredWish
  /** All of it was here. */
  readonly completed: boolean
  /** Where the files are that it was given from; null where the browser tells no page, or there are none. */
  readonly source: StoredSource | null
  readonly updatedMs: number
}

/** `offer`: it was given from files of this device. */
export type StoredWish = 'fetch' | 'pause' | 'offer'

/** A file or folder that people handed to the page, for a later page to ask for again (File System Access). */
export type StoredSource = FileSystemFileHandle | FileSystemDirectoryHandle

/** A secret key that no page can read out, or its bytes where the browser has none of those. */
export interface StoredKey {
  readonly publicKey: Bytes
  readonly secret: CryptoKey | Bytes
}

/** A part of a share's hash list as its origin signed it: to be verified again like anything from a peer. */
export interface StoredPart {
  readonly first: PieceIndex
  readonly before: Bytes
  readonly signature: Bytes
  readonly hashes: Bytes
}

interface PartRecord {
  readonly tab: string
  readonly share: ShareId
  readonly part: StoredPart
}

export const recordVersion = 3

/** The list of kept shares of all tabs of this origin. */
export interface ShareIndex {
  /** Whether it is the browser's: one in memory knows nothing of what other pages keep. */
  readonly isKept: boolean
  put(record: ShareRecord): Promise<void>
  /** All or none of them; on the disk itself when it is done. */
  putParts(tab: string, share: ShareId, parts: readonly StoredPart[]): Promise<void>
  list(): Promise<ShareRecord[]>
  ofTab(tab: string): Promise<ShareRecord[]>
  /** Those of which anything is kept, in whatever format. */
  tabs(): Promise<string[]>
  /** Of one share, from the first on. */
  parts(tab: string, share: ShareId): Promise<StoredPart[]>
  /** With its parts. */
  remove(tab: string, share: ShareId): Promise<void>
  removeTab(tab: string): Promise<void>
  close(): void
}

interface Schema extends DBSchema {
  shares: { key: [tab: string, share: string]; value: ShareRecord }
  parts: { key: [tab: string, share: string, first: number]; value: PartRecord }
}

/** The index in IndexedDB, or in memory when the browser refuses it. */
export async function openShareIndex(): Promise<ShareIndex> {
  const database = await openIndexDatabase()
  return database === null ? memoryIndex() : indexIn(database)
}

const openIndexDatabase = (): Promise<IDBPDatabase<Schema> | null> =>
  openDatabase<Schema>('swarmdrop', 2, (upgraded, oldVersion) => {
    if (oldVersion < 1) upgraded.createObjectStore('shares', { keyPath: ['tab', 'share'] })
    upgraded.createObjectStore('parts', { keyPath: ['tab', 'share', 'part.first'] })
  })

function indexIn(first: IDBPDatabase<Schema>): ShareIndex {
  let database = first
  /** A browser may close a database by itself (its process was ended, the page was long in the background): it is opened once more. */
  const withDatabase = async <Value>(work: (on: IDBPDatabase<Schema>) => Promise<Value>): Promise<Value> => {
    try {
      return await work(database)
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'InvalidStateError')) throw error
      database = (await openIndexDatabase()) ?? database
      return work(database)
    }
  }
  const removeWithin = (from: string[], to: string[]): Promise<void> =>
    withDatabase(async (on) => {
      // Arrays sort after strings and numbers in IndexedDB, so this spans all keys that begin like that.
      const range = IDBKeyRange.bound(from, [...to, []])
      const change = on.transaction(['shares', 'parts'], 'readwrite')
      await Promise.all([
        change.objectStore('shares').delete(range),
        change.objectStore('parts').delete(range),
        change.done,
      ])
    })
  return {
    isKept: true,
    put: (record) => withDatabase(async (on) => void (await on.put('shares', record))),
    putParts: (tab, share, parts) =>
      withDatabase(async (on) => {
        const change = on.transaction('parts', 'readwrite', { durability: 'strict' })
        await Promise.all([...parts.map((part) => change.store.put({ tab, share, part })), change.done])
      }),
    list: () => withDatabase(async (on) => (await on.getAll('shares')).filter(isCurrent)),
    ofTab: (tab) =>
      withDatabase(async (on) => {
        const all = IDBKeyRange.bound([tab], [tab, []])
        return (await on.getAll('shares', all)).filter(isCurrent)
      }),
    tabs: () =>
      withDatabase(async (on) => {
        const keys = [await on.getAllKeys('shares'), await on.getAllKeys('parts')].flat()
        return [...new Set(keys.map(([tab]) => tab))]
      }),
    parts: (tab, share) =>
      withDatabase(async (on) => {
        const records = await on.getAll('parts', IDBKeyRange.bound([tab, share], [tab, share, []]))
        return records.map(({ part }) => part)
      }),
    remove: (tab, share) => removeWithin([tab, share], [tab, share]),
    removeTab: (tab) => removeWithin([tab], [tab]),
    close: () => database.close(),
  }
}

const key = (tab: string, share: string): string => `${tab}/${share}`

/** For Node, and for browsers without IndexedDB. */
export function memoryIndex(): ShareIndex {
  const records = new Map<string, ShareRecord>()
  const parts = new Map<string, Map<PieceIndex, StoredPart>>()
  return {
    isKept: false,
    put: async (record) => void records.set(key(record.tab, record.share), record),
    async putParts(tab, share, added) {
      const known = parts.get(key(tab, share)) ?? new Map<PieceIndex, StoredPart>()
      parts.set(key(tab, share), known)
      for (const part of added) known.set(part.first, part)
    },
    list: async () => [...records.values()].filter(isCurrent),
    ofTab: async (tab) => [...records.values()].filter((record) => record.tab === tab && isCurrent(record)),
    tabs: async () => [...new Set([...records.keys(), ...parts.keys()].map((at) => at.split('/')[0] ?? ''))],
    parts: async (tab, share) =>
      [...(parts.get(key(tab, share))?.values() ?? [])].toSorted((a, b) => a.first - b.first),
    async remove(tab, share) {
      for (const kept of [records, parts]) kept.delete(key(tab, share))
    },
    removeTab: async (tab) => {
      const ofTab = key(tab, '')
      for (const kept of [records, parts])
        for (const at of kept.keys()) if (at.startsWith(ofTab)) kept.delete(at)
    },
    close: () => undefined,
  }
}

const isCurrent = ({ version }: ShareRecord): boolean => version === recordVersion
