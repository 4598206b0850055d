import type { Millis } from '../shared/ids.ts'

/** What was noted lately and when: at most `sizeMax` keys, the longest noted goes first. */
export interface Recent<Key> {
  note(key: Key, at: Millis): void
  notedAt(key: Key): Millis | undefined
}

export function createRecent<Key>(sizeMax: number): Recent<Key> {
  const moments = new Map<Key, Millis>()
  return {
    note(key, at) {
      moments.delete(key)
      moments.set(key, at)
      for (const oldest of moments.keys()) {
        if (moments.size <= sizeMax) break
        moments.delete(oldest)
      }
    },
    notedAt: (key) => moments.get(key),
  }
}
