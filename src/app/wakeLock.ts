/** What is used of `navigator.wakeLock`. */
export interface ScreenLocks {
  request(type: 'screen'): Promise<Pick<WakeLockSentinel, 'released' | 'release'>>
}

/**
 * Keeps the screen on while something moves and somebody looks: a phone that locks its screen stops the page. A browser takes the lock
 * back when the page is hidden (Screen Wake Lock, section "Handling document loses visibility"), and may refuse it.
 */
export class ScreenWakeLock {
  readonly #locks: ScreenLocks
  readonly #isVisible: () => boolean
  #isMoving = false
  #isAsking = false
  #lock: Pick<WakeLockSentinel, 'released' | 'release'> | null = null

  constructor(locks: ScreenLocks, isVisible: () => boolean) {
    this.#locks = locks
    this.#isVisible = isVisible
  }

  /** Something moves, or nothing does any more. */
  moves(isMoving: boolean): void {
    if (isMoving === this.#isMoving) return
    this.#isMoving = isMoving
    this.look()
  }

  /** The page is shown or hidden. */
  look(): void {
    const isWanted = this.#isMoving && this.#isVisible()
    const isHeld = this.#lock !== null && !this.#lock.released
    if (isWanted && !isHeld && !this.#isAsking) this.#ask()
    if (!isWanted && isHeld) this.#letGo()
  }

  #ask(): void {
    this.#isAsking = true
    this.#locks.request('screen').then(
      (lock) => {
        this.#isAsking = false
        this.#lock = lock
        this.look()
      },
      // Refused (a battery that runs low): it is asked for again the next time.
      () => void (this.#isAsking = false),
    )
  }

  #letGo(): void {
    const lock = this.#lock
    this.#lock = null
    // One that cannot be let go is gone.
    lock?.release().catch(() => undefined)
  }
}
