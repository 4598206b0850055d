import { useSession } from './SessionContext.tsx'
import { Switch } from './Switch.tsx'
import { useHiding, useWarnings } from './useView.ts'
import { laterWords } from './words/laterWords.ts'

/** Whether others in the room see this device's address. */
export function HideAddress() {
  const session = useSession()
  const hiding = useHiding()
  const { check } = laterWords
  return (
    <Switch
      heading={check.hiding}
      label={check.hide}
      how={`${check.hideHow} ${hiding === 'always' ? check.hideAlways : check.hideFromNow}`}
      testId="hide-address"
      isOn={hiding !== 'off'}
      isFixed={hiding === 'always'}
      onChange={(isOn) => session.hideAddress(isOn)}
    >
      <Impossible />
    </Switch>
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
