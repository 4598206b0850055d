import type { DeviceId } from '../../shared/ids.ts'
import { limits } from '../../shared/limits.ts'
import type { Contact } from '../contactBook.ts'
import type { ContactStore } from '../contacts.ts'

/** What every list of contacts must do, wherever it is kept. Needs no test framework: it also runs inside browser pages. */
export interface ContactsCase {
  readonly name: string
  /** Each opening is another tab's, of the same list where it outlives one. */
  run(open: () => Promise<ContactStore>): Promise<void>
}

const metAt = (device: string, lastMetMs: number): Contact => ({
  device: device as DeviceId,
  name: `${device}'s name`,
  namedMs: 2,
  firstMetMs: 1,
  lastMetMs,
  before: { name: 'another', metMs: 0 },
  isCompared: false,
})

async function put(store: ContactStore, ...contacts: readonly Contact[]): Promise<void> {
  for (const contact of contacts) await store.change(contact.device, () => contact)
}

const inOrder = (contacts: readonly Contact[]): string =>
  JSON.stringify(contacts.toSorted((a, b) => (a.device < b.device ? -1 : 1)).map(fields))

async function expectKept(store: ContactStore, ...expected: readonly Contact[]): Promise<void> {
  const kept = inOrder(await store.list())
  if (kept !== inOrder(expected)) throw new Error(`kept are ${kept}, not ${inOrder(expected)}`)
}

const fields = ({
  device,
  name,
  namedMs,
  firstMetMs,
  lastMetMs,
  before,
  isCompared,
}: Contact): readonly unknown[] => [
  device,
  name,
  namedMs,
  firstMetMs,
  lastMetMs,
  before?.name,
  before?.metMs,
  isCompared,
]

const [amber, teal] = [metAt('amber', 10), metAt('teal', 20)]

export const contactsContract: readonly ContactsCase[] = [
  {
    name: 'keeps what it is told, one contact a device',
    async run(open) {
      const store = await open()
      await expectKept(store)
      await put(store, amber, teal, { ...amber, name: 'newer' })
      await expectKept(store, { ...amber, name: 'newer' }, teal)
    },
  },
  {
    name: 'changes what is kept now, and tells when nothing is',
    async run(open) {
      const store = await open()
      await put(store, amber)
      await store.change(amber.device, (kept) => kept && { ...kept, isCompared: true })
      await store.change(teal.device, (kept) => kept && { ...kept, isCompared: true })
      await expectKept(store, { ...amber, isCompared: true })
    },
  },
  {
    name: 'forgets one, and everyone',
    async run(open) {
      const store = await open()
      await put(store, amber, teal)
      await store.forget(amber.device)
      await expectKept(store, teal)
      await store.clear()
      await expectKept(store)
    },
  },
  {
    name: 'lets the longest not met make room',
    async run(open) {
      const store = await open()
      const crowd = Array.from({ length: limits.contactsMax }, (_, at) => metAt(`${at}`, 1000 + at))
      await put(store, ...crowd.slice(1), metAt('0', 5000), teal)
      await expectKept(store, ...crowd.slice(1), metAt('0', 5000))
      await put(store, metAt('late', 9000))
      await expectKept(store, ...crowd.slice(2), metAt('0', 5000), metAt('late', 9000))
    },
  },
  {
    name: 'keeps whose words were compared, whatever crowd comes by',
    async run(open) {
      const store = await open()
      const friend = { ...amber, isCompared: true }
      const crowd = Array.from({ length: limits.contactsMax }, (_, at) => metAt(`${at}`, 1000 + at))
      await put(store, friend, ...crowd)
      await expectKept(store, friend, ...crowd.slice(1))
    },
  },
]
