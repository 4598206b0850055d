import { useState } from 'react'
import { OpenDialog } from './Dialog.tsx'
import { openedLater } from './openedLater.tsx'
import { words } from './words/words.ts'

const Check = openedLater((parts) => parts.Check)

/** At the foot of the page: what this browser and its network can do, and whether others see its address. */
export function CheckButton() {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className="link-button"
        aria-haspopup="dialog"
        data-testid="open-check"
        onClick={() => setOpen(true)}
      >
        {words.checkConnection}
      </button>
      {isOpen && (
        <OpenDialog heading={words.checkConnection} testId="check" onClose={() => setOpen(false)}>
          <Check />
        </OpenDialog>
      )}
    </>
  )
}
