import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'

/** How a link does at the moment of an echo. */
export interface LinkPulse {
  /** Lanes on which blocks may go. */
  readonly lanes: readonly number[]
  /** Those of other links that are in use: several links fill an uplink as several lanes do. */
  readonly lanesBeside: number
  /** Bytes that have arrived at the other side over all lanes, ever. */
  readonly arrivedBytes: number
  /** Null until known. */
  readonly baseRoundTripMs: Millis | null
  /** The lane that was echoed has more in its channel than SCTP may send: loss or the round trip limits it, not the window. */
  readonly isSctpLimited: boolean
  /** Something waits, or there is no room for more. */
  readonly isBusy: boolean
}

export interface LaneAdvice {
  /** Further lanes to open. */
  readonly open: number
  /** Lanes to give up. */
  readonly drop: readonly number[]
}

/** What is counted from a moment on. */
interface Span {
  readonly from: Millis
  readonly fromBytes: number
  echoes: number
  limited: number
  busy: number
}

type State =
  | { readonly name: 'watching' }
  /** More lanes were asked for: they open, and their SCTP opens its window. */
  | { readonly name: 'opening' | 'settling'; readonly trial: Trial; readonly since: Millis }
  /** `measuredBytesPerSecond`: what the last measure has found, 0 before the first. */
  | Measuring

interface Measuring {
  readonly name: 'measuring'
  readonly trial: Trial
  readonly measuredBytesPerSecond: number
}

interface Trial {
  readonly lanesBefore: readonly number[]
  readonly lanesWanted: number
  readonly bytesPerSecondBefore: number
}

const nothing: LaneAdvice = { open: 0, drop: [] }

/**
 * Decides how many lanes a link should have. One lane carries 1.22 · MSS / (RTT · √p) at most (Mathis, Semke, Mahdavi, Ott, 1997), and
 * on a long way what SCTP lets out a round trip; that this is what limits shows in what waits in the channel. Then several times as
 * many lanes are tried, and as many kept as carry more. Where they do not, it is the uplink or the machine, and trying again soon is no use.
 */
export class LaneAdvisor {
  #state: State = { name: 'watching' }
  #span: Span | null = null
  /** What the last watch saw; null where it was the first with these lanes. */
  #watchedBytesPerSecond: number | null = null
  #retryAt: Millis = -Infinity
  #retryWaitMs: Millis = limits.lanesRetryMinMs
  /** What all lanes have carried at their best, lately. */
  #provenBytesPerSecond = 0
  /** The shortest ever: a busy machine makes each longer, but not all of them. */
  #leastRoundTripMs: Millis = Infinity

  /** To be called at each echo. */
  advise(pulse: LinkPulse, now: Millis): LaneAdvice {
    const span = (this.#span ??= newSpan(pulse, now))
    span.echoes++
    if (pulse.isSctpLimited) span.limited++
    if (pulse.isBusy) span.busy++
    this.#leastRoundTripMs = Math.min(this.#leastRoundTripMs, pulse.baseRoundTripMs ?? Infinity)
    switch (this.#state.name) {
      case 'watching':
        return this.#watch(pulse, span, now)
      case 'opening':
        if (
          pulse.lanes.length >= this.#state.trial.lanesWanted ||
          now - this.#state.since > limits.laneOpenMaxMs
        )
          this.#state = { name: 'settling', trial: this.#state.trial, since: now }
        return nothing
      case 'settling':
        if (now - this.#state.since < periodMs(pulse)) return nothing
        this.#state = { name: 'measuring', trial: this.#state.trial, measuredBytesPerSecond: 0 }
        this.#span = null
        return nothing
      case 'measuring':
        return this.#measure(this.#state, pulse, span, now)
    }
  }

  #watch(pulse: LinkPulse, span: Span, now: Millis): LaneAdvice {
    if (now - span.from < periodMs(pulse)) return nothing
    this.#span = null
    const bytesPerSecond = this.#learnRate(span, pulse, now)
    const before = this.#watchedBytesPerSecond
    this.#watchedBytesPerSecond = bytesPerSecond
    // While SCTP's own window opens, one lane is about to carry more.
    if (before === null || bytesPerSecond > limits.laneGrowthMin * before) return nothing
    const hasFallen = bytesPerSecond < limits.laneFallenPart * before
    return this.#tryMore(pulse, span, hasFallen ? bytesPerSecond : (before + bytesPerSecond) / 2, now)
  }

  #tryMore(pulse: LinkPulse, span: Span, bytesPerSecondBefore: number, now: Millis): LaneAdvice {
    const { lanes, lanesBeside } = pulse
    const isLimited = isSctpLimited(span)
    const isFar = this.#leastRoundTripMs >= limits.lanesRoundTripMinMs && this.#leastRoundTripMs < Infinity
    const open = Math.min(limits.lanesAtOnce * lanes.length, limits.lanesMax - lanes.length - lanesBeside)
    if (!isLimited || !isFar || open <= 0 || now < this.#mayTryAt(bytesPerSecondBefore)) return nothing
    const trial = { lanesBefore: [...lanes], lanesWanted: lanes.length + open, bytesPerSecondBefore }
    this.#state = { name: 'opening', trial, since: now }
    return { open, drop: [] }
  }

  #measure(
    { trial, measuredBytesPerSecond }: Measuring,
    pulse: LinkPulse,
    span: Span,
    now: Millis,
  ): LaneAdvice {
    if (now - span.from < Math.max(limits.laneMeasureMinMs, 2 * periodMs(pulse))) return nothing
    this.#span = null
    const added = pulse.lanes.filter((lane) => !trial.lanesBefore.includes(lane))
    const bytesPerSecond = this.#learnRate(span, pulse, now)
    // The new lanes open their windows, and who asks for blocks learns only from what comes that more can come.
    if (added.length > 0 && bytesPerSecond > limits.laneGrowthMin * measuredBytesPerSecond) {
      this.#state = { name: 'measuring', trial, measuredBytesPerSecond: bytesPerSecond }
      return nothing
    }
    this.#state = { name: 'watching' }
    this.#watchedBytesPerSecond = null
    // Where little was to be sent, nothing was tried.
    if (added.length > 0 && span.busy < span.echoes / 2) return nothing
    const gain = bytesPerSecond / trial.bytesPerSecondBefore
    if (added.length > 0 && gain >= limits.laneGainMin) {
      this.#retryWaitMs = limits.lanesRetryMinMs
      // Four lanes that carry twice what one did do no more than two would, unless SCTP still limits them: then they have yet to open
      // their windows, or lose packets one after the other.
      const enough = isSctpLimited(span) ? Infinity : Math.ceil(gain * trial.lanesBefore.length) + 1
      const drop = added.slice(Math.max(0, enough - trial.lanesBefore.length))
      if (drop.length === 0) return this.#tryMore(pulse, span, bytesPerSecond, now)
      this.#retryAt = now + this.#retryWaitMs
      return { open: 0, drop }
    }
    this.#retryAt = now + this.#retryWaitMs
    this.#retryWaitMs *= 2
    return { open: 0, drop: added }
  }

  /** Where the path has carried far more than now it was not what limited: a lane was tried before it lost its first packet, say. */
  #mayTryAt(bytesPerSecond: number): Millis {
    if (bytesPerSecond > limits.laneFallenPart * this.#provenBytesPerSecond) return this.#retryAt
    return this.#retryAt - (1 - limits.laneFallenRetryPart) * this.#retryWaitMs
  }

  /** What arrived in the span, bytes a second; kept in mind where it is the best lately. */
  #learnRate(span: Span, { arrivedBytes }: LinkPulse, now: Millis): number {
    const spanMs = Math.max(1, now - span.from)
    const bytesPerSecond = (1000 * (arrivedBytes - span.fromBytes)) / spanMs
    const provenBytesPerSecond = this.#provenBytesPerSecond * 0.5 ** (spanMs / limits.laneProvenHalfLifeMs)
    this.#provenBytesPerSecond = Math.max(provenBytesPerSecond, bytesPerSecond)
    return bytesPerSecond
  }
}

const isSctpLimited = ({ limited, echoes }: Span): boolean => limited > limits.laneLimitedPart * echoes

const newSpan = ({ arrivedBytes }: LinkPulse, now: Millis): Span => ({
  from: now,
  fromBytes: arrivedBytes,
  echoes: 0,
  limited: 0,
  busy: 0,
})

/** Long enough for several round trips, and for a lost packet to be sent again. */
const periodMs = ({ baseRoundTripMs }: LinkPulse): Millis =>
  Math.max(limits.laneWatchMinMs, limits.laneWatchRounds * (baseRoundTripMs ?? 0))
