import { Events } from '../../shared/events.ts'
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

export function createWorldClock(random: Random, events = new Events()): WorldClock {
  return {
    now: () => events.now,
    after: (ms, happen) => events.after(Math.max(0, ms), happen),
    anyDelay: () => 20 + randomBelow(random, 100),
    run(forMs) {
      const until = events.now + forMs
      while (events.step(until)) continue
    },
  }
}
