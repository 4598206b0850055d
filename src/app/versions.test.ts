import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { MemoryClock } from '../shared/testing/memoryClock.ts'
import { Versions } from './versions.ts'

class FakeWorker extends EventTarget {
  state: ServiceWorkerState = 'installing'

  becomes(state: ServiceWorkerState): void {
    this.state = state
    this.dispatchEvent(new Event('statechange'))
  }
}

class FakeRegistration extends EventTarget {
  active: FakeWorker | null = new FakeWorker()
  waiting: FakeWorker | null = null
  installing: FakeWorker | null = null
  lookCount = 0
  /** Looks are under way until it is let go. */
  letGo: (() => void) | null = null
  isSlow = false

  async update(): Promise<void> {
    this.lookCount++
    if (this.isSlow) await new Promise<void>((done) => (this.letGo = done))
    // As without a network.
    throw new TypeError('Failed to fetch')
  }

  finds(): FakeWorker {
    this.installing = new FakeWorker()
    this.dispatchEvent(new Event('updatefound'))
    return this.installing
  }
}

class FakeContainer extends EventTarget {
  controller: object | null = {}
}

function open(prepare: (registration: FakeRegistration, container: FakeContainer) => void = () => undefined) {
  const registration = new FakeRegistration()
  const container = new FakeContainer()
  prepare(registration, container)
  const clock = new MemoryClock()
  const news = { count: 0 }
  const versions = new Versions({ registration, container, clock, found: () => news.count++ })
  return { registration, container, clock, news, versions }
}

/** A look that is under way has come to its end. */
const looked = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

describe('a newer build', () => {
  it('is found once it is all there, and said once', () => {
    const { registration, news } = open()
    const worker = registration.finds()
    expect(news.count).toBe(0)
    worker.becomes('installed')
    registration.finds().becomes('installed')
    expect(news.count).toBe(1)
  })

  it('that came while one was looked for is looked for once more', async () => {
    const { registration, versions } = open((made) => (made.isSlow = true))
    for (let asked = 0; asked < 3; asked++) versions.look()
    expect(registration.lookCount).toBe(1)
    for (let turns = 0; turns < 5; turns++) {
      registration.letGo?.()
      await looked()
    }
    expect(registration.lookCount).toBe(2)
  })

  it('of which a file cannot be had is none', () => {
    const { registration, news } = open()
    registration.finds().becomes('redundant')
    expect(news.count).toBe(0)
  })

  it('may wait already', () => {
    const { news } = open((registration) => (registration.waiting = new FakeWorker()))
    expect(news.count).toBe(1)
  })

  it('may be coming already', () => {
    const { registration, news } = open((before) => (before.installing = new FakeWorker()))
    registration.installing?.becomes('installed')
    expect(news.count).toBe(1)
  })

  it('may have been taken by another tab', () => {
    const { container, news } = open()
    container.dispatchEvent(new Event('controllerchange'))
    expect(news.count).toBe(1)
  })

  it('is not the first that is kept: that is the page’s own', () => {
    const { registration, container, news } = open((before, controlled) => {
      before.active = null
      controlled.controller = null
    })
    registration.finds().becomes('installed')
    container.dispatchEvent(new Event('controllerchange'))
    expect(news.count).toBe(0)
    container.dispatchEvent(new Event('controllerchange'))
    expect(news.count).toBe(1)
  })
})

describe('it is looked for', () => {
  it('at once, and every so often while the page is open', async () => {
    const { registration, clock } = open()
    expect(registration.lookCount).toBe(1)
    for (const hours of [1, 2, 3]) {
      await looked()
      clock.advanceTo(hours * limits.versionCheckMs)
    }
    expect(registration.lookCount).toBe(4)
  })

  it('when somebody comes back to the page, but not each time', async () => {
    const { registration, clock, versions } = open()
    await looked()
    versions.seen()
    expect(registration.lookCount).toBe(1)
    clock.advanceTo(limits.versionCheckGapMs)
    versions.seen()
    versions.seen()
    expect(registration.lookCount).toBe(2)
  })
})
