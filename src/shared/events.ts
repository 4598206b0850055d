import type { Millis } from './ids.ts'

interface Event {
  readonly at: Millis
  readonly order: number
  readonly happen: () => void
}

/** What is to happen, by time and then by the order in which it was planned: a binary heap. */
export class Events {
  now: Millis = 0
  #heap: Event[] = []
  #planned = 0

  after(spanMs: Millis, happen: () => void): void {
    this.at(this.now + spanMs, happen)
  }

  at(at: Millis, happen: () => void): void {
    const heap = this.#heap
    const event = { at, order: this.#planned++, happen }
    let child = heap.length
    heap.push(event)
    while (child > 0) {
      const parent = (child - 1) >> 1
      const above = heap[parent]
      if (!above || isBefore(above, event)) break
      heap[child] = above
      child = parent
    }
    heap[child] = event
  }

  /** Lets the next thing happen that is planned until then; with none, false, and it is then. */
  step(until: Millis): boolean {
    const heap = this.#heap
    const first = heap[0]
    if (!first || first.at > until) {
      this.now = Math.max(this.now, until)
      return false
    }
    const last = heap.pop()
    if (last && first !== last) this.#sink(last)
    this.now = first.at
    first.happen()
    return true
  }

  #sink(event: Event): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      const left = heap[2 * at + 1]
      const right = heap[2 * at + 2]
      const child = right && left && isBefore(right, left) ? right : left
      if (!child || isBefore(event, child)) break
      heap[at] = child
      at = child === right ? 2 * at + 2 : 2 * at + 1
    }
    heap[at] = event
  }
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)
