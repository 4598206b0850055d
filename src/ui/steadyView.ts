import type { ReadableStore } from '../app/session.ts'
import { keepUnchanged } from './keepUnchanged.ts'

/** The same store, whose states keep the identity of every part that has not changed; compared once a state. */
export function steadyView<State>(store: ReadableStore<State>): ReadableStore<State> {
  let seen = store.getState()
  let steady = seen
  const read = (): State => {
    const state = store.getState()
    if (state !== seen) {
      seen = state
      steady = keepUnchanged(steady, state)
    }
    return steady
  }
  return {
    getState: read,
    getInitialState: () => store.getInitialState(),
    subscribe: (listener) => {
      let last = read()
      return store.subscribe(() => {
        const previous = last
        last = read()
        listener(last, previous)
      })
    },
  }
}
