import type { OpenedEngine } from './engine.ts'
import type { EngineOptions } from './engineHere.ts'
import { openWorkerEngine } from './workerEngine.ts'

/** Opens the engine of this page: in a worker where the browser hands it data channels, else here. */
export async function openEngine(options: Omit<EngineOptions, 'openOpfs'>): Promise<OpenedEngine> {
  const inWorker = await openWorkerEngine(options)
  const { log } = options.storeListener
  if (inWorker.ok) {
    log('info', 'bytes are moved by a worker')
    return inWorker.value
  }
  log('info', 'bytes are moved by the page', { reason: inWorker.fault })
  const { openPageEngine } = await import('./pageEngine.ts')
  return openPageEngine(options)
}
