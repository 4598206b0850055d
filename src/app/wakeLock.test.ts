import { describe, expect, it } from 'vitest'
import { ScreenWakeLock } from './wakeLock.ts'

class Lock {
  released = false
  async release(): Promise<void> {
    this.released = true
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

function openPage({ refuses = false } = {}) {
  const page = { isVisible: true, refuses }
  const locks: Lock[] = []
  let asked = 0
  const wakeLock = new ScreenWakeLock(
    {
      async request() {
        asked++
        if (page.refuses) throw new DOMException('the battery runs low', 'NotAllowedError')
        const lock = new Lock()
        locks.push(lock)
        return lock
      },
    },
    () => page.isVisible,
  )
  const isHeld = (): boolean => locks.some(({ released }) => !released)
  /** As the browser does it: what is hidden loses its lock. */
  function show(isVisible: boolean): Promise<void> {
    page.isVisible = isVisible
    if (!isVisible) for (const lock of locks) lock.released = true
    wakeLock.look()
    return settled()
  }
  return { page, wakeLock, isHeld, show, asked: () => asked }
}

describe('the wake lock', () => {
  it('holds while something moves, and is asked for once', async () => {
    const { wakeLock, isHeld, asked } = openPage()
    await settled()
    expect(isHeld()).toBe(false)
    wakeLock.moves(true)
    wakeLock.moves(true)
    await settled()
    expect(isHeld()).toBe(true)
    wakeLock.look()
    expect(asked()).toBe(1)
    wakeLock.moves(false)
    expect(isHeld()).toBe(false)
  })

  it('is let go at once where all is still by the time it comes', async () => {
    const { wakeLock, isHeld } = openPage()
    wakeLock.moves(true)
    wakeLock.moves(false)
    await settled()
    expect(isHeld()).toBe(false)
  })

  it('is asked for again when the page is shown again, and not while it is hidden', async () => {
    const { wakeLock, isHeld, show, asked } = openPage()
    wakeLock.moves(true)
    await settled()
    await show(false)
    expect([isHeld(), asked()]).toEqual([false, 1])
    await show(true)
    expect([isHeld(), asked()]).toEqual([true, 2])
  })

  it('that is refused is no error, and is asked for when the page is shown the next time', async () => {
    const { page, wakeLock, isHeld, show } = openPage({ refuses: true })
    wakeLock.moves(true)
    await settled()
    expect(isHeld()).toBe(false)
    page.refuses = false
    await show(true)
    expect(isHeld()).toBe(true)
  })
})
