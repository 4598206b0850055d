import { fail, type Result } from '../shared/result.ts'
import { limits } from '../shared/limits.ts'
import type { FromWorker, StoreCall, StoreMethod, ToWorker } from './opfsProtocol.ts'
import type { PieceStore, StoreFault } from './pieceStore.ts'

type Returned<Method extends StoreMethod> = Awaited<ReturnType<PieceStore[Method]>>
type Args<Method extends StoreMethod> = Parameters<PieceStore[Method]>

interface PendingCall {
  readonly returned: (value: unknown) => void
  /** The call failed inside the worker, or the worker is no more. */
  readonly lost: (fault: StoreFault) => void
}

/**
 * Opens the store in OPFS, in the folder of this tab, behind a worker of its own. Fails when the browser gives no disk
 * that keeps what is written (insecure origin, private window, old Safari), or does not answer in time.
 */
export async function openOpfsStore(tab: string): Promise<Result<PieceStore, string>> {
  let worker: Worker
  try {
    worker = new Worker(new URL('./opfs.worker.ts', import.meta.url), { type: 'module' })
  } catch (error) {
    return fail(String(error))
  }
  const opening = await opened(worker, tab)
  if (opening.type === 'opened') return { ok: true, value: storeBehind(worker) }
  worker.terminate()
  return fail(opening.detail)
}

type Opening = Extract<FromWorker, { type: 'opened' | 'refused' }>

function opened(worker: Worker, tab: string): Promise<Opening> {
  return new Promise((resolve) => {
    const refuse = (detail: string): void => resolve({ type: 'refused', detail })
    const timer = setTimeout(() => refuse('the worker did not answer'), limits.storeOpenTimeoutMs)
    worker.addEventListener('error', (event) => refuse(event.message || 'the worker did not start'))
    worker.addEventListener(
      'message',
      ({ data }: MessageEvent<FromWorker>) => {
        clearTimeout(timer)
        if (data.type === 'opened' || data.type === 'refused') resolve(data)
      },
      { once: true },
    )
    worker.postMessage({ type: 'open', tab } satisfies ToWorker, [])
  })
}

const nothing = (): void => undefined

function storeBehind(worker: Worker): PieceStore {
  const pending = new Map<number, PendingCall>()
  let nextId = 0
  /** Why there is no worker any more. */
  let ended: StoreFault | null = null

  function end(fault: StoreFault): void {
    ended = fault
    for (const call of pending.values()) call.lost(fault)
    pending.clear()
  }
  worker.addEventListener('error', (event) => {
    end({ code: 'broken', detail: event.message || 'the storage worker ended' })
  })
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    if (data.type !== 'returned' && data.type !== 'threw') return
    const call = pending.get(data.id)
    pending.delete(data.id)
    if (data.type === 'returned') call?.returned(data.value)
    else call?.lost({ code: 'broken', detail: data.detail })
  })

  function post<Method extends StoreMethod>(
    id: number | null,
    method: Method,
    args: Args<Method>,
    transfer: ArrayBuffer[] = [],
  ): void {
    worker.postMessage({ type: 'call', id, call: { method, args } as StoreCall } satisfies ToWorker, transfer)
  }
  /** `ifLost` makes the answer when the worker cannot give one. */
  function ask<Method extends StoreMethod>(
    method: Method,
    args: Args<Method>,
    ifLost: (fault: StoreFault) => Returned<Method>,
  ): Promise<Returned<Method>> {
    if (ended !== null) return Promise.resolve(ifLost(ended))
    const id = nextId++
    return new Promise((resolve) => {
      pending.set(id, {
        returned: (value) => resolve(value as Returned<Method>),
        lost: (fault) => resolve(ifLost(fault)),
      })
      post(id, method, args)
    })
  }

  return {
    kind: 'disk',
    freeBytes: () => ask('freeBytes', [], () => 0),
    create: (...args) => ask('create', args, fail),
    attach: (...args) => ask('attach', args, fail),
    hashPiece: (...args) => ask('hashPiece', args, fail),
    putBlock(share, piece, offsetBytes, bytes) {
      if (ended === null) post(null, 'putBlock', [share, piece, offsetBytes, bytes], [bytes.buffer])
    },
    // A hash is often a view of a long list, and posting a view copies all of its buffer.
    checkPiece: (share, piece, hash) => ask('checkPiece', [share, piece, hash.slice()], fail),
    dropPiece(...args) {
      if (ended === null) post(null, 'dropPiece', args)
    },
    read: (...args) => ask('read', args, fail),
    blob: (...args) => ask('blob', args, fail),
    remove: (...args) => ask('remove', args, nothing),
    async close() {
      const closed = ask('close', [], nothing)
      ended ??= { code: 'gone' }
      await closed
      end(ended)
      worker.terminate()
    },
  }
}
