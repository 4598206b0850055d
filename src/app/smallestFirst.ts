/** Lets only so many pieces of work run at once; of those that wait, the smallest is next. */
export class SmallestFirst {
  readonly #atOnce: number
  readonly #waiting: { readonly size: number; readonly start: () => void }[] = []
  #runningCount = 0

  constructor(atOnce: number) {
    this.#atOnce = atOnce
  }

  /** Runs the work in its turn. `size` is in any unit, the same for all. */
  async run<Value>(size: number, work: () => Promise<Value>): Promise<Value> {
    if (this.#runningCount < this.#atOnce) this.#runningCount++
    else await new Promise<void>((start) => this.#waiting.push({ size, start }))
    try {
      return await work()
    } finally {
      this.#passOn()
    }
  }

  /** The next one takes the place that is free now. */
  #passOn(): void {
    const smallest = Math.min(...this.#waiting.map(({ size }) => size))
    const at = this.#waiting.findIndex(({ size }) => size === smallest)
    const [next] = at === -1 ? [] : this.#waiting.splice(at, 1)
    if (next) next.start()
    else this.#runningCount--
  }
}
