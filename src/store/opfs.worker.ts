import * as v from 'valibot'
import { assert } from '../shared/result.ts'
import { openOpfsHere } from './opfsHere.worker.ts'
import { toWorkerSchema, type FromWorker, type StoreCall } from './opfsProtocol.ts'
import type { PieceStore } from './pieceStore.ts'
import { catchUncaught } from './uncaught.worker.ts'

let store: PieceStore | null = null

self.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = v.parse(toWorkerSchema, event.data)
  if (message.type === 'open') void open(message.tab)
  // The schema leaves a call's arguments to the page's types.
  else void carryOut(message.id, message.call as StoreCall)
})

catchUncaught('storage worker', bugFound)

async function open(tab: string): Promise<void> {
  const opened = await openOpfsHere(tab, { bugFound, noted: note })
  if (!opened.ok) return answer({ type: 'refused', detail: opened.fault })
  store = opened.value
  answer({ type: 'opened' })
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
