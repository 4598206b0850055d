import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { limits } from '../shared/limits.ts'
import { seededRandom } from '../shared/random.ts'
import {
  RegistrationSignaling,
  retryWaitMs,
  type RegistrationEnd,
  type RegistrationListener,
} from './registrations.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A broker told by hand what becomes of each dial; the moments of the dials are noted. */
function openBroker() {
  const dials: { readonly atMs: number; readonly listener: RegistrationListener }[] = []
  const signaling = new RegistrationSignaling(
    (_, listener) => {
      dials.push({ atMs: performance.now(), listener })
      return { post() {}, check() {}, close() {} }
    },
    seededRandom(1),
    {
      stateChanged() {},
      sealedSignalArrived() {},
      mailboxHeld() {},
      mailboxTaken() {},
      mailboxLost() {},
    },
    { sharesClaims: false },
  )
  /** Ends the newest dial after it was held so long, and waits for the next; the span between. */
  function nextDialAfter(why: RegistrationEnd, heldMs: number | null = null): number {
    const dial = dials.at(-1)
    if (heldMs !== null) {
      dial?.listener.held()
      vi.advanceTimersByTime(heldMs)
    }
    const from = performance.now()
    dial?.listener.ended(why)
    vi.advanceTimersToNextTimer()
    return performance.now() - from
  }
  return { signaling, nextDialAfter, dials }
}

describe('[R29] a broker that cannot be had', () => {
  it('is tried again after these spans: doubling, half of each left to chance', () => {
    const spans = Array.from({ length: 7 }, (_, failures) => [
      retryWaitMs(failures, () => 0),
      1 + retryWaitMs(failures, () => 0xffff_ffff),
    ])
    expect(spans).toEqual([
      [500, 1000],
      [1000, 2000],
      [2000, 4000],
      [4000, 8000],
      [8000, 16_000],
      [15_000, 30_000],
      [15_000, 30_000],
    ])
  })

  it.each(['lost', 'full', 'refusing', 'taken'] as const)(
    'is tried less and less often, whatever ends it: %s',
    (why) => {
      const { nextDialAfter, signaling } = openBroker()
      for (let failures = 0; failures < 7; failures++) {
        const spanMs = nextDialAfter(why)
        expect(spanMs).toBeGreaterThanOrEqual(retryWaitMs(failures, () => 0))
        expect(spanMs).toBeLessThanOrEqual(Math.ceil(retryWaitMs(failures, () => 0xffff_ffff)))
      }
      signaling.close()
    },
  )

  it('and takes us in only to throw us out is one of those; one that kept us is tried soon', () => {
    const { nextDialAfter, signaling } = openBroker()
    for (let times = 0; times < 7; times++) nextDialAfter('lost', 10)
    expect(nextDialAfter('lost', limits.brokerSteadyMs - 1)).toBeGreaterThanOrEqual(15_000)
    expect(nextDialAfter('lost', limits.brokerSteadyMs)).toBeLessThanOrEqual(1000)
    signaling.close()
  })

  it('is dialed again at once where the page asks for it', () => {
    const { nextDialAfter, signaling, dials } = openBroker()
    for (let times = 0; times < 7; times++) nextDialAfter('lost')
    dials.at(-1)?.listener.ended('lost')
    const before = dials.length
    signaling.retryNow()
    expect(dials).toHaveLength(before + 1)
    signaling.close()
  })
})
