import { useId } from 'react'
import { useSession } from './SessionContext.tsx'
import { useHiding, useWarnings } from './useView.ts'
import { laterWords } from './words/laterWords.ts'

/** Whether others in the room see this device's address. */
export function HideAddress() {
  const session = useSession()
  const hiding = useHiding()
  const headingId = useId()
  const howId = useId()
  const { check } = laterWords
  return (
    <section className="hide-address" aria-labelledby={headingId}>
      <h3 id={headingId}>{check.hiding}</h3>
      <label className="switch">
        <input
          type="checkbox"
          role="switch"
          data-testid="hide-address"
          aria-describedby={howId}
          checked={hiding !== 'off'}
          disabled={hiding === 'always'}
          onChange={({ currentTarget }) => session.hideAddress(currentTarget.checked)}
        />
        {check.hide}
      </label>
      <p id={howId}>
        {check.hideHow} {hiding === 'always' ? check.hideAlways : check.hideFromNow}
      </p>
      <Impossible />
    </section>
  )
}

/** The page says so too, but this stands in front of it. */
function Impossible() {
  const isTold = useWarnings().some(({ message }) => message.code === 'hiddenWithoutRelay')
  return (
    <p role="status" className="check-warning">
      {isTold && laterWords.check.hideImpossible}
    </p>
  )
}
