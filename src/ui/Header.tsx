import './Header.css'
import { Mark } from './Icon.tsx'
import { InviteButton } from './Invite.tsx'
import { useSignaling } from './useView.ts'
import { words } from './words/words.ts'

export function Header({ canInvite }: { canInvite: boolean }) {
  return (
    <header className="page-header">
      <h1 className="brand">
        <Mark />
        {words.productName}
      </h1>
      <SignalingState />
      {canInvite && <InviteButton />}
    </header>
  )
}

function SignalingState() {
  const state = useSignaling()
  const { short, long } = words.signaling(state)
  return (
    <p className="signaling" data-testid="signaling" data-state={state} title={long}>
      <span className="signaling-dot" aria-hidden="true" />
      <span className="signaling-words" aria-hidden="true">
        {short}
      </span>
      <span className="visually-hidden">{long}</span>
    </p>
  )
}
