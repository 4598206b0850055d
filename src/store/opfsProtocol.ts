import type { PieceStore } from './pieceStore.ts'

/** The messages between the page and the worker that holds its disk. The page speaks first, and waits for `opened`. */
export type ToWorker =
  /** Open the folder of this tab; nothing else is sent before the answer. */
  | { readonly type: 'open'; readonly tab: string }
  /** Calls are carried out in the order they were sent; one without an id is not answered. */
  | { readonly type: 'call'; readonly id: number | null; readonly call: StoreCall }

export type FromWorker =
  | { readonly type: 'opened' }
  /** This browser gives no disk, or a disk that does not keep what is written. */
  | { readonly type: 'refused'; readonly detail: string }
  | { readonly type: 'returned'; readonly id: number; readonly value: unknown }
  | { readonly type: 'threw'; readonly id: number; readonly detail: string }

export type StoreMethod = Exclude<keyof PieceStore, 'kind'>

/** A call of any method of the store, with its own arguments. */
export type StoreCall = {
  [Method in StoreMethod]: { readonly method: Method; readonly args: Parameters<PieceStore[Method]> }
}[StoreMethod]

/** The folder in OPFS that holds a folder for each tab, in which each share has one file. */
export const storeFolder = 'swarmdrop'
