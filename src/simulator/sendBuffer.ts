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
}

/** What waits to leave on one link, as a data channel's `bufferedAmount` tells: byte by byte, not message by message. */
export class SendBuffer {
  readonly #uplink: Uplink
  /** Oldest first. */
  readonly #messages: { readonly lengthBytes: number; readonly leftAt: Millis }[] = []

  constructor(uplink: Uplink) {
    this.#uplink = uplink
  }

  /** When the last byte of the message has left. */
  send(lengthBytes: number, now: Millis): Millis {
    while (this.#messages[0] && this.#messages[0].leftAt <= now) this.#messages.shift()
    const leftAt = this.#uplink.take(lengthBytes, now)
    this.#messages.push({ lengthBytes, leftAt })
    return leftAt
  }

  /** The moment from which on no more than this waits, if nothing else is sent. In the past where that is so already. */
  fallsToAt(lengthBytes: number): Millis {
    let remainingBytes = lengthBytes
    for (const message of this.#messages.toReversed()) {
      if (message.lengthBytes > remainingBytes)
        return message.leftAt - remainingBytes / this.#uplink.bytesPerMs
      remainingBytes -= message.lengthBytes
    }
    return -Infinity
  }
}
