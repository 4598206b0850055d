import type { Clock } from '../shared/clock.ts'
import type { Millis } from '../shared/ids.ts'

/** The clock of the page or worker that calls this, `laterMs` ahead: so two of them can read one clock. */
export const systemClock = (laterMs: Millis = 0): Clock => ({
  now: () => performance.now() + laterMs,
  after(spanMs, then) {
    const timer = setTimeout(then, spanMs)
    return () => clearTimeout(timer)
  },
})
