import type { Clock } from '../shared/clock.ts'
import { limits } from '../shared/limits.ts'

type Worker = Pick<ServiceWorker, 'state' | 'addEventListener'>

/** What is used of a `ServiceWorkerRegistration`. */
export interface Registration {
  readonly active: Worker | null
  readonly waiting: Worker | null
  readonly installing: Worker | null
  update(): Promise<unknown>
  addEventListener(type: 'updatefound', listener: () => void): void
}

/** What is used of a `ServiceWorkerContainer`. */
export interface Controlled {
  readonly controller: object | null
  addEventListener(type: 'controllerchange', listener: () => void): void
}

export interface VersionsOptions {
  readonly registration: Registration
  readonly container: Controlled
  readonly clock: Clock
  /** There is a newer build than this page. */
  found(): void
}

/**
 * Looks for newer builds of the page, at once and now and then. One that is found is kept beside ours, and this page goes on with its
 * own files: only a reload changes that.
 */
export class Versions {
  readonly #options: VersionsOptions
  #isFound = false
  #lookedMs = -Infinity
  #isLooking = false
  #isAskedAgain = false

  constructor(options: VersionsOptions) {
    const { registration, container } = options
    this.#options = options
    registration.addEventListener('updatefound', () => this.#follow())
    // Another tab may have changed to it before it was seen here. Who had no service worker has got its first one.
    let hadOne = container.controller !== null
    container.addEventListener('controllerchange', () => {
      if (hadOne) this.#find()
      hadOne = true
    })
    if (registration.waiting !== null) this.#find()
    this.#follow()
    this.#lookAgain()
  }

  /** Somebody is back at the page. */
  seen(): void {
    if (this.#options.clock.now() - this.#lookedMs >= limits.versionCheckGapMs) this.look()
  }

  /** Looks now. Without a network, or where the host fails, there is nothing newer. */
  look(): void {
    this.#lookedMs = this.#options.clock.now()
    // The browser would answer from the look that is under way, which may have begun before there was a network.
    if (this.#isLooking) {
      this.#isAskedAgain = true
      return
    }
    this.#isLooking = true
    this.#options.registration.update().then(
      () => this.#looked(),
      () => this.#looked(),
    )
  }

  #looked(): void {
    this.#isLooking = false
    if (!this.#isAskedAgain) return
    this.#isAskedAgain = false
    this.look()
  }

  #lookAgain(): void {
    this.look()
    this.#options.clock.after(limits.versionCheckMs, () => this.#lookAgain())
  }

  /** One that has been installed has all its files. One that follows no other is the first, of our own build. */
  #follow(): void {
    const { installing, active } = this.#options.registration
    if (installing === null || active === null) return
    installing.addEventListener('statechange', () => {
      if (installing.state === 'installed') this.#find()
    })
  }

  #find(): void {
    if (this.#isFound) return
    this.#isFound = true
    this.#options.found()
  }
}
