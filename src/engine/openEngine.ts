import { openOpfsStore } from '../store/opfsStore.ts'
import type { OpenedEngine } from './engine.ts'
import { openEngineHere, type EngineOptions } from './engineHere.ts'

/** Opens the engine of this page. */
export async function openEngine(options: Omit<EngineOptions, 'openOpfs'>): Promise<OpenedEngine> {
  return openEngineHere({ ...options, openOpfs: openOpfsStore })
}
