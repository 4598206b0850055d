import { useRef, useState } from 'react'
import { Icon } from './Icon.tsx'
import { useSession } from './SessionContext.tsx'
import { words } from './words/words.ts'

/** Long enough to be read, short enough that the button can be used again. */
const copiedShownMs = 3000

export function RoomLink({ link }: { link: string }) {
  const session = useSession()
  const field = useRef<HTMLInputElement>(null)
  const [copied, setCopied] = useState(false)

  const copy = async (): Promise<void> => {
    field.current?.select()
    if (await copyText(link)) {
      setCopied(true)
      setTimeout(() => setCopied(false), copiedShownMs)
    } else {
      session.notify('warning', { code: 'copyFailed' })
    }
  }

  return (
    <div className="room-link">
      <input
        ref={field}
        className="field"
        data-testid="room-link"
        readOnly
        dir="ltr"
        spellCheck={false}
        value={link}
        aria-label={words.invite.link}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button type="button" className="button primary" data-testid="copy-link" onClick={() => void copy()}>
        <Icon name={copied ? 'done' : 'copy'} />
        <span aria-live="polite">{copied ? words.invite.copied : words.invite.copy}</span>
      </button>
    </div>
  )
}

/** Insecure origins have no clipboard API; there the selected field is copied the old way. */
async function copyText(text: string): Promise<boolean> {
  if (!isSecureContext) return document.execCommand('copy')
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return document.execCommand('copy')
  }
}
