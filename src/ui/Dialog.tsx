import { useEffect, useId, useRef, type MouseEvent, type ReactNode, type RefObject } from 'react'
import './Dialog.css'
import { Icon } from './Icon.tsx'
import { words } from './words/words.ts'

interface Props {
  /** Opened by whoever holds it. */
  readonly dialog: RefObject<HTMLDialogElement | null>
  /** The heading inside names it. */
  readonly headingId: string
  readonly className?: string
  readonly testId?: string
  readonly onClose?: () => void
  readonly children: ReactNode
}

/** A card over the page: it closes by its button, the Escape key, or a press beside it. */
export function Dialog({ dialog, headingId, className = '', testId, onClose, children }: Props) {
  const closeOnBackdrop = (event: MouseEvent): void => {
    if (event.target === dialog.current) dialog.current?.close()
  }
  return (
    <dialog
      ref={dialog}
      className={`card dialog ${className}`.trimEnd()}
      aria-labelledby={headingId}
      data-testid={testId}
      onClick={closeOnBackdrop}
      onClose={onClose}
    >
      <div className="dialog-body">
        {children}
        <button
          type="button"
          className="icon-button dialog-close"
          aria-label={words.opened.close}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="cancel" />
        </button>
      </div>
    </dialog>
  )
}

/** One that is there only while it is open: opened by being drawn, and read from its heading on. */
export function OpenDialog({ heading, children, ...props }: OpenProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const top = useRef<HTMLHeadingElement>(null)
  const headingId = useId()
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal()
    top.current?.focus()
  }, [])
  return (
    <Dialog {...props} dialog={dialog} headingId={headingId}>
      <h2 ref={top} id={headingId} className="dialog-heading" tabIndex={-1}>
        {heading}
      </h2>
      {children}
    </Dialog>
  )
}

interface OpenProps extends Omit<Props, 'dialog' | 'headingId'> {
  readonly heading: ReactNode
}
