import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { SleepWatch } from './sleepWatch.ts'

describe('a sleep', () => {
  it('[R17] is seen where the page’s clock stood still, once', () => {
    const time = { now: 0, wall: 1_000_000 }
    const watch = new SleepWatch({ now: () => time.now }, () => time.wall)
    time.now += 5000
    time.wall += 5000
    expect(watch.sleptMs()).toBe(0)
    time.now += 5000
    time.wall += 3_605_000
    expect(watch.sleptMs()).toBe(3_600_000)
    expect(watch.sleptMs()).toBe(0)
  })

  it('is no correction of the time of day, forward or back', () => {
    const time = { now: 0, wall: 1_000_000 }
    const watch = new SleepWatch({ now: () => time.now }, () => time.wall)
    time.wall += limits.sleptMinMs - 1
    expect(watch.sleptMs()).toBe(0)
    time.wall -= 3_600_000
    expect(watch.sleptMs()).toBe(0)
  })
})
