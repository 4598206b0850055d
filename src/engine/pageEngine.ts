import { openOpfsStore } from '../store/opfsStore.ts'
import type { OpenedEngine } from './engine.ts'
import { openEngineHere, type EngineOptions } from './engineHere.ts'

/** Opens an engine on the page, its store in a worker of its own. Loaded only where it is needed. */
export function openPageEngine(options: Omit<EngineOptions, 'openOpfs'>): Promise<OpenedEngine> {
  return openEngineHere({ ...options, openOpfs: openOpfsStore })
}
