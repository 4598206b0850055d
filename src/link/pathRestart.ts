import { limits } from '../shared/limits.ts'
import { fingerprintOf } from './fingerprints.ts'
import type { RestartWords } from './restartWords.ts'

export interface PathRestartParts {
  /** Open, and proven. */
  readonly connection: RTCPeerConnection
  /** The side that offered the connection makes the offers here too. */
  readonly initiator: boolean
  /** Hands the other side words, by whatever way signals go. */
  readonly say: (words: RestartWords) => void
  /** The other side said what no honest one does, or the browser refused it. */
  readonly failed: (detail: string) => void
}

/**
 * Finds another path for an open connection, which stays what it is: the same certificates on both sides, so the proof that was given
 * when it opened holds on. A description that names another certificate would be another connection, and ends this one.
 */
export class PathRestart {
  readonly #parts: PathRestartParts
  /** Of the last offer made here, or answered: what is older is a repeat, or a recording. */
  #round = 0
  #isAnswered = true
  #begunAt = -Infinity

  constructor(parts: PathRestartParts) {
    this.#parts = parts
  }

  /** Whether there was one: the candidates of the beginning count no more. */
  get isBegun(): boolean {
    return this.#round > 0
  }

  begin(): void {
    if (!this.#parts.initiator) return this.#parts.say({ type: 'restartWanted' })
    if (performance.now() - this.#begunAt < limits.restartSpacingMs) return
    this.#begunAt = performance.now()
    this.#isAnswered = false
    this.#whenDone(this.#offer(++this.#round))
  }

  heard(words: RestartWords): void {
    const { initiator, failed } = this.#parts
    if (initiator === (words.type === 'restartOffer')) return failed(`${words.type} from the wrong side`)
    if (words.type === 'restartWanted') return this.begin()
    if (!this.#isOfThisConnection(words.sdp)) return failed('a restart under another certificate')
    if (words.type === 'restartOffer') {
      if (words.round <= this.#round) return
      this.#round = words.round
      return this.#whenDone(this.#answer(words.round, words.sdp))
    }
    if (words.round !== this.#round || this.#isAnswered) return
    this.#isAnswered = true
    this.#whenDone(this.#parts.connection.setRemoteDescription({ type: 'answer', sdp: words.sdp }))
  }

  #isOfThisConnection(sdp: string): boolean {
    const proven = fingerprintOf(this.#parts.connection.remoteDescription?.sdp ?? '')
    return proven !== null && fingerprintOf(sdp) === proven
  }

  async #offer(round: number): Promise<void> {
    const { connection } = this.#parts
    connection.restartIce()
    await this.#sayDescription('restartOffer', round)
  }

  async #answer(round: number, sdp: string): Promise<void> {
    const { connection } = this.#parts
    await connection.setRemoteDescription({ type: 'offer', sdp })
    await this.#sayDescription('restartAnswer', round)
  }

  async #sayDescription(type: 'restartOffer' | 'restartAnswer', round: number): Promise<void> {
    const { connection, say } = this.#parts
    const sdp = await describeWhole(connection)
    if (round === this.#round) say({ type, round, sdp })
  }

  #whenDone(work: Promise<void>): void {
    work.catch((error: unknown) => {
      // What is closed meanwhile has told so itself.
      if (this.#parts.connection.signalingState !== 'closed') this.#parts.failed(String(error))
    })
  }
}

/**
 * Sets our description and waits until its candidates are known; a server that does not answer is not waited for long. The gathering
 * state is no help: for a moment it is still `complete`, of the path before.
 */
export async function describeWhole(connection: RTCPeerConnection): Promise<string> {
  const gathered = new Promise<void>((resolve) => {
    const deadline = setTimeout(resolve, limits.restartGatherMs)
    connection.addEventListener('icecandidate', function look({ candidate }) {
      if (candidate !== null) return
      clearTimeout(deadline)
      connection.removeEventListener('icecandidate', look)
      resolve()
    })
  })
  await connection.setLocalDescription()
  await gathered
  return connection.localDescription?.sdp ?? ''
}
