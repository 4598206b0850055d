import type { Clock } from '../shared/clock.ts'
import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'

/** Notices that the device slept: in some browsers a page's clock stands still meanwhile, and falls behind the time of day. */
export class SleepWatch {
  readonly #clock: Pick<Clock, 'now'>
  readonly #wallMs: () => Millis
  #behindMs: Millis

  constructor(clock: Pick<Clock, 'now'>, wallMs: () => Millis) {
    this.#clock = clock
    this.#wallMs = wallMs
    this.#behindMs = wallMs() - clock.now()
  }

  /** How long the clock stood still since it was asked last; 0 for what may be a correction of the time of day. */
  sleptMs(): Millis {
    const before = this.#behindMs
    this.#behindMs = this.#wallMs() - this.#clock.now()
    const sleptMs = this.#behindMs - before
    return sleptMs >= limits.sleptMinMs ? sleptMs : 0
  }
}
