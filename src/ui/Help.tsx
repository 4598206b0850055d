import { useState } from 'react'
import './Help.css'
import { Icon } from './Icon.tsx'
import { useSession } from './SessionContext.tsx'
import { useContactCount } from './useView.ts'
import { laterWords } from './words/laterWords.ts'

/** What the page promises, what nobody can, and whom it remembers. */
export function Help() {
  const { help } = laterWords
  return (
    <div className="help">
      <h3>{help.promised}</h3>
      <Points texts={help.promises} />
      <h3>{help.notPromised}</h3>
      <Points texts={help.limits} />
      <h3>{help.remembered}</h3>
      <p>{help.how}</p>
      <Remembered />
    </div>
  )
}

function Points({ texts }: { texts: readonly string[] }) {
  return (
    <ul className="help-points">
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  )
}

/** Asks once more: who was forgotten is not brought back. */
function Remembered() {
  const session = useSession()
  const count = useContactCount()
  const [isAsking, setAsking] = useState(false)
  const { help } = laterWords
  const forget = (): void => {
    session.forgetEveryone()
    setAsking(false)
  }
  return (
    <div className="remembered">
      <p role="status">{count === 0 ? help.nobody : help.count(count)}</p>
      {count > 0 && !isAsking && (
        <button
          type="button"
          className="button quiet"
          data-testid="forget-everyone"
          onClick={() => setAsking(true)}
        >
          <Icon name="remove" />
          {help.forgetEveryone}
        </button>
      )}
      {count > 0 && isAsking && (
        <>
          <button type="button" className="button" data-testid="forget-everyone-now" onClick={forget}>
            {help.forgetNow}
          </button>
          <button type="button" className="button quiet" onClick={() => setAsking(false)}>
            {help.keep}
          </button>
        </>
      )}
    </div>
  )
}
