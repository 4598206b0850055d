import { describe, it } from 'vitest'
import { MemoryChannel } from '../link/testing/memoryChannel.ts'
import { limits } from '../shared/limits.ts'
import { seededRandom } from '../shared/random.ts'
import { openMemoryStore } from '../store/memoryStore.ts'
import { memoryIndex } from '../store/shareIndex.ts'
import { openShareCrypto } from '../crypto/openShareCrypto.ts'
import { createEngine } from './createEngine.ts'
import { systemClock } from './systemClock.ts'
import { engineContract, type EnginePlace } from './testing/engineContract.ts'

const inMemory: EnginePlace = {
  async openEngine() {
    const bugs: unknown[] = []
    const crypto = await openShareCrypto()
    const store = openMemoryStore({
      sha256: (bytes) => crypto.sha256(bytes),
      limitBytes: limits.memoryStoreMaxBytes,
      bugFound: (error) => bugs.push(error),
    })
    const parts = {
      crypto,
      store,
      clock: systemClock(),
      index: memoryIndex(),
      tab: 'tab',
      random: seededRandom(3),
    }
    return {
      storage: { kind: 'memory', limitBytes: limits.memoryStoreMaxBytes },
      withoutDisk: null,
      tab: 'tab',
      start: (told) => createEngine({ ...parts, uploadLimitBytesPerSecond: 0, carries: true }, told),
    }
  },
  async connect(handOver) {
    const [a, b] = [new MemoryChannel(), new MemoryChannel()]
    handOver('a', a)
    handOver('b', b)
    a.meet(b)
    return () => a.close()
  },
}

describe('an engine where it is called', () => {
  it.each(engineContract)('$name', ({ run }) => run(inMemory))
})
