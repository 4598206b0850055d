import type { Millis } from '../shared/ids.ts'

/** What a host sends leaves through here, first in, first out over all its links. */
export class Uplink {
  readonly bytesPerMs: number
  #freeAt: Millis = 0

  constructor(bytesPerMs: number) {
    this.bytesPerMs = bytesPerMs
  }

  /** When the last byte of what is sent now has left. */
  take(lengthBytes: number, now: Millis): Millis {
    this.#freeAt = Math.max(now, this.#freeAt) + lengthBytes / this.bytesPerMs
    return this.#freeAt
  }

  /** How long what is sent now waits before it begins to leave. */
  waitMs(now: Millis): Millis {
    return Math.max(0, this.#freeAt - now)
  }
}

/** A link's window keeps less than this of queue in front of the uplink. */
export const queueTargetMs = 50

/**
 * How much more one link hands over, as a window that follows delay has it: what keeps the queue short, and one message on a link that
 * has none on its way, whatever the others hold.
 */
export function roomOf(uplink: Uplink, inFlightBytes: number, now: Millis): number {
  const byDelayBytes = (queueTargetMs - uplink.waitMs(now)) * uplink.bytesPerMs
  return Math.max(inFlightBytes === 0 ? 1 : 0, byDelayBytes)
}
