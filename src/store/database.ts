import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

/** A database of this origin, its stores made as `upgrade` says; null where the browser refuses one. */
export function openDatabase<Schema extends DBSchema>(
  name: string,
  version: number,
  upgrade: (database: IDBPDatabase<Schema>, oldVersion: number) => void,
): Promise<IDBPDatabase<Schema> | null> {
  return new Promise((resolve) => {
    openDB<Schema>(name, version, {
      upgrade,
      // A page of an older build holds it open, for as long as it likes.
      blocked: () => resolve(null),
    }).then(resolve, () => resolve(null))
  })
}

export type { DBSchema, IDBPDatabase }
