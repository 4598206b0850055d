import { Component, type ReactNode } from 'react'
import { CopyDetails } from './CopyDetails.tsx'
import './ErrorBoundary.css'
import { words } from './words/words.ts'

interface Props {
  readonly children: ReactNode
  /** What happened lately, for whoever looks into it. */
  readonly details: () => string
}

/** Catches our own bugs while drawing, so that people read words instead of an empty page. */
export class ErrorBoundary extends Component<Props, { readonly broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true }
  }

  override render(): ReactNode {
    return this.state.broken ? (
      <Broken details={this.props.details} onAgain={() => this.setState({ broken: false })} />
    ) : (
      this.props.children
    )
  }
}

/** What stands in for the page when it could not be drawn. */
export function Broken({ onAgain, details }: { onAgain: () => void; details: () => string }) {
  return (
    <main className="broken card">
      <div className="broken-words" role="alert">
        <h1>{words.broken.heading}</h1>
        <p>{words.broken.text}</p>
      </div>
      <div className="broken-actions">
        <button type="button" className="button primary" onClick={onAgain}>
          {words.broken.again}
        </button>
        <button type="button" className="button" onClick={() => location.reload()}>
          {words.broken.reload}
        </button>
        <CopyDetails details={details} />
      </div>
    </main>
  )
}
