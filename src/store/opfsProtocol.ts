import * as v from 'valibot'
import type { PieceStore } from './pieceStore.ts'

// The messages between the page and the worker that holds its disk. The page speaks first, and waits for `opened`.

const storeMethods = [
  'create',
  'restore',
  'recheckPiece',
  'attach',
  'hashPiece',
  'putBlock',
  'checkPiece',
  'finishPiece',
  'dropPiece',
  'read',
  'blob',
  'remove',
  'close',
] as const satisfies readonly Exclude<keyof PieceStore, 'kind'>[]

export type StoreMethod = (typeof storeMethods)[number]

/** A call of any method of the store, with its own arguments. */
export type StoreCall = {
  [Method in StoreMethod]: { readonly method: Method; readonly args: Parameters<PieceStore[Method]> }
}[StoreMethod]

/** What kind of message it is; arguments are the page's own, typed by `StoreCall`. */
export const toWorkerSchema = v.variant('type', [
  /** Open the folder of this tab; nothing else is sent before the answer. */
  v.object({ type: v.literal('open'), tab: v.string() }),
  /** Calls are carried out in the order they were sent; one without an id is not answered. */
  v.object({
    type: v.literal('call'),
    id: v.nullable(v.number()),
    call: v.object({ method: v.picklist(storeMethods), args: v.array(v.unknown()) }),
  }),
])

export type ToWorker =
  | { readonly type: 'open'; readonly tab: string }
  | { readonly type: 'call'; readonly id: number | null; readonly call: StoreCall }

export const fromWorkerSchema = v.variant('type', [
  v.object({ type: v.literal('opened') }),
  /** This browser gives no disk, or a disk that does not keep what is written. */
  v.object({ type: v.literal('refused'), detail: v.string() }),
  v.object({ type: v.literal('returned'), id: v.number(), value: v.unknown() }),
  /** By a bug, which is told beside it. */
  v.object({ type: v.literal('threw'), id: v.number(), detail: v.string() }),
  /** Something threw in the worker that only a bug can make throw. */
  v.object({ type: v.literal('bug'), detail: v.string(), stack: v.string() }),
  /** For the log: something did not go as it should, and nobody's call failed by it. */
  v.object({ type: v.literal('noted'), what: v.string(), error: v.string() }),
])

export type FromWorker = v.InferOutput<typeof fromWorkerSchema>
