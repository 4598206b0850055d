import type { Bytes } from '../shared/bytes.ts'
import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { echoFrame } from './frames.ts'

export interface PendingEchoOptions {
  readonly now: () => Millis
  readonly after: (waitMs: Millis, then: () => void) => () => void
  /** A block goes out on this lane as soon as there is room, and an echo may ride on it. */
  readonly hasRide: () => boolean
  readonly send: (frame: Bytes) => void
}

/**
 * What arrived on a lane and has not been echoed: told at once where the last echo is a while ago, else with the second message; a little
 * later where a block may take it along. A small message alone waits for one that is not. (Frames, counted in a room of seven: with an
 * echo for each message half of what was sent were echoes, and without rides a seventh of all packets.)
 */
export class PendingEcho {
  readonly #options: PendingEchoOptions
  #bytes = 0
  #messages = 0
  #newestAt: Millis = 0
  #toldAt: Millis = -Infinity
  #tellAt: Millis = Infinity
  #cancel: (() => void) | null = null

  constructor(options: PendingEchoOptions) {
    this.#options = options
  }

  /** Call `settle` when what the message carried has been looked at. */
  arrived(lengthBytes: number, isSmall: boolean): void {
    this.#bytes += lengthBytes
    this.#newestAt = this.#options.now()
    if (!isSmall) this.#messages++
  }

  /** Tells what is due now, and sees to what is due later. */
  settle(): void {
    if (this.#bytes === 0) return
    if (this.#messages === 0) return this.#tellIn(limits.echoSmallHeldMaxMs)
    if (this.#options.hasRide()) return this.#tellIn(limits.echoRideMaxMs)
    const sinceMs = this.#newestAt - this.#toldAt
    if (this.#messages >= limits.echoMessagesMax || sinceMs >= limits.echoHeldMaxMs) this.#tell()
    else this.#tellIn(limits.echoHeldMaxMs - sinceMs)
  }

  /** What is to be told as a frame, which the caller sends; null for nothing. */
  take(): Bytes | null {
    this.stop()
    if (this.#bytes === 0) return null
    const at = this.#options.now()
    const frame = echoFrame(this.#bytes, this.#newestAt, at - this.#newestAt)
    this.#bytes = 0
    this.#messages = 0
    this.#toldAt = at
    return frame
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#tellAt = Infinity
  }

  /** Unless it will be sooner. */
  #tellIn(waitMs: Millis): void {
    const at = this.#options.now() + waitMs
    if (at >= this.#tellAt) return
    this.stop()
    this.#tellAt = at
    this.#cancel = this.#options.after(waitMs, () => this.#tell())
  }

  #tell(): void {
    const frame = this.take()
    if (frame) this.#options.send(frame)
  }
}
