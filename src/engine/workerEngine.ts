import type { BulkChannel } from '../link/bulkChannel.ts'
import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import type { StoreFault } from '../store/pieceStore.ts'
import type { Engine, EngineEvent, EngineListener, OpenedEngine } from './engine.ts'
import type { EngineOptions } from './engineHere.ts'
import type { EngineMethod, FromEngine, ToEngine } from './engineProtocol.ts'

export type WorkerEngineOptions = Pick<
  EngineOptions,
  'seed' | 'room' | 'tab' | 'uploadLimitBytesPerSecond' | 'carries' | 'storeListener'
>

/**
 * Opens an engine in a worker of its own. Fails, saying why, where the browser hands no data channel to a worker, or starts none in
 * time: it is tried, as no name of a browser tells.
 */
export async function openWorkerEngine(options: WorkerEngineOptions): Promise<Result<OpenedEngine, string>> {
  let worker: Worker | null = null
  try {
    worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' })
    probeTransfer(worker)
    const opened = await new EngineCalls(worker, options).open()
    if (!opened.ok) worker.terminate()
    return opened
  } catch (error) {
    worker?.terminate()
    return fail(String(error))
  }
}

/** Throws where a channel cannot be transferred. */
function probeTransfer(worker: Worker): void {
  const connection = new RTCPeerConnection()
  try {
    const channel = connection.createDataChannel('probe')
    post(worker, { type: 'probe', channel }, channel)
  } finally {
    connection.close()
  }
}

/** Posts a message; a channel in it is transferred, and not the page's any more. */
function post(worker: Worker, message: ToEngine, channel?: BulkChannel): void {
  // Not every list of what can be transferred has channels in it; the browser's own is tried by `probeTransfer`.
  worker.postMessage(message, channel ? [channel as unknown as Transferable] : [])
}

interface PendingCall {
  readonly returned: (value: unknown) => void
  /** The call failed in the worker, or the worker is no more. */
  readonly lost: () => void
}

/** Calls of the engine in the worker, and what it tells. */
class EngineCalls implements Engine {
  readonly #worker: Worker
  readonly #options: WorkerEngineOptions
  readonly #pending = new Map<number, PendingCall>()
  #lastId = 0
  #isOpen = false
  #hasEnded = false
  /** Until there is a listener: what only a bug or the log can tell. */
  #listener: EngineListener = (event) => this.#toldEarly(event)
  #opening: (opened: Result<OpenedEngine, string>) => void = () => undefined

  constructor(worker: Worker, options: WorkerEngineOptions) {
    this.#worker = worker
    this.#options = options
    worker.addEventListener('message', (event: MessageEvent<FromEngine>) => this.#heard(event.data))
    // The worker catches what its code throws: it could not start, or what it says cannot be read.
    worker.addEventListener('error', (event) => this.#fail(event.message || 'the engine’s worker ended'))
    worker.addEventListener('messageerror', () => this.#fail('a message of the engine’s worker was lost'))
  }

  async open(): Promise<Result<OpenedEngine, string>> {
    const { seed, room, tab, uploadLimitBytesPerSecond, carries } = this.#options
    const answered = new Promise<Result<OpenedEngine, string>>((resolve) => (this.#opening = resolve))
    const timer = setTimeout(
      () => this.#opening(fail('the worker did not answer')),
      limits.storeOpenTimeoutMs,
    )
    post(this.#worker, {
      type: 'open',
      seed,
      room,
      tab,
      uploadLimitBytesPerSecond,
      carries,
      timeOriginMs: performance.timeOrigin,
    })
    const opened = await answered
    clearTimeout(timer)
    return opened
  }

  addLane(link: number, lane: number, channel: BulkChannel): void {
    if (!this.#hasEnded) post(this.#worker, { type: 'addLane', link, lane, channel }, channel)
  }

  laneProven(...args: Parameters<Engine['laneProven']>): void {
    this.#tell('laneProven', args)
  }

  removeLane(...args: Parameters<Engine['removeLane']>): void {
    this.#tell('removeLane', args)
  }

  sentElsewhere(...args: Parameters<Engine['sentElsewhere']>): void {
    this.#tell('sentElsewhere', args)
  }

  otherListens(...args: Parameters<Engine['otherListens']>): void {
    this.#tell('otherListens', args)
  }

  linkAdmitted(...args: Parameters<Engine['linkAdmitted']>): void {
    this.#tell('linkAdmitted', args)
  }

  linkClosed(...args: Parameters<Engine['linkClosed']>): void {
    this.#tell('linkClosed', args)
  }

  neighboursHeard(...args: Parameters<Engine['neighboursHeard']>): void {
    this.#tell('neighboursHeard', args)
  }

  carry(...args: Parameters<Engine['carry']>): void {
    this.#tell('carry', args)
  }

  shareHeard(...args: Parameters<Engine['shareHeard']>): void {
    this.#tell('shareHeard', args)
  }

  shareUnheard(...args: Parameters<Engine['shareUnheard']>): void {
    this.#tell('shareUnheard', args)
  }

  restore(): ReturnType<Engine['restore']> {
    return this.#ask('restore', [], () => [])
  }

  offer(...args: Parameters<Engine['offer']>): ReturnType<Engine['offer']> {
    return this.#ask('offer', args, () => undefined)
  }

  attach(...args: Parameters<Engine['attach']>): ReturnType<Engine['attach']> {
    return this.#ask('attach', args, () => 'ended')
  }

  spaceFreed(): void {
    this.#tell('spaceFreed', [])
  }

  want(...args: Parameters<Engine['want']>): void {
    this.#tell('want', args)
  }

  blob(...args: Parameters<Engine['blob']>): ReturnType<Engine['blob']> {
    const lost: StoreFault = { code: 'broken', detail: 'the engine’s worker ended' }
    return this.#ask('blob', args, () => fail(lost))
  }

  lookAt(...args: Parameters<Engine['lookAt']>): void {
    this.#tell('lookAt', args)
  }

  async close(): Promise<void> {
    await this.#ask('close', [], () => undefined)
    this.#hasEnded = true
    this.#worker.terminate()
  }

  #tell<Method extends EngineMethod>(method: Method, args: Parameters<Engine[Method]>): void {
    this.#call(null, method, args)
  }

  #ask<Method extends EngineMethod>(
    method: Method,
    args: Parameters<Engine[Method]>,
    ifLost: () => Awaited<ReturnType<Engine[Method]>>,
  ): Promise<Awaited<ReturnType<Engine[Method]>>> {
    if (this.#hasEnded) return Promise.resolve(ifLost())
    const id = ++this.#lastId
    return new Promise((resolve) => {
      this.#pending.set(id, {
        returned: (value) => resolve(value as Awaited<ReturnType<Engine[Method]>>),
        lost: () => resolve(ifLost()),
      })
      this.#call(id, method, args)
    })
  }

  #call<Method extends EngineMethod>(
    id: number | null,
    method: Method,
    args: Parameters<Engine[Method]>,
  ): void {
    if (this.#hasEnded) return
    post(this.#worker, { type: 'call', id, call: { method, args } } as ToEngine)
  }

  #heard(message: FromEngine): void {
    switch (message.type) {
      case 'opened':
        this.#isOpen = true
        return this.#opening(ok(this.#opened(message)))
      case 'told':
        return this.#listener(message.event)
      case 'returned':
        this.#pending.get(message.id)?.returned(message.value)
        return void this.#pending.delete(message.id)
      case 'threw':
        this.#pending.get(message.id)?.lost()
        return void this.#pending.delete(message.id)
    }
  }

  #opened({ storage, withoutDisk, tab }: FromEngine & { type: 'opened' }): OpenedEngine {
    return {
      storage,
      withoutDisk,
      tab,
      start: (listener) => {
        this.#listener = listener
        post(this.#worker, { type: 'start' })
        return this
      },
    }
  }

  #toldEarly(event: EngineEvent): void {
    const { log, bugFound } = this.#options.storeListener
    if (event.type === 'logged') log(event.level, event.what, event.detail)
    if (event.type === 'bugFound') bugFound(event.error)
  }

  #fail(detail: string): void {
    this.#opening(fail(detail))
    if (this.#isOpen) this.#listener({ type: 'bugFound', error: new Error(detail) })
    this.#hasEnded = true
    for (const call of this.#pending.values()) call.lost()
    this.#pending.clear()
  }
}
