import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { RoomContext } from './context.ts'

const quotaWindowMs: Millis = 10_000

/** How much of something each one may have in a window of ten seconds. */
export interface Quota<Key> {
  /** Counts one more, of so many bytes, whether or not it is allowed. */
  allows(key: Key, bytes?: number): boolean
}

export function createQuota<Key>(
  clock: Pick<RoomContext, 'now'>,
  { countMax, bytesMax = Infinity }: { readonly countMax: number; readonly bytesMax?: number },
): Quota<Key> {
  const windows = new Map<Key, { readonly since: Millis; count: number; bytes: number }>()

  function openWindow(key: Key) {
    // Whoever makes up senders to get past the quota meets the limits of the roster instead.
    if (windows.size >= limits.rosterEntriesMax) windows.clear()
    const window = { since: clock.now, count: 0, bytes: 0 }
    windows.set(key, window)
    return window
  }

  return {
    allows(key, bytes = 0) {
      const current = windows.get(key)
      const isOver = current === undefined || clock.now - current.since >= quotaWindowMs
      const window = isOver ? openWindow(key) : current
      window.count++
      window.bytes += bytes
      return window.count <= countMax && window.bytes <= bytesMax
    },
  }
}
