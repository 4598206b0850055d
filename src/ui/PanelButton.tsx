import { useCallback, useState, type FunctionComponent } from 'react'
import { OpenDialog } from './Dialog.tsx'

interface Props {
  /** What the panel is called. */
  readonly heading: string
  /** Names the panel in tests; with `open-` before it, the button. */
  readonly testId: string
  /** May close itself by `onDone`. */
  readonly Panel: FunctionComponent<{ onDone: () => void }>
  /** What is on the button, if not the heading. */
  readonly label?: string
  readonly look?: 'link-button' | 'button'
}

/** A button that opens a panel over the page. */
export function PanelButton({ heading, testId, Panel, label = heading, look = 'link-button' }: Props) {
  const [isOpen, setOpen] = useState(false)
  const close = useCallback(() => setOpen(false), [])
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
        <OpenDialog heading={heading} testId={testId} onClose={close}>
          <Panel onDone={close} />
        </OpenDialog>
      )}
    </>
  )
}
