import { useCallback, useState } from 'react'
import { OpenDialog } from './Dialog.tsx'
import { openedLater } from './openedLater.tsx'
import { words } from './words/words.ts'

const Scan = openedLater((parts) => parts.Scan)

/** Reads a code that another device shows: installed apps cannot be opened by the system's camera. */
export function ScanButton({ look }: { look: 'button' | 'link-button' }) {
  const [isOpen, setOpen] = useState(false)
  const close = useCallback(() => setOpen(false), [])
  return (
    <>
      <button
        type="button"
        className={look}
        aria-haspopup="dialog"
        data-testid="open-scan"
        onClick={() => setOpen(true)}
      >
        {words.scan}
      </button>
      {isOpen && (
        <OpenDialog heading={words.scan} testId="scan" onClose={close}>
          <Scan onFound={close} />
        </OpenDialog>
      )}
    </>
  )
}
