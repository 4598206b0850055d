import { limits } from '../shared/limits.ts'
import { isCandidateLine, linesOf } from './candidates.ts'
import { gathered } from './describeWhole.ts'

/**
 * A connection whose two descriptions people carry, which takes them minutes: each leaves once, with its candidates in it, and that
 * nobody is found for a while is not the end. Browsers look for the other side for some 15 s from when they are told of it; after that
 * Chromium begins again when it is given candidates that look new, or is reached itself. Firefox goes on by itself. (Tried: Chromium
 * 156 and Firefox ESR, seven minutes.) With both sides looking, networks that let in only what answers them do.
 */
export class CarriedByPeople {
  readonly #connection: RTCPeerConnection
  readonly #isGathered: Promise<void>
  readonly #theirs: () => string | null
  readonly #failed: (error: unknown) => void
  #round = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #isOver = false

  /** `theirs`: the other side's description; null while there is none. `failed`: the browser does not take what it took before. */
  constructor(
    connection: RTCPeerConnection,
    policy: RTCIceTransportPolicy,
    theirs: () => string | null,
    failed: (error: unknown) => void,
  ) {
    this.#connection = connection
    this.#theirs = theirs
    this.#failed = failed
    this.#isGathered = gathered(connection, policy)
    this.#keepFromFailing('oniceconnectionstatechange')
    this.#keepFromFailing('onconnectionstatechange')
  }

  /** Our description, once it is made, with the candidates in it. */
  async whole(): Promise<string> {
    await this.#isGathered
    return this.#connection.localDescription?.sdp ?? ''
  }

  /** The connection is open, or closed: from now on that it fails is the end. */
  over(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }

  /** What simple-peer listens with is kept from it while it would give up. */
  #keepFromFailing(name: 'oniceconnectionstatechange' | 'onconnectionstatechange'): void {
    const connection = this.#connection
    const told = connection[name]
    connection[name] = (event) => {
      if (this.#isOver || !hasFailed(connection)) told?.call(connection, event)
      else this.#lookAgainLater()
    }
  }

  #lookAgainLater(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#lookAgain(), limits.handAgainMs)
  }

  #lookAgain(): void {
    this.#round++
    for (const line of linesOf(this.#theirs() ?? '').filter(isCandidateLine)) {
      const candidate = line.replace(/^a=candidate:\S+/, `candidate:${this.#round}0`)
      this.#connection.addIceCandidate({ candidate, sdpMLineIndex: 0 }).catch(this.#failed)
    }
  }
}

const hasFailed = ({ iceConnectionState, connectionState }: RTCPeerConnection): boolean =>
  iceConnectionState === 'failed' || connectionState === 'failed'
