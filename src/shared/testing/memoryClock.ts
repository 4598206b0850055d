import type { Millis } from '../ids.ts'
import type { Clock } from '../clock.ts'

/** The page's clock's twin: time that stands still until it is told to move. */
export class MemoryClock implements Clock {
  #nowMs: Millis = 0
  #timersSet = 0
  readonly #timers = new Map<number, { readonly at: Millis; readonly goOff: () => void }>()

  now(): Millis {
    return this.#nowMs
  }

  after(spanMs: Millis, then: () => void): () => void {
    const timer = this.#timersSet++
    this.#timers.set(timer, { at: this.#nowMs + spanMs, goOff: then })
    return () => void this.#timers.delete(timer)
  }

  /** When the next timer goes off; null when none is set. */
  nextAt(): Millis | null {
    const moments = [...this.#timers.values()].map(({ at }) => at)
    return moments.length === 0 ? null : Math.min(...moments)
  }

  /** Moves to this moment and sets off the timers due by then, in the order set. */
  advanceTo(at: Millis): void {
    this.#nowMs = Math.max(this.#nowMs, at)
    // What goes off may set new timers: they wait for the next move.
    const due = Array.from(this.#timers).filter(([, timer]) => timer.at <= this.#nowMs)
    for (const [timer, { goOff }] of due) if (this.#timers.delete(timer)) goOff()
  }
}
