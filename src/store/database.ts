import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

/** A database of this origin, its stores made as `upgrade` says; null where the browser refuses one. */
export async function openDatabase<Schema extends DBSchema>(
  name: string,
  version: number,
  upgrade: (database: IDBPDatabase<Schema>) => void,
): Promise<IDBPDatabase<Schema> | null> {
  try {
    return await openDB<Schema>(name, version, { upgrade })
  } catch {
    return null
  }
}

export type { DBSchema, IDBPDatabase }
