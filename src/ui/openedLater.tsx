import { lazy, Suspense, type ComponentType, type FunctionComponent } from 'react'
import type { openedParts } from './openedParts.ts'
import { words } from './words/words.ts'

/** A part of the page that is loaded when it is first opened. Where it cannot be, it says so, and the rest of the page goes on. */
export function openedLater<Props extends object>(
  choose: (parts: typeof openedParts) => ComponentType<Props>,
): FunctionComponent<Props> {
  const Part = lazy(() =>
    import('./openedParts.ts').then(
      (loaded) => ({ default: choose(loaded.openedParts) }),
      () => ({ default: NotLoaded }),
    ),
  )
  return function Opened(props: Props) {
    return (
      <Suspense fallback={<p role="status">{words.opened.loading}</p>}>
        <Part {...props} />
      </Suspense>
    )
  }
}

function NotLoaded() {
  return <p role="alert">{words.opened.notLoaded}</p>
}
