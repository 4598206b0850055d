import type { Bytes } from '../shared/bytes.ts'

/** What was read lately, the least recently used dropped first. Concurrent reads of the same span are one read. */
export interface SpanCache {
  /** Whether the span is here or being read. */
  has(key: string): boolean
  /** The span under this key, read by `read` unless it is here. A read that failed is forgotten. */
  get(key: string, sizeBytes: number, read: () => Promise<Bytes>): Promise<Bytes>
  /** Nobody reads spans any more whose keys begin like that. */
  forget(prefix: string): void
}

export function openSpanCache(sizeMaxBytes: number): SpanCache {
  const spans = new Map<string, { readonly sizeBytes: number; readonly bytes: Promise<Bytes> }>()
  let heldBytes = 0

  const forget = (key: string): void => {
    heldBytes -= spans.get(key)?.sizeBytes ?? 0
    spans.delete(key)
  }
  const makeRoom = (): void => {
    for (const key of spans.keys()) {
      if (heldBytes <= sizeMaxBytes) return
      forget(key)
    }
  }
  const remember = (key: string, sizeBytes: number, bytes: Promise<Bytes>): Promise<Bytes> => {
    const span = { sizeBytes, bytes }
    spans.set(key, span)
    heldBytes += sizeBytes
    makeRoom()
    bytes.catch(() => {
      if (spans.get(key) === span) forget(key)
    })
    return bytes
  }

  return {
    has: (key) => spans.has(key),
    forget(prefix) {
      for (const key of spans.keys()) if (key.startsWith(prefix)) forget(key)
    },
    get(key, sizeBytes, read) {
      const found = spans.get(key)
      if (found === undefined) return remember(key, sizeBytes, read())
      spans.delete(key)
      spans.set(key, found)
      return found.bytes
    },
  }
}
