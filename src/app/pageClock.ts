import type { Clock } from '../shared/clock.ts'

export const pageClock: Clock = {
  now: () => performance.now(),
  after(spanMs, then) {
    const timer = setTimeout(then, spanMs)
    return () => clearTimeout(timer)
  },
}
