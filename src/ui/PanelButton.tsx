import { useState, type ComponentType } from 'react'
import { OpenDialog } from './Dialog.tsx'

interface Props {
  /** What the panel is called. */
  readonly heading: string
  /** Names the panel in tests; with `open-` before it, the button. */
  readonly testId: string
  readonly Panel: ComponentType<object>
  /** What is on the button, if not the heading. */
  readonly label?: string
  readonly look?: 'link-button' | 'button'
}

/** A button that opens a panel over the page. */
export function PanelButton({ heading, testId, Panel, label = heading, look = 'link-button' }: Props) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className={look}
        aria-haspopup="dialog"
        data-testid={`open-${testId}`}
        onClick={() => setOpen(true)}
      >
        {label}
      </button>
      {isOpen && (
        <OpenDialog heading={heading} testId={testId} onClose={() => setOpen(false)}>
          <Panel />
        </OpenDialog>
      )}
    </>
  )
}
