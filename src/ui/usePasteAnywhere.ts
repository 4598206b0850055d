import { useEffect } from 'react'
import { useSession } from './SessionContext.tsx'

/** Takes files pasted anywhere on the page; pasted text stays with the field it goes into. */
export function usePasteAnywhere(): void {
  const session = useSession()
  useEffect(() => {
    const take = (event: ClipboardEvent): void => {
      if (!event.clipboardData?.types.includes('Files')) return
      event.preventDefault()
      session.takeDataTransfer(event.clipboardData)
    }
    document.addEventListener('paste', take)
    return () => document.removeEventListener('paste', take)
  }, [session])
}
