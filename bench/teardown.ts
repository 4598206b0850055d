/** What a measurement opened, closed in reverse order however it ends. */
export class Teardown {
  readonly #closers: (() => Promise<void> | void)[] = []
  #closing = Promise.resolve()

  defer(close: () => Promise<void> | void): void {
    this.#closers.push(close)
  }

  /** May be called again while it runs, as an interrupt does. */
  close(): Promise<void> {
    this.#closing = this.#closing.then(() => this.#closeAll())
    return this.#closing
  }

  /** One that cannot be closed keeps none of the others open; it is told, as it may have left something behind. */
  async #closeAll(): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close()
      } catch (error) {
        console.error('Not closed:', error)
      }
    }
  }
}
