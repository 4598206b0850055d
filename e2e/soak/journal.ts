/** What happened in a run, and when. */
export interface Entry {
  readonly atMs: number
  readonly who: string
  readonly what: string
  readonly isFault: boolean
}

/** Of the run, for whoever looks into a failure. */
export class Journal {
  readonly #startedMs = performance.now()
  readonly #entries: Entry[] = []

  nowMs(): number {
    return performance.now() - this.#startedMs
  }

  note(who: string, what: string): void {
    this.#add({ atMs: this.nowMs(), who, what, isFault: false })
  }

  /** What must not happen. */
  fault(who: string, what: string): void {
    this.#add({ atMs: this.nowMs(), who, what, isFault: true })
    console.log(`FAULT ${lineOf(this.#entries.at(-1))}`)
  }

  faults(): readonly Entry[] {
    return this.#entries.filter(({ isFault }) => isFault)
  }

  /** One line an entry, oldest first. */
  text(): string {
    return this.#entries.map(lineOf).join('\n')
  }

  /** The last of them until a moment. */
  before(atMs: number, count: number): readonly string[] {
    return this.#entries
      .filter((entry) => entry.atMs <= atMs)
      .slice(-count)
      .map(lineOf)
  }

  #add(entry: Entry): void {
    this.#entries.push(entry)
  }
}

export function lineOf(entry: Entry | undefined): string {
  if (entry === undefined) return ''
  const { atMs, who, what, isFault } = entry
  const minute = Math.floor(atMs / 60_000)
  const second = (atMs / 1000 - minute * 60).toFixed(1).padStart(4, '0')
  return `${minute}:${second} ${who.padEnd(6)} ${isFault ? 'FAULT ' : ''}${what}`
}
