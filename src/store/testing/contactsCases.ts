import { openContacts } from '../contacts.ts'
import { contactsContract } from './contactsContract.ts'

// Runs inside a browser page; a test drives it from outside.

const contactsCases = {
  /** Null when the case holds, else what went wrong. */
  async run(name: string): Promise<string | null> {
    try {
      await (await openContacts()).clear()
      await contactsContract.find((one) => one.name === name)?.run(openContacts)
      return null
    } catch (error) {
      return String(error)
    }
  },
  /** Keeps a contact that a later page may find. */
  async keep(): Promise<void> {
    const store = await openContacts()
    await store.clear()
    const device = 'amber' as Parameters<typeof store.change>[0]
    await store.change(device, () => ({
      device,
      name: 'Amber',
      namedMs: 1,
      firstMetMs: 1,
      lastMetMs: 2,
      before: null,
      isCompared: true,
    }))
  },
  /** Forgets it, and is loaded anew in the same moment. */
  async forgetAndLeave(): Promise<void> {
    const store = await openContacts()
    void store.forget('amber' as Parameters<typeof store.forget>[0])
    location.reload()
  },
  async names(): Promise<readonly string[]> {
    return (await (await openContacts()).list()).map(({ name }) => name)
  },
}

export type ContactsCases = typeof contactsCases
Object.assign(globalThis, { contactsCases })
