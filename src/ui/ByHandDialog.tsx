import { OpenDialog } from './Dialog.tsx'
import { openedLater } from './openedLater.tsx'
import { useSession } from './SessionContext.tsx'
import { useByHand } from './useView.ts'
import { words } from './words/words.ts'

const ByHand = openedLater((parts) => parts.ByHand)

/** Over the page while somebody connects by hand: opened here, or by an invitation that the page was opened with. */
export function ByHandDialog() {
  const session = useSession()
  const hand = useByHand()
  if (hand === null) return null
  const close = (): void => session.closeByHand()
  return (
    <OpenDialog heading={words.byHand} testId="by-hand" className="by-hand-dialog" onClose={close}>
      <ByHand hand={hand} onClose={close} />
    </OpenDialog>
  )
}
