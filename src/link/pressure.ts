import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'

/** How all lanes of a tab do at one moment. */
export interface LanesState {
  /** What they may have on their way, bytes. */
  readonly windowBytes: number
  readonly bytesPerSecond: number
  /** What their bytes wait above the bare path. */
  readonly growthMs: Millis
}

/**
 * Whether a wait that presses windows down is a queue of our own. A queue of ours gets shorter as windows shrink, and what arrives stays
 * the same. Where less arrives and the wait stays, it is a longer route, a machine that is busy, somebody else's bytes.
 */
export class Pressure {
  /** How the lanes did when windows began to shrink. */
  #from: LanesState | null = null

  /** Nothing presses. */
  end(): void {
    this.#from = null
  }

  /** Takes how the lanes do now, and says whether all of it since windows began to shrink tells of something that is not their queue. */
  isNotOurs(state: LanesState): boolean {
    const from = this.#from
    if (!from || state.windowBytes > from.windowBytes || isShorter(state, from)) {
      this.#from = state
      return false
    }
    const windowPart = state.windowBytes / from.windowBytes
    return (
      windowPart <= limits.pressedWindowPart &&
      state.bytesPerSecond <= (windowPart + limits.pressedRateSlack) * from.bytesPerSecond
    )
  }
}

const isShorter = (state: LanesState, from: LanesState): boolean =>
  state.growthMs < limits.pressedGrowthPart * from.growthMs
