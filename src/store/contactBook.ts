import type { DeviceId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'

/** A device met before. Moments are in ms since 1970. */
export interface Contact {
  readonly device: DeviceId
  /** Untrusted text: what it last called itself. */
  readonly name: string
  /** Since when it has been called that. */
  readonly namedMs: number
  readonly firstMetMs: number
  readonly lastMetMs: number
  /** What it called itself in the meeting before the last one, and when that ended; null when there was none. */
  readonly before: Met | null
  /** Its words were compared with what its owner reads. */
  readonly isCompared: boolean
}

export interface Met {
  readonly name: string
  readonly metMs: number
}

/** What becomes of a contact, or of there being none; null forgets it. */
export type ContactChange = (kept: Contact | null) => Contact | null

/** Contacts in memory, by device: at most `limits.contactsMax`. */
export class ContactBook {
  readonly #contacts = new Map<DeviceId, Contact>()

  constructor(contacts: readonly Contact[] = []) {
    for (const contact of contacts) this.#contacts.set(contact.device, contact)
  }

  get size(): number {
    return this.#contacts.size
  }

  get(device: DeviceId): Contact | null {
    return this.#contacts.get(device) ?? null
  }

  all(): Contact[] {
    return [...this.#contacts.values()]
  }

  change(device: DeviceId, change: ContactChange): void {
    const changed = change(this.get(device))
    if (changed === null) this.#contacts.delete(device)
    else this.#contacts.set(device, changed)
    if (this.#contacts.size > limits.contactsMax) this.#contacts.delete(firstToGo(this.all()).device)
  }

  clear(): void {
    this.#contacts.clear()
  }
}

/** Who makes room: the longest not met; before those whose words were compared all others, so that a crowd of strangers pushes none of them out. */
export const firstToGo = (contacts: readonly Contact[]): Contact =>
  contacts.reduce((first, one) => {
    if (one.isCompared !== first.isCompared) return one.isCompared ? first : one
    return one.lastMetMs < first.lastMetMs ? one : first
  })
