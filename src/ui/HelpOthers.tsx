import { useSession } from './SessionContext.tsx'
import { Switch } from './Switch.tsx'
import { useHelping } from './useView.ts'
import { laterWords } from './words/laterWords.ts'

/** Whether this page passes on what two others cannot get of each other. */
export function HelpOthers() {
  const session = useSession()
  const isHelping = useHelping()
  const { helping, help, helpHow } = laterWords.check
  return (
    <Switch
      heading={helping}
      label={help}
      how={helpHow}
      testId="help-others"
      isOn={isHelping}
      onChange={(isOn) => session.helpOthers(isOn)}
    />
  )
}
