import { useCallback } from 'react'
import { Scanner } from './Scanner.tsx'
import { useSession } from './SessionContext.tsx'
import { laterWords } from './words/laterWords.ts'

/** Scans whatever code another device shows: a room's, an invitation or an answer. What comes of it is said elsewhere. */
export function Scan({ onDone }: { onDone: () => void }) {
  const session = useSession()
  const found = useCallback(
    (text: string) => {
      session.takeByHand(text)
      onDone()
    },
    [session, onDone],
  )
  return (
    <>
      <p className="soft">{laterWords.byHand.scanning.how}</p>
      <Scanner found={found} />
    </>
  )
}
