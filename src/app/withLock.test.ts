import { afterEach, describe, expect, it, vi } from 'vitest'
import { withLock } from './withLock.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const told = (isHeld: boolean): Promise<boolean> => Promise.resolve(isHeld)

describe('work under a lock', () => {
  it.each([{}, null])('is told whether it is held: %j', async (lock) => {
    const asked: unknown[] = []
    const request = (name: string, wish: LockOptions, work: (given: unknown) => unknown): unknown => {
      asked.push(name, wish)
      return work(lock)
    }
    vi.stubGlobal('navigator', { locks: { request } })
    expect(await withLock('one', { ifAvailable: true }, told)).toBe(lock !== null)
    expect(asked).toEqual(['one', { ifAvailable: true }])
  })

  it('is done where the browser has no locks', async () => {
    vi.stubGlobal('navigator', {})
    expect(await withLock('one', {}, told)).toBe(true)
  })
})
