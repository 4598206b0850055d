import type { Bytes } from '../shared/bytes.ts'
import type { ShareId } from '../shared/ids.ts'
import { openDatabase, type DBSchema, type IDBPDatabase } from './database.ts'

/** What must be known of a kept share to go on with it after the page was gone. */
export interface ShareRecord {
  /** The format of this record; records of another version are not handed out. */
  readonly version: typeof recordVersion
  /** The page whose folder holds the pieces. */
  readonly tab: string
  readonly share: ShareId
  /** As it came from the room: to be parsed again like anything from a peer. */
  readonly manifest: Bytes
  /** SHA-256 of each piece, one after the other. */
  readonly hashes: Bytes
  /** One bit for each piece that is kept. */
  readonly bitfield: Bytes
  readonly updatedMs: number
}

export const recordVersion = 1

/** The list of kept shares of all tabs of this origin. */
export interface ShareIndex {
  put(record: ShareRecord): Promise<void>
  list(): Promise<ShareRecord[]>
  remove(tab: string, share: ShareId): Promise<void>
  removeTab(tab: string): Promise<void>
  close(): void
}

interface Schema extends DBSchema {
  shares: { key: [tab: string, share: string]; value: ShareRecord }
}

/** The index in IndexedDB, or in memory when the browser refuses it. */
export async function openShareIndex(): Promise<ShareIndex> {
  const database = await openDatabase<Schema>(
    'swarmdrop',
    1,
    (upgraded) => void upgraded.createObjectStore('shares', { keyPath: ['tab', 'share'] }),
  )
  return database === null ? memoryIndex() : indexIn(database)
}

function indexIn(database: IDBPDatabase<Schema>): ShareIndex {
  return {
    put: async (record) => void (await database.put('shares', record)),
    list: async () => (await database.getAll('shares')).filter(isCurrent),
    remove: (tab, share) => database.delete('shares', [tab, share]),
    // Arrays sort after strings in IndexedDB, so this spans every share of the tab.
    removeTab: (tab) => database.delete('shares', IDBKeyRange.bound([tab], [tab, []])),
    close: () => database.close(),
  }
}

const key = (tab: string, share: string): string => `${tab}/${share}`

/** For Node, and for browsers without IndexedDB. */
export function memoryIndex(): ShareIndex {
  const records = new Map<string, ShareRecord>()
  return {
    put: async (record) => void records.set(key(record.tab, record.share), record),
    list: async () => [...records.values()].filter(isCurrent),
    remove: async (tab, share) => void records.delete(key(tab, share)),
    removeTab: async (tab) => {
      for (const [at, record] of records) if (record.tab === tab) records.delete(at)
    },
    close: () => undefined,
  }
}

const isCurrent = ({ version }: ShareRecord): boolean => version === recordVersion
