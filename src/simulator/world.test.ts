import { describe, expect, it } from 'vitest'
import { World } from './world.ts'

const anyone = { upBytesPerSecond: 1e6, downBytesPerSecond: 1e7, delayMs: 10 }

describe('run', () => {
  it('brings the clock to its limit, whether nothing is left to happen or more is to come', () => {
    const world = new World({ seed: 1, sizeBytes: 1e6 })
    world.run(1000)
    expect(world.events.now).toBe(1000)
    let happened = false
    world.events.at(3000, () => (happened = true))
    world.run(2000)
    expect(world.events.now).toBe(2000)
    expect(happened).toBe(false)
    world.run(3000)
    expect(happened).toBe(true)
  })

  it('stops the clock where it was told to', () => {
    const world = new World({ seed: 1, sizeBytes: 1e6 })
    const [source, other] = [world.addPeer(anyone), world.addPeer(anyone)]
    world.linkEveryone()
    world.offer(source, 1e9)
    world.run(5000, () => other.swarm.inspect(world.share) !== null)
    expect(world.events.now).toBeLessThan(1000)
  })
})
