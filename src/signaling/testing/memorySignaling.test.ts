import { describe } from 'vitest'
import { seededRandom } from '../../shared/random.ts'
import { MemoryBroker } from './memorySignaling.ts'
import { signalingContract } from './signalingContract.ts'

describe.each([{ sharesClaims: false }, { sharesClaims: true }])('the broker in memory, where %j', (kind) =>
  signalingContract(async () => {
    const broker = new MemoryBroker(kind)
    return {
      openSignaling: broker.signaling(seededRandom(1)),
      switchOff: async () => broker.switchOff(),
      switchOn: async () => broker.switchOn(),
    }
  }, kind),
)
