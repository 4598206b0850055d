import { createContext, useContext, useMemo, type ReactNode } from 'react'
import type { ReadableStore, Session } from '../app/session.ts'
import type { View } from '../app/view.ts'
import { assert } from '../shared/result.ts'
import { steadyView } from './steadyView.ts'

interface Shown {
  readonly session: Session
  readonly view: ReadableStore<View>
}

const SessionContext = createContext<Shown | null>(null)

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  const shown = useMemo(() => ({ session, view: steadyView(session.view) }), [session])
  return <SessionContext value={shown}>{children}</SessionContext>
}

export const useSession = (): Session => useShown().session
export const useViewStore = (): ReadableStore<View> => useShown().view

function useShown(): Shown {
  const shown = useContext(SessionContext)
  assert(shown, 'a component outside of SessionProvider')
  return shown
}
