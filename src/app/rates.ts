import type { Millis } from '../shared/ids.ts'

/** A second's worth of the newest is weighed against this much of what was before. */
const memoryMs = 2000

/** Bytes a second, smoothed, from a count that only grows. */
export class RateMeter {
  #total = 0
  #at: Millis | null = null
  #rate = 0

  /** Takes the count at a moment, and answers the rate. */
  update(total: number, now: Millis): number {
    if (this.#at === null || total < this.#total) {
      this.#at = now
      this.#total = total
      return this.#rate
    }
    const spanMs = now - this.#at
    if (spanMs <= 0) return this.#rate
    const newest = (1000 * (total - this.#total)) / spanMs
    const weight = 1 - Math.exp(-spanMs / memoryMs)
    this.#rate += (newest - this.#rate) * weight
    if (this.#rate < 1) this.#rate = 0
    this.#at = now
    this.#total = total
    return this.#rate
  }
}
