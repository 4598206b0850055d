/** What a measurement opened, closed in reverse order however it ends. */
export class Teardown {
  readonly #closers: (() => Promise<void> | void)[] = []

  defer(close: () => Promise<void> | void): void {
    this.#closers.push(close)
  }

  /** One that cannot be closed keeps none of the others open; it is told, as it may have left something behind. */
  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).toReversed()) {
      try {
        await close()
      } catch (error) {
        console.error('Not closed:', error)
      }
    }
  }
}
