import { useCallback, useEffect, useState } from 'react'
import { nameOfLine, verdictOn, type CheckLine, type Finding } from '../app/check/findings.ts'
import './Check.css'
import { CopyDetails } from './CopyDetails.tsx'
import { HelpOthers } from './HelpOthers.tsx'
import { HideAddress } from './HideAddress.tsx'
import { Icon, type IconName } from './Icon.tsx'
import { useSession } from './SessionContext.tsx'
import { useBrokers, useWorksWithoutInternet } from './useView.ts'
import { laterWords } from './words/laterWords.ts'
import { words } from './words/words.ts'

/** What this browser and its network can do, probed when it is opened; and the way to hide this device's address. */
export function Check() {
  const session = useSession()
  const [lines, check] = useCheck()
  const isDone = lines === null || (lines.length > 0 && lines.every(({ finding }) => finding !== null))
  return (
    <div className="check">
      <p className="soft">{laterWords.check.how}</p>
      {lines === null ? (
        <p role="alert">{words.opened.notLoaded}</p>
      ) : (
        <CheckLines lines={lines} isDone={isDone} />
      )}
      <div className="check-end">
        <button
          type="button"
          className="button quiet"
          aria-disabled={!isDone}
          onClick={isDone ? check : undefined}
        >
          {laterWords.check.again}
        </button>
        <CopyDetails details={() => session.details()} />
      </div>
      <HideAddress />
      <HelpOthers />
    </div>
  )
}

/** The lines so far, null where there can be none, and the way to begin anew. */
function useCheck(): readonly [readonly CheckLine[] | null, () => void] {
  const session = useSession()
  const [lines, setLines] = useState<readonly CheckLine[] | null>([])
  const check = useCallback(() => session.checkConnection(setLines), [session])
  useEffect(check, [check])
  return [lines, check]
}

/** What was found so far, in words. */
export function CheckLines({ lines, isDone }: { lines: readonly CheckLine[]; isDone: boolean }) {
  return (
    <ul className="check-lines" aria-live="polite" aria-busy={!isDone}>
      {lines.map((line) => (
        <Line key={nameOfLine(line)} line={line} />
      ))}
    </ul>
  )
}

const icons: Record<ReturnType<typeof stateOf>, IconName> = {
  good: 'done',
  warning: 'warning',
  bad: 'cancel',
  running: 'details',
}

const stateOf = ({ finding }: CheckLine) => (finding === null ? 'running' : verdictOn(finding))

function Line({ line }: { line: CheckLine }) {
  const { check, number } = line
  const isNear = useWorksWithoutInternet()
  const brokers = useBrokers()
  const broker = check === 'broker' ? brokers[number - 1] : undefined
  // That it carries nothing is found out in minutes, by who uses it.
  const isSilent = broker?.state === 'offline' && broker.trouble === 'silent'
  const finding: Finding | null = isSilent ? { check: 'broker', outcome: 'silent' } : line.finding
  const state = stateOf({ ...line, finding })
  const { title, found, states, running } = laterWords.check
  return (
    <li className="check-line" data-testid="check-line" data-check={nameOfLine(line)} data-state={state}>
      <Icon name={icons[state]} />
      <div>
        <h3>
          {title(check, broker && brokers.length > 1 ? broker.name : null)}
          <span className="visually-hidden">: {states[state]}</span>
        </h3>
        <p>{finding === null ? running : found(finding, isNear)}</p>
      </div>
    </li>
  )
}
