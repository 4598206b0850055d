import { limits } from '../shared/limits.ts'
import type { Millis } from '../shared/ids.ts'
import { DelayHistory } from './delayHistory.ts'
import { Pressure } from './pressure.ts'
import type { Echo, LaneWindow } from './uplink.ts'

/** What a lane asks of all the lanes together. */
export interface Together {
  /** The rate of the lane that an average byte leaves on, bytes per second. */
  typicalRate(now: Millis): number
  /** What all lanes leave at, bytes per second. */
  totalRate(now: Millis): number
  /** What all lanes may have on their way, bytes. */
  totalWindowBytes(now: Millis): number
  /** The queue that all lanes but this one stand in, as far as known. */
  queueMs(except: DelayWindow, now: Millis): Millis
  /** The lane does not know the bare path, or doubts what it knows: all drain soon, so that it shows. */
  wantsDrain(now: Millis): void
  /** Time has passed. */
  tick(now: Millis): void
  left(lane: DelayWindow): void
}

/** Rounds of which the best rate counts: the others may have stood still for a lost packet. */
const ratesKept = 4

/** Samples that must all have waited before a window doubles no more: one alone tells of a busy machine. */
const samplesKept = 4
const samplesKeptMs = 20

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value))

/**
 * A window that holds what the bare path does, and above it the same share of the uplink's queue as every other lane (FAST TCP), of a
 * size that keeps the queue at a target. Loss means nothing to it, only delay and the rate at which bytes arrive.
 */
export class DelayWindow implements LaneWindow {
  inFlightBytes = 0
  #doubling = true
  readonly #oneWay = new DelayHistory()
  readonly #roundTrip = new DelayHistory()
  readonly #rates: number[] = []
  /** What the last round's samples had at least above the bare path, local waiting included. */
  #lastGrowthMs = Infinity
  readonly #recent: { readonly at: Millis; readonly oneWayMs: Millis }[] = []
  #bufferedBytes = 0
  #heardAt: Millis | null = null
  #lastHandedAt: Millis
  #roundFrom: Millis | null = null
  #roundBytes = 0
  #roundLeastMs = Infinity
  #roundFilled = false
  #late = 0
  readonly #pressure = new Pressure()
  #drainUntil: Millis = -Infinity
  #listenUntil: Millis = -Infinity
  #steadyFrom: Millis = -Infinity
  #drainLeastMs = Infinity
  #drainLeastRoundTripMs = Infinity
  readonly #together: Together
  #windowBytes: number
  /** Opened beside others that had filled a queue: the least delay seen is not the bare path's. */
  #newcomer: boolean
  readonly #openedAlone: boolean

  constructor(together: Together, windowBytes: number, newcomer: boolean, now: Millis) {
    this.#together = together
    this.#windowBytes = windowBytes
    this.#newcomer = newcomer
    this.#openedAlone = !newcomer
    this.#lastHandedAt = now
  }

  /** Takes the bare path to be that of another lane to the same peer, where that knows it. */
  learnFrom(other: DelayWindow): void {
    if (other.#newcomer || other.#roundTrip.least === Infinity) return
    this.#oneWay.saw(other.#oneWay.least)
    this.#roundTrip.saw(other.#roundTrip.least)
    this.#newcomer = false
  }

  get baseRoundTripMs(): Millis | null {
    return this.#roundTrip.least === Infinity ? null : this.#roundTrip.least
  }

  get messageMaxBytes(): number {
    if (this.#lastNow < this.#drainUntil)
      return clamp(this.#drainBytes / 2, limits.drainMessageMinBytes, limits.laneMessageMinBytes)
    if (this.#rates.length === 0) return limits.laneMessageFirstBytes
    return Math.round(
      clamp(
        (this.rate * limits.laneMessageMs) / 1000,
        limits.laneMessageMinBytes,
        limits.laneMessageMaxBytes,
      ),
    )
  }

  #lastNow: Millis = -Infinity

  roomBytes(now: Millis): number {
    this.#lastNow = now
    this.#together.tick(now)
    const windowBytes =
      now < this.#drainUntil ? Math.min(this.#windowBytes, this.#drainBytes) : this.#windowBytes
    // Many lanes on a thin uplink have a message or two each on their way: one more than fits is a queue.
    if (this.inFlightBytes === 0) return Math.max(1, windowBytes)
    return windowBytes - this.inFlightBytes - this.messageMaxBytes + 1
  }

  handedOver(lengthBytes: number, now: Millis): void {
    if (this.inFlightBytes === 0 && now - this.#lastHandedAt > limits.windowIdleMs) this.#afterPause()
    this.#lastHandedAt = now
    this.inFlightBytes += lengthBytes
  }

  echoed(echo: Echo, now: Millis): void {
    this.#lastNow = now
    if (this.inFlightBytes + this.messageMaxBytes > this.#windowBytes) this.#roundFilled = true
    this.inFlightBytes -= echo.arrivedBytes
    this.#bufferedBytes = echo.bufferedBytes
    this.#learnDelay(echo, now)
    this.#heardAt = now
    if (this.#doubling) this.#double(echo)
    if (this.#roundFrom === null) this.#beginRound(now)
    else {
      this.#roundBytes += echo.arrivedBytes
      if (this.#isRoundOver(now, this.#roundFrom)) this.#endRound(now)
    }
    this.#together.tick(now)
  }

  /** A round trip with its queue, so that what the last round changed shows; and long enough that a message more or less does not tell another rate. */
  #isRoundOver(now: Millis, from: Millis): boolean {
    const spanMs = now - from
    const roundTripMs = this.#roundTrip.least + Math.min(this.#lastGrowth, 2 * this.#targetMs)
    if (spanMs < Math.max(limits.windowRoundMinMs, roundTripMs)) return false
    return this.#roundBytes >= 4 * this.messageMaxBytes || spanMs >= limits.windowRoundMaxMs
  }

  get #lastGrowth(): Millis {
    return this.#lastGrowthMs === Infinity ? 0 : this.#lastGrowthMs
  }

  close(): void {
    this.inFlightBytes = 0
    this.#together.left(this)
  }

  /** The second best of the last rounds: the best is chance. */
  get rate(): number {
    const falling = this.#rates.toSorted((one, other) => other - one)
    return falling[1] ?? falling[0] ?? 0
  }

  /** What this lane's bytes wait in the network, beyond what they waited in its own channel. */
  get queueMs(): Millis {
    if (this.#newcomer || this.#lastGrowthMs === Infinity) return 0
    // What SCTP holds back cannot stand in a queue.
    if (this.isHeldBySctp(this.#bufferedBytes)) return 0
    return Math.max(0, this.#lastGrowthMs - this.#heldMs(this.#bufferedBytes))
  }

  /** How long so much in its own channel waits there. */
  #heldMs(bufferedBytes: number): Millis {
    return this.rate > 0 ? (bufferedBytes / this.rate) * 1000 : 0
  }

  isHeldBySctp(bufferedBytes: number): boolean {
    if (bufferedBytes < this.messageMaxBytes) return false
    if (this.rate === 0 || this.#newcomer || this.#lastGrowthMs === Infinity) return true
    const heldMs = this.#heldMs(bufferedBytes)
    return heldMs > this.#lastGrowthMs - heldMs
  }

  isActive(now: Millis): boolean {
    return this.#heardAt !== null && now - this.#heardAt < limits.laneActiveMs
  }

  /** All lanes let the queue run empty, which keeps the uplink busy meanwhile, and then see the bare path. */
  drain(now: Millis): void {
    const roundTripMs = this.baseRoundTripMs ?? 0
    this.#drainUntil = now + Math.min(this.#lastGrowth, 3 * this.#targetMs) + roundTripMs + limits.drainMs
    this.#listenUntil = this.#drainUntil + roundTripMs + limits.drainMs
    this.#steadyFrom = this.#listenUntil + 2 * roundTripMs + limits.windowRoundMinMs
    this.#drainLeastMs = Infinity
    this.#drainLeastRoundTripMs = Infinity
  }

  get #drainBytes(): number {
    const bare = (this.rate * this.#roundTrip.least) / 1000
    return Math.max(limits.drainMessageMinBytes, limits.drainFraction * bare)
  }

  get #targetMs(): Millis {
    // Of all lanes: with targets of their own, the slow one of two would leave the queue to the fast one.
    const rate = this.#together.totalRate(this.#lastNow)
    const fast = clamp((rate - limits.uplinkRateBytesPerSecond) / limits.uplinkRateBytesPerSecond, 0, 1)
    return limits.queueTargetMs + fast * (limits.queueTargetFastMs - limits.queueTargetMs)
  }

  /** What a sample waited above the bare path, which a first message has told, and the time that larger ones take to leave. */
  #growthMs(oneWayMs: Millis): Millis {
    const rate = this.#together.totalRate(this.#lastNow)
    const ownMs =
      rate > 0 ? (Math.max(0, this.messageMaxBytes - limits.laneMessageFirstBytes) / rate) * 1000 : 0
    return Math.max(0, oneWayMs - this.#oneWay.least - ownMs)
  }

  #learnDelay({ oneWayMs, roundTripMs }: Echo, now: Millis): void {
    const known = this.#together.queueMs(this, now)
    if (this.#newcomer && this.#heardAt === null) this.#together.wantsDrain(now)
    const creditMs = this.#newcomer ? Math.min(known, roundTripMs / 2) : 0
    this.#oneWay.saw(oneWayMs - creditMs)
    this.#roundTrip.saw(roundTripMs - Math.max(0, oneWayMs - this.#oneWay.least))
    this.#recent.push({ at: now, oneWayMs })
    while (this.#recent.length > samplesKept || now - (this.#recent[0]?.at ?? now) > samplesKeptMs)
      this.#recent.shift()
    this.#roundLeastMs = Math.min(this.#roundLeastMs, oneWayMs)
    if (this.#listenUntil === -Infinity) return
    if (now > this.#listenUntil) return this.#endDrain()
    this.#drainLeastMs = Math.min(this.#drainLeastMs, oneWayMs)
    this.#drainLeastRoundTripMs = Math.min(this.#drainLeastRoundTripMs, roundTripMs)
  }

  #endDrain(): void {
    this.#listenUntil = -Infinity
    if (this.#drainLeastMs === Infinity) return
    const elsewhere = this.#drainLeastMs - this.#oneWay.least > limits.queueTargetMs
    if (this.#newcomer || elsewhere) {
      this.#oneWay.startOver(this.#drainLeastMs)
      this.#roundTrip.startOver(this.#drainLeastRoundTripMs)
      this.#newcomer = false
      if (elsewhere) this.#doubling = true
    } else {
      this.#oneWay.endPeriod()
      this.#roundTrip.endPeriod()
    }
    this.#late = 0
  }

  #double(echo: Echo): void {
    const growthMs = this.#growthMs(Math.min(...this.#recent.map(({ oneWayMs }) => oneWayMs)))
    if (growthMs < this.#doublingGrowthMs && this.#roundFilled)
      this.#grow(this.#windowBytes + echo.arrivedBytes)
  }

  /** Beside others a queue is there that is theirs too. */
  get #doublingGrowthMs(): Millis {
    return this.#openedAlone ? limits.doublingGrowthMs : this.#targetMs
  }

  #grow(toBytes: number): void {
    // SCTP sends twice as much a round trip later at the most: what it is given beyond waits in its buffer, and then floods the path.
    if (this.#bufferedBytes > this.inFlightBytes / 2) return
    this.#windowBytes = Math.min(limits.windowMaxBytes, toBytes)
  }

  #beginRound(now: Millis): void {
    this.#roundFrom = now
    this.#roundBytes = 0
    this.#roundLeastMs = Infinity
    this.#roundFilled = false
  }

  #endRound(now: Millis): void {
    const rate = (this.#roundBytes / (now - (this.#roundFrom ?? now))) * 1000
    if (this.#roundFilled || rate > this.rate) {
      this.#rates.push(rate)
      if (this.#rates.length > ratesKept) this.#rates.shift()
    }
    const growthMs = this.#growthMs(this.#roundLeastMs)
    if (growthMs >= this.#doublingGrowthMs) this.#doubling = false
    const lastGrowthMs = this.#lastGrowthMs
    this.#lastGrowthMs = growthMs
    if (!this.#doubling && now > this.#steadyFrom) this.#follow(Math.min(growthMs, lastGrowthMs), now)
    if (growthMs < this.#targetMs / 4 && this.#roundTrip.least < this.#targetMs) this.#doubling = true
    this.#beginRound(now)
  }

  get windowBytes(): number {
    return this.#windowBytes
  }

  /** Whether what presses this window is no queue of this tab's. */
  #isNotOurs(growthMs: Millis, now: Millis): boolean {
    if (growthMs <= this.#targetMs / 2 || growthMs > limits.pressedGrowthMaxMs || this.#newcomer) {
      this.#pressure.end()
      return false
    }
    return this.#pressure.isNotOurs({
      windowBytes: this.#together.totalWindowBytes(now),
      bytesPerSecond: this.#together.totalRate(now),
      growthMs,
    })
  }

  #takeForPath(growthMs: Millis): void {
    this.#oneWay.startOver(this.#oneWay.least + growthMs)
    // The way back may have become longer too: where it has not, the next sample says so.
    this.#roundTrip.startOver(this.#roundTrip.least + 2 * growthMs)
    this.#pressure.end()
    this.#late = 0
    this.#grow(Math.min(2 * this.#windowBytes, this.#windowBytes + (this.rate * 2 * growthMs) / 1000))
  }

  #follow(growthMs: Millis, now: Millis): void {
    if (this.#isNotOurs(growthMs, now)) return this.#takeForPath(this.#lastGrowthMs)
    const target = this.#targetMs
    const bareMs = this.#roundTrip.least
    const mostMs = target * clamp(5 - (4 * growthMs) / target, 1, 3)
    const roomMs = Math.max(0, bareMs - target) * clamp(1 - (2 * growthMs) / target, 0, 1)
    const shareBytes =
      Math.min(this.#together.typicalRate(now) * target, this.rate * mostMs) / 1000 +
      (this.rate * roomMs) / 1000
    const held = (this.#windowBytes * bareMs) / (bareMs + growthMs) + shareBytes
    const next = clamp((this.#windowBytes + held) / 2, this.#windowBytes / 2, this.#windowBytes * 2)
    const least = this.messageMaxBytes
    if (next < this.#windowBytes) this.#windowBytes = Math.max(least, next)
    else if (this.#roundFilled) this.#grow(Math.max(least, next))
    this.#late = growthMs > 2 * target ? this.#late + 1 : 0
    if (this.#late >= 4) this.#together.wantsDrain(now)
  }

  /** The path may have changed meanwhile: it is tried anew, from half of what it held. */
  #afterPause(): void {
    this.#windowBytes = Math.max(limits.windowFirstBytes, this.#windowBytes / 2)
    this.#doubling = true
    this.#roundFrom = null
    this.#lastGrowthMs = Infinity
  }
}
