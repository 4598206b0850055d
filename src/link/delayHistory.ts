const periodsKept = 6

/**
 * The least of what was seen lately, by periods that the owner ends: of a delay that a queue only adds to, the least is the path's own.
 * What the oldest periods saw is forgotten, since clocks drift and routes change.
 */
export class DelayHistory {
  readonly #past: number[] = []
  #current = Infinity

  /** The least of all that is kept; Infinity before anything was seen. */
  get least(): number {
    return Math.min(this.#current, ...this.#past)
  }

  saw(delayMs: number): void {
    this.#current = Math.min(this.#current, delayMs)
  }

  endPeriod(): void {
    if (this.#current === Infinity) return
    this.#past.push(this.#current)
    if (this.#past.length > periodsKept) this.#past.shift()
    this.#current = Infinity
  }

  /** The path is another one: only this counts. */
  startOver(delayMs: number): void {
    this.#past.length = 0
    this.#current = delayMs
  }
}
