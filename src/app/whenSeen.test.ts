import { describe, expect, it } from 'vitest'
import { whenSeen, type Seen } from './whenSeen.ts'

class Page extends EventTarget implements Seen {
  visibilityState: DocumentVisibilityState = 'hidden'
  prerendering = false

  become(visibilityState: DocumentVisibilityState, prerendering: boolean): void {
    this.visibilityState = visibilityState
    this.prerendering = prerendering
    this.dispatchEvent(new Event(prerendering ? 'visibilitychange' : 'prerenderingchange'))
    this.dispatchEvent(new Event('visibilitychange'))
  }
}

/** Whether it has resolved once all microtasks ran. */
async function isSeen(seen: Promise<void>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setTimeout(resolve, 0, false))
  return Promise.race([seen.then(() => true), later])
}

describe('whenSeen', () => {
  it('is at once for a visible page', async () => {
    const page = new Page()
    page.visibilityState = 'visible'
    expect(await isSeen(whenSeen(page))).toBe(true)
  })

  it('waits for a hidden page to be shown', async () => {
    const page = new Page()
    const seen = whenSeen(page)
    expect(await isSeen(seen)).toBe(false)
    page.become('visible', false)
    expect(await isSeen(seen)).toBe(true)
  })

  it('waits for a prerendered page to be opened, visible though it says to be', async () => {
    const page = new Page()
    page.visibilityState = 'visible'
    page.prerendering = true
    const seen = whenSeen(page)
    expect(await isSeen(seen)).toBe(false)
    page.become('visible', false)
    expect(await isSeen(seen)).toBe(true)
  })
})
