import { useId, useRef } from 'react'
import './Invite.css'
import { CopyField } from './CopyField.tsx'
import { Dialog } from './Dialog.tsx'
import { Icon } from './Icon.tsx'
import { QrCode } from './QrCode.tsx'
import { ScanButton } from './panelButtons.tsx'
import { useSession } from './SessionContext.tsx'
import { useMe, useRoomLink, useSignaling, useWorksWithoutInternet } from './useView.ts'
import { cleanName } from './words/names.ts'
import { words } from './words/words.ts'

/** Alone in the room: the link takes the middle of the page. */
export function InviteCard() {
  const headingId = useId()
  return (
    <section className="card invite-card" aria-labelledby={headingId}>
      <InviteWays heading={words.invite.heading} headingId={headingId} />
    </section>
  )
}

/** In company: the same behind a button. The link stays in the document, for scripts and for the clipboard. */
export function InviteButton() {
  const dialog = useRef<HTMLDialogElement>(null)
  const headingId = useId()
  return (
    <>
      <button
        type="button"
        className="button"
        aria-haspopup="dialog"
        onClick={() => dialog.current?.showModal()}
      >
        <Icon name="invite" />
        {words.invite.open}
      </button>
      <Dialog dialog={dialog} headingId={headingId} className="invite-dialog">
        <InviteWays heading={words.invite.headingOthers} headingId={headingId} />
      </Dialog>
    </>
  )
}

function InviteWays({ heading, headingId }: { heading: string; headingId: string }) {
  const link = useRoomLink()
  const me = useMe()
  const isOffline = useSignaling() === 'offline'
  const isNear = useWorksWithoutInternet()
  return (
    <div className="invite">
      <QrCode text={link} label={words.invite.qr} testId="room-qr" />
      <div className="invite-words">
        <h2 id={headingId}>{heading}</h2>
        <p>
          {isOnlyHere(link) ? words.invite.onlyHere : isOffline ? words.invite.offline : words.invite.how}
        </p>
        <CopyField
          value={link}
          label={words.invite.link}
          copy={words.invite.copy}
          testId="room-link"
          copyTestId="copy-link"
        />
        <OtherWays isOffline={isOffline} />
        {isNear && <p className="invite-near">{words.invite.near}</p>}
        <p className="invite-me">
          {words.invite.seenAs} <bdi>{cleanName(me.name) || words.unnamed}</bdi>
        </p>
      </div>
    </div>
  )
}

/** Where the link does not do: a code that another device shows, or no server that would introduce who opens it. */
function OtherWays({ isOffline }: { isOffline: boolean }) {
  const session = useSession()
  const look = isOffline ? 'button' : 'link-button'
  return (
    <div className={isOffline ? 'invite-ways is-offline' : 'invite-ways'}>
      <ScanButton look={look} />
      <button
        type="button"
        className={look}
        aria-haspopup="dialog"
        data-testid="open-by-hand"
        onClick={() => session.openByHand()}
      >
        {words.byHand}
      </button>
    </div>
  )
}

/** A link to this very computer is of no use to another. */
const isOnlyHere = (link: string): boolean =>
  /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])[:/]/.test(link)
