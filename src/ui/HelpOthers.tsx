import { useId } from 'react'
import { useSession } from './SessionContext.tsx'
import { useHelping } from './useView.ts'
import { laterWords } from './words/laterWords.ts'

/** Whether this page passes on what two others cannot get of each other. */
export function HelpOthers() {
  const session = useSession()
  const isHelping = useHelping()
  const headingId = useId()
  const howId = useId()
  const { check } = laterWords
  return (
    <section className="hide-address" aria-labelledby={headingId}>
      <h3 id={headingId}>{check.helping}</h3>
      <label className="switch">
        <input
          type="checkbox"
          role="switch"
          data-testid="help-others"
          aria-describedby={howId}
          checked={isHelping}
          onChange={({ currentTarget }) => session.helpOthers(currentTarget.checked)}
        />
        {check.help}
      </label>
      <p id={howId}>{check.helpHow}</p>
    </section>
  )
}
