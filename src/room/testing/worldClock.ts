import type { Millis } from '../../shared/ids.ts'
import { randomBelow, type Random } from '../../shared/random.ts'

/** Virtual time for tests: what is to happen, in the order of (time, sequence). */
export interface WorldClock {
  now(): Millis
  after(ms: Millis, happen: () => void): void
  /** A delay of 20 to 120 ms, another each time: letters overtake each other. */
  anyDelay(): Millis
  run(forMs: Millis): void
}

export function createWorldClock(random: Random): WorldClock {
  const events: { readonly at: Millis; readonly happen: () => void }[] = []
  let now: Millis = 0

  /** After all that happens at the same moment. */
  function placeFor(at: Millis): number {
    let place = events.length
    while (place > 0 && (events[place - 1]?.at ?? 0) > at) place--
    return place
  }

  return {
    now: () => now,
    after(ms, happen) {
      const at = now + Math.max(0, ms)
      events.splice(placeFor(at), 0, { at, happen })
    },
    anyDelay: () => 20 + randomBelow(random, 100),
    run(forMs) {
      const until = now + forMs
      for (let next = events[0]; next !== undefined && next.at <= until; next = events[0]) {
        events.shift()
        now = next.at
        next.happen()
      }
      now = until
    },
  }
}
