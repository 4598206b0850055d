import { fail, type Result } from '../../shared/result.ts'
import type { StoreFault } from '../../store/pieceStore.ts'
import type { CleanPath } from './fileNames.ts'

/** A complete share as saving needs it. */
export interface Saveable {
  /** Untrusted; cleaned here. */
  readonly name: string
  readonly kind: 'file' | 'folder'
  /** In the order of the share's bytes; a file has one. */
  readonly entries: readonly SaveableEntry[]
  /** The share's bytes in this range. */
  blob(fromBytes: number, toBytes: number): Promise<Result<Blob, StoreFault>>
}

export interface SaveableEntry {
  /** Inside the folder, no two the same; a file's is its name. */
  readonly path: CleanPath
  readonly sizeBytes: number
  readonly modifiedMs: number
}

export type SaveFault =
  /** By the user: the picker closed, or the browser's download stopped. */
  | { readonly code: 'cancelled' }
  /** The bytes could not be read. */
  | { readonly code: 'unreadable'; readonly fault: StoreFault }
  /** What the browser reported. */
  | { readonly code: 'failed'; readonly detail: string }

/** Bytes handed to the browser so far. */
export type OnProgress = (savedBytes: number) => void

export const sizeOf = (share: Saveable): number =>
  share.entries.reduce((sum, entry) => sum + entry.sizeBytes, 0)

/** Carries a store's fault through code that can only reject. */
class Unreadable extends Error {
  readonly fault: StoreFault
  constructor(fault: StoreFault) {
    super(`unreadable: ${fault.code}`)
    this.fault = fault
  }
}

export async function blobOrThrow(share: Saveable, fromBytes: number, toBytes: number): Promise<Blob> {
  const blob = await share.blob(fromBytes, toBytes)
  if (!blob.ok) throw new Unreadable(blob.fault)
  return blob.value
}

/** Names what a save rejected with. */
export function saveFailed(error: unknown): Result<never, SaveFault> {
  if (error instanceof Unreadable) return fail({ code: 'unreadable', fault: error.fault })
  const name = error instanceof DOMException ? error.name : null
  if (name === 'AbortError') return fail({ code: 'cancelled' })
  // A blob of an offered file is read while it is saved, and reports then what became of the file.
  if (name === 'NotReadableError' || name === 'NotFoundError') {
    return fail({ code: 'unreadable', fault: { code: 'sourceChanged' } })
  }
  return fail({ code: 'failed', detail: String(error) })
}
