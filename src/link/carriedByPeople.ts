import { limits } from '../shared/limits.ts'
import { isCandidateLine, linesOf } from './candidates.ts'
import { gathered } from './describeWhole.ts'

/**
 * A connection whose two descriptions people carry, which takes them minutes: each leaves once, with its candidates in it, and that
 * nobody is found for a while is not the end. Browsers give a side that does not answer up after 11 s (Firefox, for good) or 16 s
 * (Chromium, until it is reached itself): given its candidates again under another foundation before that, both look on, and are found
 * after ten minutes (tried in Chromium 156 and Firefox ESR). With both sides looking, networks that let in only what answers do.
 */
export class CarriedByPeople {
  readonly #connection: RTCPeerConnection
  readonly #isGathered: Promise<void>
  readonly #theirs: () => string | null
  readonly #failed: (error: unknown) => void
  readonly #timer: ReturnType<typeof setInterval>
  #round = 0
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
    this.#timer = setInterval(() => this.#lookAgain(), limits.handAgainMs)
  }

  /** Our description, once it is made, with the candidates in it. */
  async whole(): Promise<string> {
    await this.#isGathered
    return this.#connection.localDescription?.sdp ?? ''
  }

  /** The connection is open, or closed: from now on that it fails is the end. */
  over(): void {
    this.#isOver = true
    clearInterval(this.#timer)
  }

  /** What simple-peer listens with is kept from it while it would give up. */
  #keepFromFailing(name: 'oniceconnectionstatechange' | 'onconnectionstatechange'): void {
    const connection = this.#connection
    const told = connection[name]
    connection[name] = (event) => {
      if (this.#isOver || !hasFailed(connection)) told?.call(connection, event)
    }
  }

  #lookAgain(): void {
    const theirs = linesOf(this.#theirs() ?? '').filter(isCandidateLine)
    this.#round++
    for (const line of theirs) {
      const candidate = line.replace(/^a=candidate:\S+/, `candidate:again${this.#round}`)
      this.#connection.addIceCandidate({ candidate, sdpMLineIndex: 0 }).catch(this.#failed)
    }
  }
}

const hasFailed = ({ iceConnectionState, connectionState }: RTCPeerConnection): boolean =>
  iceConnectionState === 'failed' || connectionState === 'failed'
