import { useEffect } from 'react'
import { useLeavingLoses } from './useView.ts'

/** Has the browser ask before the tab closes, but only while closing would lose something. */
export function useLeaveWarning(): void {
  const loses = useLeavingLoses()
  useEffect(() => {
    if (!loses) return undefined
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [loses])
}
