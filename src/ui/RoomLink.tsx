import { useRef } from 'react'
import { useCopying } from './copying.ts'
import { Icon } from './Icon.tsx'
import { useSession } from './SessionContext.tsx'
import { words } from './words/words.ts'

export function RoomLink({ link }: { link: string }) {
  const session = useSession()
  const field = useRef<HTMLInputElement>(null)
  const [state, copy] = useCopying()
  const isCopied = state === 'copied'

  const copyLink = async (): Promise<void> => {
    if ((await copy(link)) === 'copied') return
    field.current?.focus()
    session.notify('warning', { code: 'copyFailed' })
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
      <button
        type="button"
        className="button primary"
        data-testid="copy-link"
        onClick={() => void copyLink()}
      >
        <Icon name={isCopied ? 'done' : 'copy'} />
        <span aria-live="polite">{isCopied ? words.copied : words.invite.copy}</span>
      </button>
    </div>
  )
}
