import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'

/**
 * Who is kept out. A ban lasts `limits.banMs`, and nothing shortens it: when the list is full, it is the latest who is not put
 * on it. Ids cost nothing, so a flood of them may fill the list, but each takes a link of its own to get there, and the one who
 * has them needs no ban forgotten.
 */
export interface Bans {
  add(peer: PeerId, now: Millis): void
  has(peer: PeerId, now: Millis): boolean
}

export function createBans(): Bans {
  /** In the order of their ends, since all last equally long. */
  const endsAt = new Map<PeerId, Millis>()

  function forgetEnded(now: Millis): void {
    for (const [peer, end] of endsAt) {
      if (now < end) return
      endsAt.delete(peer)
    }
  }

  return {
    add(peer, now) {
      forgetEnded(now)
      endsAt.delete(peer)
      if (endsAt.size < limits.bansMax) endsAt.set(peer, now + limits.banMs)
    },
    has: (peer, now) => now < (endsAt.get(peer) ?? -Infinity),
  }
}
