import TinyQueue from 'tinyqueue'

interface Waiting {
  readonly size: number
  /** Counts up, so that of equals the first that came is the first that goes. */
  readonly place: number
  readonly start: () => void
}

/** Lets only so many pieces of work run at once; of those that wait, the smallest is next. */
export class SmallestFirst {
  readonly #atOnce: number
  readonly #waiting = new TinyQueue<Waiting>([], (a, b) => a.size - b.size || a.place - b.place)
  #placesGiven = 0
  #runningCount = 0

  constructor(atOnce: number) {
    this.#atOnce = atOnce
  }

  /** Runs the work in its turn. `size` is in any unit, the same for all. */
  async run<Value>(size: number, work: () => Promise<Value>): Promise<Value> {
    if (this.#runningCount < this.#atOnce) this.#runningCount++
    else {
      await new Promise<void>((start) => this.#waiting.push({ size, place: this.#placesGiven++, start }))
    }
    try {
      return await work()
    } finally {
      this.#passOn()
    }
  }

  /** The next one takes the place that is free now. */
  #passOn(): void {
    const next = this.#waiting.pop()
    if (next) next.start()
    else this.#runningCount--
  }
}
