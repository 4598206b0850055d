import { guardWith } from '../shared/guard.ts'
import type { ByHand, ByHandParts } from './byHand/byHand.ts'
import type { HandActions } from './session.ts'
import type { ViewStore } from './viewStore.ts'

/** Loads the way in by hand. */
export type OpenHand = (of: Pick<ByHandParts, 'port' | 'view'>) => Promise<ByHand>

export interface LaterByHandParts {
  readonly open: OpenHand
  readonly port: ByHandParts['port']
  readonly view: ViewStore
  readonly bugFound: (error: unknown) => void
}

/** The way in by hand, loaded when somebody first takes it. */
export class LaterByHand implements HandActions {
  readonly #parts: LaterByHandParts
  #hand: Promise<ByHand> | null = null

  constructor(parts: LaterByHandParts) {
    this.#parts = parts
  }

  openByHand(): void {
    this.#with((hand) => hand.open())
  }

  takeByHand(text: string): void {
    this.#with((hand) => hand.take(text))
  }

  closeByHand(): void {
    if (this.#hand === null) this.#parts.view.setState({ byHand: null })
    else this.#with((hand) => hand.hide())
  }

  close(): void {
    if (this.#hand !== null) this.#with((hand) => hand.close())
  }

  #with(act: (hand: ByHand) => void): void {
    const { open, view, bugFound } = this.#parts
    this.#hand ??= open(this.#parts)
    this.#hand.then(guardWith(bugFound)(act), () => {
      this.#hand = null
      view.setState({
        byHand: {
          kind: 'invitation',
          text: null,
          state: 'failed',
          peer: null,
          trouble: { code: 'notLoaded' },
        },
      })
    })
  }
}
