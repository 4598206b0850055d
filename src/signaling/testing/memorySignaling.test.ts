import { describe } from 'vitest'
import { seededRandom } from '../../shared/random.ts'
import { MemoryBroker } from './memorySignaling.ts'
import { signalingContract } from './signalingContract.ts'

describe('the broker in memory', () =>
  signalingContract(async () => {
    const broker = new MemoryBroker()
    return {
      openSignaling: broker.signaling(seededRandom(1)),
      switchOff: async () => broker.switchOff(),
      switchOn: async () => broker.switchOn(),
    }
  }))
