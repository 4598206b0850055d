import { useCallback, useId, useState } from 'react'
import type { HandView } from '../app/view.ts'
import './ByHand.css'
import { CopyField } from './CopyField.tsx'
import { Icon } from './Icon.tsx'
import { QrCode } from './QrCode.tsx'
import { Scanner } from './Scanner.tsx'
import { useSession } from './SessionContext.tsx'
import { useMembers } from './useView.ts'
import { laterWords } from './words/laterWords.ts'

interface Props {
  readonly hand: HandView
  readonly onClose: () => void
}

/** With no server between: a code for the other device, and a place for the one that it shows. */
export function ByHand({ hand, onClose }: Props) {
  return (
    <div className="by-hand" data-testid="hand" data-kind={hand.kind} data-state={hand.state}>
      <Step hand={hand} onClose={onClose} />
    </div>
  )
}

function Step({ hand, onClose }: Props) {
  const session = useSession()
  const { byHand } = laterWords
  const { trouble, state, kind } = hand
  if (trouble?.code === 'otherRoom') return <OtherRoom {...trouble} />
  if (state === 'connected') return <Connected hand={hand} onClose={onClose} />
  const isOver = state === 'failed'
  return (
    <>
      {!isOver && <Code hand={hand} />}
      <div className="by-hand-words">
        {!isOver && <Text hand={hand} />}
        <p role="status" className="by-hand-state">
          {byHand.state(kind, state)}
        </p>
        <p role="alert" className="by-hand-trouble">
          {trouble && (
            <>
              <Icon name="info" />
              {byHand.trouble(trouble.code)}
            </>
          )}
        </p>
        {isOver && trouble?.code !== 'notLoaded' && (
          <button type="button" className="button" onClick={() => session.openByHand()}>
            {byHand.again}
          </button>
        )}
        {(isOver || (kind === 'invitation' && state !== 'connecting')) && <Taking isAnswer={!isOver} />}
      </div>
    </>
  )
}

function Code({ hand: { kind, text } }: { hand: HandView }) {
  return (
    <div className="by-hand-code">
      {text !== null && (
        <QrCode text={text} label={laterWords.byHand.codes[kind]} testId="hand-qr" ecc="low" />
      )}
    </div>
  )
}

function Text({ hand: { kind, text } }: { hand: HandView }) {
  const { byHand } = laterWords
  return (
    <>
      <p>{kind === 'invitation' ? byHand.invite : byHand.answer}</p>
      {text !== null && (
        <CopyField
          value={text}
          label={byHand.texts[kind]}
          copy={byHand.copies[kind]}
          testId="hand-text"
          copyTestId="copy-hand"
        />
      )}
      {kind === 'invitation' && <p className="soft">{byHand.forOne}</p>}
    </>
  )
}

/** What the other device shows is scanned or pasted here. */
function Taking({ isAnswer }: { isAnswer: boolean }) {
  const session = useSession()
  const [text, setText] = useState('')
  const [isScanning, setScanning] = useState(false)
  const headingId = useId()
  const { byHand } = laterWords
  const take = useCallback(
    (taken: string) => {
      setText('')
      setScanning(false)
      session.takeByHand(taken)
    },
    [session],
  )
  return (
    <section className="by-hand-taking" aria-labelledby={headingId}>
      <h3 id={headingId}>{isAnswer ? byHand.thenAnswer : byHand.orTake}</h3>
      {isScanning ? (
        <Scanner found={take} />
      ) : (
        <button type="button" className="button" data-testid="scan-hand" onClick={() => setScanning(true)}>
          <Icon name="camera" />
          {byHand.scan}
        </button>
      )}
      <form
        className="by-hand-paste"
        onSubmit={(event) => {
          event.preventDefault()
          if (text.trim() !== '') take(text)
        }}
      >
        <input
          className="field"
          data-testid="hand-paste"
          dir="ltr"
          autoComplete="off"
          spellCheck={false}
          placeholder={byHand.paste}
          aria-label={byHand.paste}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button type="submit" className="button" data-testid="take-hand">
          {byHand.take}
        </button>
      </form>
    </section>
  )
}

function Connected({ hand, onClose }: Props) {
  const session = useSession()
  const name = useMembers().find(({ peer }) => peer === hand.peer)?.name ?? ''
  const { byHand } = laterWords
  return (
    <>
      <p role="status" className="by-hand-done">
        <Icon name="done" />
        {byHand.connected(name)}
      </p>
      <div className="by-hand-buttons">
        <button type="button" className="button primary" data-testid="hand-done" onClick={onClose}>
          {byHand.done}
        </button>
        <button
          type="button"
          className="button"
          data-testid="hand-another"
          onClick={() => session.openByHand()}
        >
          {byHand.another}
        </button>
      </div>
    </>
  )
}

/** A link and not a way of our own: people see where it leads. */
function OtherRoom({ link, host }: { link: string; host: string | null }) {
  const session = useSession()
  const { byHand } = laterWords
  return (
    <>
      <p role="alert">{host === null ? byHand.otherRoom : byHand.otherPage(host)}</p>
      <div className="by-hand-buttons">
        <a className="button primary" data-testid="enter-room" href={link}>
          {byHand.enter}
        </a>
        <button type="button" className="button" onClick={() => session.closeByHand()}>
          {byHand.stay}
        </button>
      </div>
    </>
  )
}
