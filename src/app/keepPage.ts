import { openLock, savingLock, type PageWord } from '../serviceWorker/versionProtocol.ts'
import { limits } from '../shared/limits.ts'
import type { FirstScreen } from './firstScreen.ts'
import { pageClock } from './pageClock.ts'
import { becomesActive, pageScope, registerServiceWorker } from './serviceWorker.ts'
import { Versions } from './versions.ts'
import { withLock } from './withLock.ts'

/**
 * Has the service worker keep this page for times without a network, and says when there is a newer build. `script` is the address of
 * the page's own script.
 */
export async function keepPage(screen: FirstScreen, script: string): Promise<void> {
  const registration = await registerServiceWorker()
  if (registration === null) return
  const versions = new Versions({
    registration,
    container: navigator.serviceWorker,
    clock: pageClock,
    found: () => screen.versionFound(() => changeTo(registration)),
  })
  addEventListener('online', () => versions.look())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') versions.seen()
  })
  await withLock(openLock(script), { mode: 'shared' }, () => {
    tell(registration.active, { type: 'opened' })
    return untilThePageGoes
  })
}

const untilThePageGoes = new Promise<never>(() => undefined)

/**
 * A page that has just been opened, and that nobody has used, changes to a newer build that waits: nothing can be lost yet. Resolves
 * to whether it reloads.
 */
export async function changedAtOpen(screen: FirstScreen): Promise<boolean> {
  const registration = await waitingRegistration()
  if (!registration?.waiting || changedJustNow()) return false
  const isChanged = await takeOver(registration.waiting, { ifAvailable: true }, limits.versionAtOpenMs)
  if (isChanged && !screen.isUsed) {
    location.reload()
    return true
  }
  screen.versionFound(() => changeTo(registration))
  return false
}

async function waitingRegistration(): Promise<ServiceWorkerRegistration | undefined> {
  if (!('serviceWorker' in navigator)) return undefined
  // Some private windows have the interface and refuse every call.
  return navigator.serviceWorker.getRegistration().catch(() => undefined)
}

/** Remembers for the tab when it last changed at open, and says whether that was a moment ago. */
function changedJustNow(): boolean {
  const key = 'swarmdrop.changedMs'
  try {
    const isJustNow = Date.now() - Number(sessionStorage.getItem(key)) < limits.versionAtOpenGapMs
    sessionStorage.setItem(key, String(Date.now()))
    return isJustNow
  } catch {
    // Storage is switched off: it cannot be known.
    return true
  }
}

/** Reloads into the newer build, as soon as no tab streams a zip; goes on with ours where that fails. */
async function changeTo({ waiting }: ServiceWorkerRegistration): Promise<void> {
  // Where another tab has changed to it already, a reload is all there is to do.
  if (waiting !== null && !(await takeOver(waiting, {}, limits.serviceWorkerTimeoutMs))) return
  location.reload()
  // The browser may ask first, and people may choose to stay; to reload once more while the first goes on would call it off.
  await new Promise((stay) => setTimeout(stay, limits.reloadWaitMs))
}

/** Whether the worker that waits has taken over; without the lock, or in time, it has not. */
function takeOver(waiting: ServiceWorker, wish: LockOptions, withinMs: number): Promise<boolean> {
  return withLock(savingLock(pageScope()), wish, async (isHeld) => {
    if (!isHeld) return false
    tell(waiting, { type: 'takeOver' })
    return becomesActive(waiting, withinMs)
  })
}

function tell(worker: ServiceWorker | null, word: PageWord): void {
  worker?.postMessage(word, [])
}
