import * as v from 'valibot'
import { limits } from '../shared/limits.ts'
import type { Log } from '../shared/log.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import {
  fromWorkerSchema,
  type FromWorker,
  type StoreCall,
  type StoreMethod,
  type ToWorker,
} from './opfsProtocol.ts'
import type { PieceStore, StoreFault } from './pieceStore.ts'

/** Who hears of what no caller waits for. */
export interface StoreListener {
  /** Something threw that only a bug can make throw; one in the worker comes with the worker's stack. */
  readonly bugFound: (error: unknown) => void
  readonly log: Log
}

/**
 * Opens the store in OPFS, in the folder of this tab, behind a worker of its own. Fails, saying why, when the browser gives no
 * disk that keeps what is written (insecure origin, private window, old Safari), or does not answer in time.
 */
export async function openOpfsStore(
  tab: string,
  listener: StoreListener,
): Promise<Result<PieceStore, string>> {
  let worker: Worker
  try {
    worker = new Worker(new URL('./opfs.worker.ts', import.meta.url), { type: 'module' })
  } catch (error) {
    return fail(String(error))
  }
  const calls = new WorkerCalls(worker, listener)
  const refusal = await calls.open(tab)
  if (refusal === null) return ok(storeBehind(calls))
  worker.terminate()
  return fail(refusal)
}

type Returned<Method extends StoreMethod> = Awaited<ReturnType<PieceStore[Method]>>
type Args<Method extends StoreMethod> = Parameters<PieceStore[Method]>

interface PendingCall {
  readonly returned: (value: unknown) => void
  /** The call failed inside the worker, or the worker is no more. */
  readonly lost: (fault: StoreFault) => void
}

/** Calls of the store in the worker, each waiting for its answer. */
class WorkerCalls {
  readonly #worker: Worker
  readonly #listener: StoreListener
  readonly #pending = new Map<number, PendingCall>()
  #nextId = 0
  /** Why there is no worker any more. */
  #ended: StoreFault | null = null
  /** While the worker opens: takes null, or why it cannot. */
  #opening: (refusal: string | null) => void = () => undefined

  constructor(worker: Worker, listener: StoreListener) {
    this.#worker = worker
    this.#listener = listener
    worker.addEventListener('message', (event) => this.#heard(event.data))
    // The worker catches what its code throws: it could not start, or what it says cannot be read.
    worker.addEventListener('error', (event) => this.#fail(event.message || 'the storage worker ended'))
    worker.addEventListener('messageerror', () => this.#fail('an answer of the storage worker was lost'))
  }

  /** Null, or why there is no disk. */
  async open(tab: string): Promise<string | null> {
    const answered = new Promise<string | null>((resolve) => (this.#opening = resolve))
    const timer = setTimeout(() => this.#opening('the worker did not answer'), limits.storeOpenTimeoutMs)
    this.#post({ type: 'open', tab })
    const refusal = await answered
    clearTimeout(timer)
    return refusal
  }

  /** A call whose answer nobody waits for. */
  tell<Method extends StoreMethod>(method: Method, args: Args<Method>, transfer: ArrayBuffer[] = []): void {
    if (this.#ended === null) this.#call(null, method, args, transfer)
  }

  /** `ifLost` makes the answer when the worker cannot give one. */
  ask<Method extends StoreMethod>(
    method: Method,
    args: Args<Method>,
    ifLost: (fault: StoreFault) => Returned<Method>,
    transfer: ArrayBuffer[] = [],
  ): Promise<Returned<Method>> {
    if (this.#ended !== null) return Promise.resolve(ifLost(this.#ended))
    const id = this.#nextId++
    return new Promise((resolve) => {
      this.#pending.set(id, {
        returned: (value) => resolve(value as Returned<Method>),
        lost: (fault) => resolve(ifLost(fault)),
      })
      this.#call(id, method, args, transfer)
    })
  }

  /** The store is closed in order: calls from now on are `gone`. */
  async close(): Promise<void> {
    const closed = this.ask('close', [], nothing)
    this.#ended ??= { code: 'gone' }
    await closed
    this.#end(this.#ended)
    this.#worker.terminate()
  }

  #call<Method extends StoreMethod>(
    id: number | null,
    method: Method,
    args: Args<Method>,
    transfer: ArrayBuffer[] = [],
  ): void {
    this.#post({ type: 'call', id, call: { method, args } as StoreCall }, transfer)
  }

  #post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  #heard(data: unknown): void {
    const message = v.safeParse(fromWorkerSchema, data)
    if (message.success) return this.#take(message.output)
    this.#listener.bugFound(new Error('the storage worker said what it cannot mean'))
  }

  #take(message: FromWorker): void {
    switch (message.type) {
      case 'opened':
        return this.#opening(null)
      case 'refused':
        return this.#opening(message.detail)
      case 'returned':
        return this.#answered(message.id)?.returned(message.value)
      case 'threw':
        return this.#answered(message.id)?.lost({ code: 'broken', detail: message.detail })
      case 'bug':
        return this.#listener.bugFound(errorWith(message.detail, message.stack))
      case 'noted':
        return this.#listener.log('warning', message.what, { error: message.error })
    }
  }

  #answered(id: number): PendingCall | undefined {
    const call = this.#pending.get(id)
    this.#pending.delete(id)
    return call
  }

  #fail(detail: string): void {
    this.#opening(detail)
    this.#listener.log('error', 'the storage worker failed', { error: detail })
    this.#end({ code: 'broken', detail })
  }

  #end(fault: StoreFault): void {
    this.#ended = fault
    for (const call of this.#pending.values()) call.lost(fault)
    this.#pending.clear()
  }
}

/** An error as it was in the worker: what looks into it finds the worker's own stack. */
function errorWith(detail: string, stack: string): Error {
  const error = new Error(detail)
  if (stack !== '') error.stack = stack
  return error
}

const nothing = (): void => undefined

function storeBehind(calls: WorkerCalls): PieceStore {
  return {
    kind: 'disk',
    create: (...args) => calls.ask('create', args, fail),
    restore: (...args) => calls.ask('restore', args, fail),
    recheckPiece: (share, piece, hash) => calls.ask('recheckPiece', [share, piece, hash.slice()], fail),
    attach: (...args) => calls.ask('attach', args, fail),
    hashPiece: (...args) => calls.ask('hashPiece', args, fail),
    putBlock: (share, piece, offsetBytes, bytes) =>
      calls.tell('putBlock', [share, piece, offsetBytes, bytes], [bytes.buffer]),
    // A hash is often a view of a long list, and posting a view copies all of its buffer.
    checkPiece: (share, piece, hash) => calls.ask('checkPiece', [share, piece, hash.slice()], fail),
    finishPiece: (share, piece, offsetBytes, bytes, hash) =>
      calls.ask('finishPiece', [share, piece, offsetBytes, bytes, hash.slice()], fail, [bytes.buffer]),
    dropPiece: (...args) => calls.tell('dropPiece', args),
    read: (...args) => calls.ask('read', args, fail),
    // What was read has moved here: its memory is of no use to the worker.
    reuse: nothing,
    blob: (...args) => calls.ask('blob', args, fail),
    remove: (...args) => calls.ask('remove', args, nothing),
    close: () => calls.close(),
  }
}
