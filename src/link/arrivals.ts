import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'

const spansKept = 6

/** Measures what arrives at the other sides of all links: the best of some short spans, as others stand still for a lost packet. */
export class Arrivals {
  readonly #spans: { readonly from: Millis; bytes: number }[] = []

  arrived(lengthBytes: number, now: Millis): void {
    const span = this.#spans.at(-1)
    if (span && now - span.from < limits.arrivalSpanMs) {
      span.bytes += lengthBytes
      return
    }
    this.#spans.push({ from: now, bytes: lengthBytes })
    if (this.#spans.length > spansKept) this.#spans.shift()
  }

  get bytesPerSecond(): number {
    const mostBytes = Math.max(0, ...this.#spans.map(({ bytes }) => bytes))
    return (1000 * mostBytes) / limits.arrivalSpanMs
  }
}
