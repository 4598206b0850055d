import type { Session } from '../app/session.ts'
import './theme.css'
import './App.css'
import { ByHandDialog } from './ByHandDialog.tsx'
import { DropZone } from './DropZone.tsx'
import { ErrorBoundary } from './ErrorBoundary.tsx'
import { Files } from './Files.tsx'
import { Header } from './Header.tsx'
import { InviteCard } from './Invite.tsx'
import { Members } from './Members.tsx'
import { NewVersionNotice } from './NewVersionNotice.tsx'
import { Toasts, Warnings } from './Notices.tsx'
import { CheckButton, HelpButton, KeptButton } from './panelButtons.tsx'
import { SessionProvider } from './SessionContext.tsx'
import { useLeaveWarning } from './useLeaveWarning.ts'
import { usePasteAnywhere } from './usePasteAnywhere.ts'
import { useAlone } from './useView.ts'
import { words } from './words/words.ts'

/** The whole page, shown from the session's view and acting only through the session. */
export function App({ session }: { session: Session }) {
  return (
    <ErrorBoundary details={() => session.details()}>
      <SessionProvider session={session}>
        <Page />
      </SessionProvider>
    </ErrorBoundary>
  )
}

function Page() {
  const alone = useAlone()
  usePasteAnywhere()
  useLeaveWarning()
  return (
    <DropZone>
      <Header canInvite={!alone} />
      <main>
        <NewVersionNotice />
        <Warnings />
        <div className={alone ? 'room room-alone' : 'room'}>
          {alone ? <InviteCard /> : <Members />}
          <Files />
        </div>
      </main>
      <footer className="page-footer">
        <p>{words.footer}</p>
        <KeptButton />
        <HelpButton />
        <CheckButton />
      </footer>
      <ByHandDialog />
      <Toasts />
    </DropZone>
  )
}
