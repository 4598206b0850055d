import { useRef } from 'react'
import './CopyField.css'
import { useCopying } from './copying.ts'
import { Icon } from './Icon.tsx'
import { useSession } from './SessionContext.tsx'
import { words } from './words/words.ts'

interface Props {
  readonly value: string
  /** What it is. */
  readonly label: string
  /** What is on the button. */
  readonly copy: string
  readonly testId: string
  readonly copyTestId: string
}

/** A text to be copied with one press, or by hand where the browser refuses. */
export function CopyField({ value, label, copy: action, testId, copyTestId }: Props) {
  const session = useSession()
  const field = useRef<HTMLInputElement>(null)
  const [state, copy] = useCopying()
  const isCopied = state === 'copied'

  const copyValue = async (): Promise<void> => {
    if ((await copy(value)) === 'copied') return
    field.current?.focus()
    session.notify('warning', { code: 'copyFailed' })
  }

  return (
    <div className="copy-field">
      <input
        ref={field}
        className="field"
        data-testid={testId}
        readOnly
        dir="ltr"
        spellCheck={false}
        value={value}
        aria-label={label}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button
        type="button"
        className="button primary"
        data-testid={copyTestId}
        onClick={() => void copyValue()}
      >
        <Icon name={isCopied ? 'done' : 'copy'} />
        <span aria-live="polite">{isCopied ? words.copied : action}</span>
      </button>
    </div>
  )
}
