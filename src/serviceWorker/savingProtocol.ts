import * as v from 'valibot'
import { limits } from '../shared/limits.ts'

// What a page and the service worker say to each other about a download.

/** Page to service worker: answer the next request for the address of this download with what comes through the port sent along. */
export const saveRequestSchema = v.object({
  type: v.literal('save'),
  /** New for each download, and all that its address tells. */
  id: v.pipe(v.string(), v.uuid()),
  /** The file's name, cleaned: no path, no controls, no halves of characters. */
  name: v.pipe(v.string(), v.maxLength(limits.nameLengthMax), v.regex(/^[^\p{Cc}\p{Cs}/\\]+$/u)),
  sizeBytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
})

export type SaveRequest = v.InferOutput<typeof saveRequestSchema>

/** Keeps the service worker awake while a download goes on. */
export interface Ping {
  readonly type: 'ping'
}

/** Service worker to page, through the port: the download's own pace, so that nothing piles up. */
export const fromDownloadSchema = v.variant('type', [
  /** The request is awaited; the download may be started. */
  v.object({ type: v.literal('ready') }),
  /** The next bytes are wanted. */
  v.object({ type: v.literal('pull') }),
  /** The browser wants no more. */
  v.object({ type: v.literal('cancelled') }),
  /** The page said what it cannot mean. */
  v.object({ type: v.literal('refused'), detail: v.string() }),
])

export type FromDownload = v.InferOutput<typeof fromDownloadSchema>

/** Page to service worker, through the port: the answer to each pull. */
export const toDownloadSchema = v.variant('type', [
  v.object({
    type: v.literal('bytes'),
    bytes: v.custom<Uint8Array<ArrayBuffer>>((it) => it instanceof Uint8Array),
  }),
  v.object({ type: v.literal('end') }),
  /** Breaks the download off, so that nobody takes half a file for the whole. */
  v.object({ type: v.literal('failed'), detail: v.string() }),
])

export type ToDownload = v.InferOutput<typeof toDownloadSchema>

/** Where a download is asked for. `scope` is the service worker's, the address of the page's folder. */
export const savingAddress = (scope: string, id: string): string => new URL(`saving/${id}`, scope).href
