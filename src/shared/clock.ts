import type { Millis } from './ids.ts'

/** The clock and its timers, apart so that tests can turn it. */
export interface Clock {
  /** A moment that never goes back. */
  now(): Millis
  /** Calls back once, not before `spanMs` has passed. The answer cancels it. */
  after(spanMs: Millis, then: () => void): () => void
}

/** One timer that is set anew, never twice. */
export class Alarm {
  readonly #clock: Clock
  #cancel: (() => void) | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  setAt(at: Millis, then: () => void): void {
    this.stop()
    this.#cancel = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#cancel = null
      then()
    })
  }

  /** Sets it only where it is not set. */
  setWithin(spanMs: Millis, then: () => void): void {
    if (this.#cancel === null) this.setAt(this.#clock.now() + spanMs, then)
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }
}
