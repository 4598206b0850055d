import type { ShareCrypto } from '../crypto/crypto.ts'
import type { Clock } from '../shared/clock.ts'
import { limits } from '../shared/limits.ts'
import { seededRandom } from '../shared/random.ts'
import { openStore, type OpenedStore, type OpenOpfs } from '../store/openStore.ts'
import type { StoreListener } from '../store/opfsStore.ts'
import { createEngine } from './createEngine.ts'
import type { OpenedEngine } from './engine.ts'

export interface EngineOptions {
  /** Seeds the picker's lots. */
  readonly seed: number
  readonly clock: Clock
  /** 0 for none. */
  readonly uploadLimitBytesPerSecond: number
  /** Whether it passes on what others cannot get of each other. */
  readonly carries: boolean
  /** Signs and verifies hash lists, and hashes pieces in memory. */
  readonly crypto: ShareCrypto
  /** Begins the names of what the room keeps on this device. */
  readonly room: string
  /** What this tab was called before its page was loaded anew; null when it is new. */
  readonly tab: string | null
  /** Opens the store on disk. */
  readonly openOpfs: OpenOpfs
  readonly storeListener: StoreListener
}

/** Opens the store, and an engine over it that runs where this is called. */
export async function openEngineHere(options: EngineOptions): Promise<OpenedEngine> {
  const { seed, clock, uploadLimitBytesPerSecond, carries, crypto, storeListener } = options
  const opened = await openStore({
    ...options,
    sha256: (bytes) => crypto.sha256(bytes),
    listener: storeListener,
  })
  const parts = { ...opened, random: seededRandom(seed), clock, crypto, uploadLimitBytesPerSecond, carries }
  return {
    storage: storageOf(opened),
    withoutDisk: opened.withoutDisk,
    tab: opened.tab,
    start: (listener) => createEngine(parts, listener),
  }
}

const storageOf = ({ store }: OpenedStore): OpenedEngine['storage'] =>
  store.kind === 'disk' ? { kind: 'disk' } : { kind: 'memory', limitBytes: limits.memoryStoreMaxBytes }
