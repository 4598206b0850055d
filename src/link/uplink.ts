import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { DelayWindow, type Together } from './laneWindow.ts'

/** What the other side's echo tells about a message that has arrived there. */
export interface Echo {
  /** Bytes of this lane that arrived since the last echo. */
  readonly arrivedBytes: number
  /** From handing the newest of them to the channel until its echo, without the time that the other side held the echo back. */
  readonly roundTripMs: Millis
  /** The other side's clock when it arrived less ours when it was handed over: only how it changes means something. */
  readonly oneWayMs: Millis
  /** What waits in the lane's channel now (`bufferedAmount`): little where the path is what limits, much where SCTP is. */
  readonly bufferedBytes: number
}

/** How much may be on its way on one lane. Every time is the caller's clock, which never goes back. */
export interface LaneWindow {
  /** How many more bytes may be handed to the channel now: 0 and less for none. */
  roomBytes(now: Millis): number
  /** No message should be larger: control must not wait long behind one. */
  readonly messageMaxBytes: number
  /** Bytes handed to the channel that have not been echoed. */
  readonly inFlightBytes: number
  /** The least round trip seen lately; null until known. */
  readonly baseRoundTripMs: Millis | null
  /** At which bytes arrive, by the second; 0 until known. */
  readonly rate: number
  /** Whether so much in the channel waits for SCTP, and longer than for the path's queue: for what loss and the round trip let out. */
  isHeldBySctp(bufferedBytes: number): boolean
  handedOver(lengthBytes: number, now: Millis): void
  echoed(echo: Echo, now: Millis): void
  /** The lane is gone, and what was on its way with it. */
  close(): void
}

/** What all lanes of this tab leave through together. */
export interface Uplink {
  /** `beside`: the window of another lane to the same peer, whose path is this one's too; null where there is none. */
  openLane(now: Millis, beside: LaneWindow | null): LaneWindow
}

export const createUplink = (): Uplink => new LanesTogether()

class LanesTogether implements Uplink, Together {
  readonly #lanes = new Set<DelayWindow>()
  #drainAt: Millis | null = null
  #drainedAt: Millis = -Infinity

  openLane(now: Millis, beside: LaneWindow | null): LaneWindow {
    const alone = this.#lanes.size === 0
    const windowBytes = alone ? limits.windowAloneBytes : limits.windowFirstBytes
    const lane = new DelayWindow(this, windowBytes, !alone, now)
    if (beside instanceof DelayWindow) lane.learnFrom(beside)
    this.#lanes.add(lane)
    return lane
  }

  left(lane: DelayWindow): void {
    this.#lanes.delete(lane)
  }

  typicalRate(now: Millis): number {
    let sum = 0
    let squares = 0
    for (const lane of this.#active(now)) {
      sum += lane.rate
      squares += lane.rate ** 2
    }
    return sum === 0 ? 0 : squares / sum
  }

  totalRate(now: Millis): number {
    return this.#active(now).reduce((sum, lane) => sum + lane.rate, 0)
  }

  totalWindowBytes(now: Millis): number {
    return this.#active(now).reduce((sum, lane) => sum + lane.windowBytes, 0)
  }

  queueMs(except: DelayWindow, now: Millis): Millis {
    const queues = this.#active(now)
      .filter((lane) => lane !== except)
      .map((lane) => lane.queueMs)
    return queues.length === 0 ? 0 : Math.min(...queues)
  }

  wantsDrain(now: Millis): void {
    const soon = Math.max(now, this.#drainedAt + limits.drainEveryMs / 10) + limits.drainSoonMs
    this.#drainAt = Math.min(this.#drainAt ?? Infinity, soon)
  }

  tick(now: Millis): void {
    this.#drainAt ??= now + limits.drainEveryMs
    if (now < this.#drainAt) return
    this.#drainAt = now + limits.drainEveryMs
    this.#drainedAt = now
    for (const lane of this.#active(now)) lane.drain(now)
  }

  #active(now: Millis): DelayWindow[] {
    return [...this.#lanes].filter((lane) => lane.isActive(now))
  }
}
