/** What many may spend in any span of time: each up to a share, all together up to a total. */
export class SpanBudget {
  readonly #spanMs: number
  readonly #perSpender: number
  readonly #total: number
  /** This span and the one before, which together cover any span that ends now. */
  #spans: [Map<string, number>, Map<string, number>] = [new Map(), new Map()]
  #beganMs = 0

  constructor({ spanMs, perSpender, total }: { spanMs: number; perSpender: number; total: number }) {
    this.#spanMs = spanMs
    this.#perSpender = perSpender
    this.#total = total
  }

  /** Whether `spender` may spend so much; it is then spent. */
  spend(spender: string, amount: number, nowMs: number): boolean {
    this.#advance(nowMs)
    const [current] = this.#spans
    const ofSpender = sum(this.#spans.map((span) => span.get(spender) ?? 0))
    const ofAll = sum(this.#spans.flatMap((span) => [...span.values()]))
    if (ofSpender + amount > this.#perSpender || ofAll + amount > this.#total) return false
    current.set(spender, (current.get(spender) ?? 0) + amount)
    return true
  }

  #advance(nowMs: number): void {
    const passed = Math.floor((nowMs - this.#beganMs) / this.#spanMs)
    if (passed < 1) return
    this.#spans = [new Map(), passed === 1 ? this.#spans[0] : new Map()]
    this.#beganMs += passed * this.#spanMs
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0)
