import type { Clock } from '../shared/clock.ts'
import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { OpenSession } from './createSession.ts'
import type { FirstScreen } from './firstScreen.ts'
import type { View } from './view.ts'
import { ScreenWakeLock } from './wakeLock.ts'
import { WhileAway } from './whileAway.ts'

export interface PageLifeParts {
  readonly session: Pick<OpenSession, 'close' | 'resumeRoom'>
  readonly screen: Pick<FirstScreen, 'store' | 'notices'>
  readonly clock: Clock
  readonly wallMs: () => Millis
}

/** Network Information API, which not every browser has. */
interface NetworkConnection extends EventTarget {
  readonly type?: string
}

const isVisible = (): boolean => document.visibilityState === 'visible'

/**
 * The page's comings and goings. A hidden page stays in the room, and so does a frozen one for as long as the others find it there; one
 * that is left says goodbye, also where the browser keeps it to go back to (docs/decisions/10-left-pages-leave.md).
 */
export function followPage({ session, screen, clock, wallMs }: PageLifeParts): void {
  const away = new WhileAway({ view: () => screen.store.getState(), notices: screen.notices, clock, wallMs })
  const resume = (): void => session.resumeRoom()
  addEventListener('pagehide', () => session.close())
  addEventListener('pageshow', (event) => {
    // Brought back from the browser's cache, the session is closed: start anew.
    if (event.persisted) location.reload()
  })
  addEventListener('online', resume)
  // Page Lifecycle: a hidden page may be stopped, and go on later without being seen.
  document.addEventListener('resume', resume)
  document.addEventListener('visibilitychange', () => {
    if (!isVisible()) return away.hidden()
    resume()
    away.shown()
  })
  onNetworkChange(resume)
  keepAwake(screen.store)
  // Another room's link was put into the address bar.
  addEventListener('hashchange', () => location.reload())
}

/** From Wi-Fi to mobile data or back, where the browser says so; its guesses at the speed change all the time, and mean nothing here. */
function onNetworkChange(changed: () => void): void {
  const { connection } = navigator as Navigator & { readonly connection?: NetworkConnection }
  let type = connection?.type
  connection?.addEventListener('change', () => {
    if (connection.type === type) return
    type = connection.type
    changed()
  })
}

/** The browser has locks for the screen on pages served over TLS alone. */
function keepAwake(store: FirstScreen['store']): void {
  const locks: WakeLock | undefined = navigator.wakeLock
  if (locks === undefined) return
  const lock = new ScreenWakeLock(locks, isVisible)
  store.subscribe(({ shares }, { shares: before }) => {
    if (shares !== before) lock.moves(shares.some(moves))
  })
  document.addEventListener('visibilitychange', () => lock.look())
}

/** Speeds are smoothed, and take half a minute to fall to nothing. */
const moves = ({ sourceCount, upBytesPerSecond }: View['shares'][number]): boolean =>
  sourceCount > 0 || upBytesPerSecond >= limits.movingMinBytesPerSecond
