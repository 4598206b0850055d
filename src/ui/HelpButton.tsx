import { useState } from 'react'
import { OpenDialog } from './Dialog.tsx'
import { openedLater } from './openedLater.tsx'
import { words } from './words/words.ts'

const Help = openedLater((parts) => parts.Help)

/** At the foot of the page: what is promised, and what cannot be. */
export function HelpButton() {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className="link-button"
        aria-haspopup="dialog"
        data-testid="open-help"
        onClick={() => setOpen(true)}
      >
        {words.help}
      </button>
      {isOpen && (
        <OpenDialog heading={words.help} testId="help" onClose={() => setOpen(false)}>
          <Help />
        </OpenDialog>
      )}
    </>
  )
}
