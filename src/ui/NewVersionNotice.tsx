import { openedLater } from './openedLater.tsx'
import { useNewVersion } from './useView.ts'

const NewVersion = openedLater((parts) => parts.NewVersion)

/** Says when there is a newer build of the page, from which moment on one can change to it. */
export function NewVersionNotice() {
  const newVersion = useNewVersion()
  return <div role="status">{newVersion !== 'none' && <NewVersion />}</div>
}
