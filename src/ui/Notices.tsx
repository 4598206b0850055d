import { memo, useEffect } from 'react'
import type { Notice } from '../app/view.ts'
import './Notices.css'
import { CopyDetails } from './CopyDetails.tsx'
import { Icon } from './Icon.tsx'
import { useSession } from './SessionContext.tsx'
import { useInfos, useWarnings } from './useView.ts'
import { words } from './words/words.ts'

/** News that passes by itself; all of it can also be seen elsewhere on the page. */
const infoShownMs = 7000
/** One that tells of many things takes longer to read, by somebody who has only just come back. */
const missedShownMs = 30_000

/** What went wrong stays at the top of the page until it is dismissed or over. */
export function Warnings() {
  return (
    <div className="warnings" role="alert" aria-atomic="false">
      {useWarnings().map((notice) => (
        <NoticeBox key={notice.id} notice={notice} />
      ))}
    </div>
  )
}

/** Arrivals and completions, said once and out of the way. */
export function Toasts() {
  return (
    <div className="toasts" role="status" aria-atomic="false">
      {useInfos().map((notice) => (
        <Toast key={notice.id} notice={notice} />
      ))}
    </div>
  )
}

function Toast({ notice }: { notice: Notice }) {
  const session = useSession()
  useEffect(() => {
    const shownMs = notice.message.code === 'whileAway' ? missedShownMs : infoShownMs
    const timer = setTimeout(() => session.dismiss(notice.id), shownMs)
    return () => clearTimeout(timer)
  }, [session, notice.id, notice.message.code])
  return <NoticeBox notice={notice} />
}

const NoticeBox = memo(function NoticeBox({ notice }: { notice: Notice }) {
  const session = useSession()
  // Its code alone: the rest of the message may hold a name.
  const details = (): string => `${notice.message.code}\n${session.details()}`
  return (
    <div className="notice" data-testid="notice" data-level={notice.level} data-code={notice.message.code}>
      <Icon name={notice.level === 'info' ? 'info' : 'warning'} />
      <div className="notice-words">
        <p>{words.notice(notice.message)}</p>
        {notice.level === 'error' && <CopyDetails details={details} />}
      </div>
      <button
        type="button"
        className="icon-button"
        aria-label={words.notices.dismiss}
        onClick={() => session.dismiss(notice.id)}
      >
        <Icon name="cancel" />
      </button>
    </div>
  )
})
