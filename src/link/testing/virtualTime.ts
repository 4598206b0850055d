import type { Millis } from '../../shared/ids.ts'

interface Planned {
  readonly at: Millis
  readonly order: number
  readonly happen: () => void
}

const isBefore = (one: Planned, other: Planned): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order)

/** What is to happen, by time and then by the order in which it was planned: a binary heap. */
export class VirtualTime {
  now: Millis = 0
  readonly #heap: Planned[] = []
  #planned = 0

  after(spanMs: Millis, happen: () => void): void {
    this.at(this.now + spanMs, happen)
  }

  at(at: Millis, happen: () => void): void {
    const event = { at, order: this.#planned++, happen }
    let child = this.#heap.length
    while (child > 0) {
      const parent = (child - 1) >> 1
      const above = this.#heap[parent]
      if (!above || isBefore(above, event)) break
      this.#heap[child] = above
      child = parent
    }
    this.#heap[child] = event
  }

  runUntil(until: Millis): void {
    for (let first = this.#heap[0]; first && first.at <= until; first = this.#heap[0]) {
      const last = this.#heap.pop()
      if (last && last !== first) this.#sink(last)
      this.now = first.at
      first.happen()
    }
    this.now = Math.max(this.now, until)
  }

  #sink(event: Planned): void {
    let at = 0
    for (;;) {
      const left = this.#heap[2 * at + 1]
      const right = this.#heap[2 * at + 2]
      const child = right && left && isBefore(right, left) ? right : left
      if (!child || isBefore(event, child)) break
      this.#heap[at] = child
      at = child === right ? 2 * at + 2 : 2 * at + 1
    }
    this.#heap[at] = event
  }
}
