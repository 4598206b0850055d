import { describe, expect, it } from 'vitest'
import { RateMeter } from './rates.ts'

const stepMs = 250

/** The rate after this long at so many bytes a second. */
function rateAfter(meter: RateMeter, seconds: number, bytesPerSecond: number, from = { total: 0, now: 0 }) {
  let rate = meter.update(from.total, from.now)
  for (let step = 0; step < (seconds * 1000) / stepMs; step++) {
    from.now += stepMs
    from.total += (bytesPerSecond * stepMs) / 1000
    rate = meter.update(from.total, from.now)
  }
  return rate
}

describe('a rate', () => {
  it('is 0 at first', () => {
    expect(new RateMeter().update(1_000_000, 5)).toBe(0)
  })

  it('comes near what flows, and falls to 0 when nothing does', () => {
    const meter = new RateMeter()
    const at = { total: 0, now: 0 }
    expect(rateAfter(meter, 20, 1_000_000, at)).toBeCloseTo(1_000_000, -3)
    expect(rateAfter(meter, 1, 0, at)).toBeGreaterThan(100_000)
    expect(rateAfter(meter, 40, 0, at)).toBe(0)
  })

  it('does not depend on how often it is looked at', () => {
    const often = rateAfter(new RateMeter(), 2, 1_000_000)
    const seldom = new RateMeter()
    seldom.update(0, 0)
    expect(seldom.update(2_000_000, 2000)).toBeCloseTo(often, -1)
  })

  it('is neither negative nor endless when a count begins again or no time has passed', () => {
    const meter = new RateMeter()
    rateAfter(meter, 4, 1000)
    const before = meter.update(4000, 4000)
    expect(meter.update(5000, 4000)).toBe(before)
    expect(meter.update(0, 4250)).toBe(before)
    expect(meter.update(250, 4500)).toBeGreaterThan(0)
  })
})
