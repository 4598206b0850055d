import { limits } from '../shared/limits.ts'

/**
 * How many connections a tab still makes for further lanes in its life. A browser refuses some 500, closed ones that it has not yet
 * collected included (js-libp2p issue 2591, simple-peer issue 422): links to peers must not go short because of lanes.
 */
export class ConnectionBudget {
  #left: number = limits.laneConnectionsMax

  /** Whether one more may be made; counts it. */
  take(): boolean {
    if (this.#left === 0) return false
    this.#left--
    return true
  }
}
