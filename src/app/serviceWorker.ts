import { limits } from '../shared/limits.ts'
// oxlint-disable-next-line import/default -- the address of a worker built by itself, made by Vite
import serviceWorkerAddress from '../serviceWorker/sw.worker.ts?worker&url'

/** The page's folder, over which its service worker rules. */
export const pageScope = (): string => new URL('./', document.baseURI).href

/** Registers the page's service worker; null where there can be none (insecure origin, switched off, not built). */
export async function registerServiceWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null
  try {
    const options = { scope: './', updateViaCache: 'none' } as const
    return await navigator.serviceWorker.register(serviceWorkerAddress, options)
  } catch {
    return null
  }
}

/** Whether it is active within `withinMs`: not where it failed to install, or still keeps files. */
export function becomesActive(
  worker: Pick<ServiceWorker, 'state' | 'addEventListener' | 'removeEventListener'>,
  withinMs: number = limits.serviceWorkerTimeoutMs,
): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = (isActive: boolean): void => {
      clearTimeout(timer)
      worker.removeEventListener('statechange', look)
      resolve(isActive)
    }
    const look = (): void => {
      if (worker.state === 'activated' || worker.state === 'redundant') stop(worker.state === 'activated')
    }
    const timer = setTimeout(stop, withinMs, false)
    worker.addEventListener('statechange', look)
    look()
  })
}
