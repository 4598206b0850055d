import * as v from 'valibot'
import { bytesEqual, type Bytes } from '../shared/bytes.ts'
import { assert } from '../shared/result.ts'
import { openGatheringStore } from './gatheringStore.ts'
import { opfsDisk } from './opfsDisk.worker.ts'
import { storeFolder, toWorkerSchema, type FromWorker, type StoreCall } from './opfsProtocol.ts'
import type { PieceStore } from './pieceStore.ts'

let store: PieceStore | null = null

self.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = v.parse(toWorkerSchema, event.data)
  if (message.type === 'open') void open(message.tab)
  // The schema leaves a call's arguments to the page's types.
  else void carryOut(message.id, message.call as StoreCall)
})

// What nobody catches would end as an event without a stack, or nowhere: the page hears of it as a message.
self.addEventListener('error', (event) => {
  event.preventDefault()
  bugFound(event.error ?? event.message)
})
self.addEventListener('unhandledrejection', (event) => {
  event.preventDefault()
  bugFound(event.reason)
})
self.addEventListener('messageerror', () => bugFound(new Error('a message to the storage worker was lost')))

async function open(tab: string): Promise<void> {
  try {
    const root = await navigator.storage.getDirectory()
    const tabs = await root.getDirectoryHandle(storeFolder, { create: true })
    const folder = await tabs.getDirectoryHandle(tab, { create: true })
    await probe(folder)
    store = openGatheringStore(opfsDisk(folder, note), sha256, bugFound)
    answer({ type: 'opened' })
  } catch (error) {
    answer({ type: 'refused', detail: String(error) })
  }
}

/** Writes and reads back: Safari 16.1 to 16.5 kept nothing of what was written (browser-compat-data issue 23459). */
async function probe(folder: FileSystemDirectoryHandle): Promise<void> {
  const name = 'probe'
  const written = Uint8Array.of(1, 2, 3)
  const read = new Uint8Array(written.length)
  const handle = await (await folder.getFileHandle(name, { create: true })).createSyncAccessHandle()
  try {
    handle.write(written, { at: 0 })
    handle.flush()
    handle.read(read, { at: 0 })
  } finally {
    handle.close()
  }
  await folder.removeEntry(name)
  if (!bytesEqual(written, read)) throw new Error('OPFS does not keep what is written')
  await sha256(written)
}

async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

async function carryOut(id: number | null, call: StoreCall): Promise<void> {
  try {
    assert(store, 'the page waits for `opened`')
    // The union ties arguments to their method; the compiler cannot follow that through a call by name.
    const run = store[call.method] as (...args: StoreCall['args']) => unknown
    const value = await run(...call.args)
    if (id !== null) answer({ type: 'returned', id, value }, buffersIn(value))
  } catch (error) {
    // A store answers with faults.
    bugFound(error)
    if (id !== null) answer({ type: 'threw', id, detail: String(error) })
  }
}

/** Bytes that were read or hashed move to the page, they are not copied. */
function buffersIn(result: unknown): ArrayBuffer[] {
  const isObject = typeof result === 'object' && result !== null
  const value = isObject && 'value' in result ? result.value : null
  return value instanceof Uint8Array && value.buffer instanceof ArrayBuffer ? [value.buffer] : []
}

function bugFound(error: unknown): void {
  const stack = error instanceof Error ? error.stack : undefined
  answer({ type: 'bug', detail: String(error), stack: stack ?? '' })
}

function note(what: string, error: unknown): void {
  answer({ type: 'noted', what, error: String(error) })
}

function answer(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  self.postMessage(message, { transfer })
}
