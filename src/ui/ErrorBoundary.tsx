import { Component, type ReactNode } from 'react'
import './ErrorBoundary.css'
import { words } from './words/words.ts'

interface Props {
  readonly children: ReactNode
}

/** Catches our own bugs while drawing, so that people read words instead of an empty page. */
export class ErrorBoundary extends Component<Props, { readonly broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true }
  }

  override render(): ReactNode {
    return this.state.broken ? (
      <Broken onAgain={() => this.setState({ broken: false })} />
    ) : (
      this.props.children
    )
  }
}

/** What stands in for the page when it could not be drawn or started; `onAgain` only where a second try may help. */
export function Broken({ onAgain }: { onAgain?: () => void }) {
  return (
    <main className="broken card" role="alert">
      <h1>{words.broken.heading}</h1>
      <p>{words.broken.text}</p>
      <div className="broken-actions">
        {onAgain && (
          <button type="button" className="button primary" onClick={onAgain}>
            {words.broken.again}
          </button>
        )}
        <button type="button" className="button" onClick={() => location.reload()}>
          {words.broken.reload}
        </button>
      </div>
    </main>
  )
}
