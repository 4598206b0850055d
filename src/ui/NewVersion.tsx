import { useEffect, useState, type ReactNode } from 'react'
import './NewVersion.css'
import { Icon } from './Icon.tsx'
import { useSession } from './SessionContext.tsx'
import { useNewVersion, useReloadCost } from './useView.ts'
import { laterWords } from './words/laterWords.ts'

/** Offers the newer build. Whoever asks for it gets it when a reload costs nothing, or at once where they say so once more. */
export function NewVersion() {
  const session = useSession()
  const isBeingTaken = useNewVersion() === 'beingTaken'
  const cost = useReloadCost()
  const [wish, setWish] = useState<'none' | 'whenFree' | 'never'>('none')
  const said = laterWords.newVersion
  const isDue = wish === 'whenFree' && cost === 'nothing' && !isBeingTaken
  useEffect(() => {
    if (isDue) session.takeNewVersion()
  }, [isDue, session])
  if (wish === 'never') return null
  if (isBeingTaken) return <Box text={said.beingTaken} state="changing" />
  const later = (
    <button type="button" className="button" onClick={() => setWish('never')}>
      {said.later}
    </button>
  )
  if (wish === 'none' || cost === 'nothing') {
    return (
      <Box text={said.ready} state="ready">
        <button
          type="button"
          className="button"
          data-testid="use-new-version"
          onClick={() => (cost === 'nothing' ? session.takeNewVersion() : setWish('whenFree'))}
        >
          {said.now}
        </button>
        {later}
      </Box>
    )
  }
  return (
    <Box text={said[cost]} state="waiting">
      <button
        type="button"
        className="button"
        data-testid="reload-anyway"
        onClick={() => session.takeNewVersion()}
      >
        {said.allTheSame}
      </button>
      {later}
    </Box>
  )
}

interface BoxProps {
  readonly text: string
  readonly state: 'ready' | 'waiting' | 'changing'
  readonly children?: ReactNode
}

function Box({ text, state, children }: BoxProps) {
  return (
    <div className="notice new-version" data-testid="new-version" data-state={state}>
      <Icon name="info" />
      <div className="notice-words">
        <p>{text}</p>
        {children}
      </div>
    </div>
  )
}
