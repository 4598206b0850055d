import { useState } from 'react'
import { OpenDialog } from './Dialog.tsx'
import { openedLater } from './openedLater.tsx'
import { words } from './words/words.ts'

const Kept = openedLater((parts) => parts.Kept)

/** Opens what this browser keeps: at the foot of the page, and where the disk is full. */
export function KeptButton({ label = words.kept, look = 'link-button' }: { label?: string; look?: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className={look}
        aria-haspopup="dialog"
        data-testid="open-kept"
        onClick={() => setOpen(true)}
      >
        {label}
      </button>
      {isOpen && (
        <OpenDialog heading={words.kept} testId="kept" onClose={() => setOpen(false)}>
          <Kept />
        </OpenDialog>
      )}
    </>
  )
}
