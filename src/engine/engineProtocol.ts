import type { BulkChannel } from '../link/bulkChannel.ts'
import type { Millis } from '../shared/ids.ts'
import type { Engine, EngineEvent, OpenedEngine } from './engine.ts'

// The messages between the page and the worker that its engine runs in. Both are ours, of one build: what they say is typed, not parsed.

/** What the page says first, and then waits for `opened`. */
export interface OpenOrder {
  readonly type: 'open'
  readonly seed: number
  readonly room: string
  readonly tab: string | null
  /** The page's `performance.timeOrigin`: both read one clock. */
  readonly timeOriginMs: Millis
  readonly uploadLimitBytesPerSecond: number
  readonly carries: boolean
}

export type EngineMethod = Exclude<keyof Engine, 'addLane'>

/** A call of any method of the engine, with its own arguments. */
export type EngineCall = {
  [Method in EngineMethod]: { readonly method: Method; readonly args: Parameters<Engine[Method]> }
}[EngineMethod]

export type ToEngine =
  | OpenOrder
  | { readonly type: 'start' }
  /** The channel is transferred. */
  | { readonly type: 'addLane'; readonly link: number; readonly lane: number; readonly channel: BulkChannel }
  /** Carried out in the order sent; one without an id is not answered. */
  | { readonly type: 'call'; readonly id: number | null; readonly call: EngineCall }
  /** A channel to see whether one can be transferred; nothing comes of it. */
  | { readonly type: 'probe'; readonly channel: BulkChannel }

export type FromEngine =
  | ({ readonly type: 'opened' } & Pick<OpenedEngine, 'storage' | 'withoutDisk' | 'tab'>)
  | { readonly type: 'told'; readonly event: EngineEvent }
  | { readonly type: 'returned'; readonly id: number; readonly value: unknown }
  /** By a bug, which is told beside it. */
  | { readonly type: 'threw'; readonly id: number }
