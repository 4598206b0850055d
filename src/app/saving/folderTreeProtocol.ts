import * as v from 'valibot'
import type { Bytes } from '../../shared/bytes.ts'
import type { ReadTree } from './folderTree.ts'

// One question of the page to the worker that reads a folder's tree, and one answer.

export const toTreeWorkerSchema = v.object({
  tree: v.custom<Bytes>((tree) => tree instanceof Uint8Array),
  folder: v.object({ sizeBytes: v.number(), fileCount: v.number() }),
})

export type ToTreeWorker = v.InferOutput<typeof toTreeWorkerSchema>

export const fromTreeWorkerSchema = v.variant('type', [
  /** Our own worker's words: not looked through, since there may be 200,000 entries. */
  v.object({ type: v.literal('read'), outcome: v.custom<Awaited<ReturnType<ReadTree>>>(isObject) }),
  /** By a bug, or for want of memory. */
  v.object({ type: v.literal('threw'), detail: v.string() }),
])

export type FromTreeWorker = v.InferOutput<typeof fromTreeWorkerSchema>

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
