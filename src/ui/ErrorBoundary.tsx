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

interface BrokenProps {
  /** Only where a second try may help. */
  readonly onAgain?: () => void
  /** Only where something was written down. */
  readonly details?: () => string
}

/** What stands in for the page when it could not be drawn or started. */
export function Broken({ onAgain, details }: BrokenProps) {
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
        {details && <CopyDetails details={details} />}
      </div>
    </main>
  )
}
