import type { DeviceId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { ContactBook, firstToGo, type Contact, type ContactChange } from './contactBook.ts'
import { openDatabase, type DBSchema, type IDBPDatabase } from './database.ts'

/** The people this device has met, shared by all its tabs. */
export interface ContactStore {
  list(): Promise<Contact[]>
  /** Reads and writes in one step, so that no tab undoes what another did meanwhile. */
  change(device: DeviceId, change: ContactChange): Promise<void>
  /** On disk even if the page is left in the next moment; so is `clear`. */
  forget(device: DeviceId): Promise<void>
  clear(): Promise<void>
}

interface Schema extends DBSchema {
  contacts: { key: string; value: Contact }
}

/** Contacts in IndexedDB, or, where the browser refuses it, in memory for as long as the page lives. */
export async function openContacts(): Promise<ContactStore> {
  const database = await openDatabase<Schema>(
    'swarmdrop-contacts',
    1,
    (made) => void made.createObjectStore('contacts', { keyPath: 'device' }),
  )
  return database === null ? memoryContacts() : contactsIn(database)
}

function contactsIn(database: IDBPDatabase<Schema>): ContactStore {
  return {
    list: () => database.getAll('contacts'),
    async change(device, change) {
      const transaction = database.transaction('contacts', 'readwrite')
      const { store } = transaction
      const changed = change((await store.get(device)) ?? null)
      await (changed === null ? store.delete(device) : store.put(changed))
      if ((await store.count()) > limits.contactsMax) {
        await store.delete(firstToGo(await store.getAll()).device)
      }
      await transaction.done
    },
    forget: (device) => atOnce(database, (store) => store.delete(device)),
    clear: () => atOnce(database, (store) => store.clear()),
  }
}

/** A transaction is committed when nothing more is asked of it, which a page that is left does not live to see: this one is at once. */
async function atOnce(
  database: IDBPDatabase<Schema>,
  ask: (store: { delete(device: string): Promise<void>; clear(): Promise<void> }) => Promise<void>,
): Promise<void> {
  const transaction = database.transaction('contacts', 'readwrite')
  const asked = ask(transaction.store)
  transaction.commit()
  await Promise.all([asked, transaction.done])
}

/** For Node, and for browsers without IndexedDB. */
export function memoryContacts(): ContactStore {
  const book = new ContactBook()
  return {
    list: async () => book.all(),
    change: async (device, change) => book.change(device, change),
    forget: async (device) => book.change(device, () => null),
    clear: async () => book.clear(),
  }
}
