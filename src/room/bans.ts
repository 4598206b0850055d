import type { DeviceId, Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'

/**
 * Peers and devices that are kept out, by our own judgement alone. A ban lasts `limits.banMs`, and nothing shortens it: when the list is full, it is the latest who is not put
 * on it. Ids cost nothing, so a flood of them may fill the list, but each takes a link of its own to get there, and the one who
 * has them needs no ban forgotten.
 */
export interface Bans {
  add(who: PeerId | DeviceId, now: Millis): void
  has(who: PeerId | DeviceId, now: Millis): boolean
}

export function createBans(): Bans {
  /** In the order of their ends, since all last equally long. */
  const endsAt = new Map<PeerId | DeviceId, Millis>()

  function forgetEnded(now: Millis): void {
    for (const [who, end] of endsAt) {
      if (now < end) return
      endsAt.delete(who)
    }
  }

  return {
    add(who, now) {
      forgetEnded(now)
      endsAt.delete(who)
      if (endsAt.size < limits.bansMax) endsAt.set(who, now + limits.banMs)
    },
    has: (who, now) => now < (endsAt.get(who) ?? -Infinity),
  }
}
