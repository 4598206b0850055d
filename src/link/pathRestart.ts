import { limits } from '../shared/limits.ts'
import { describeWhole } from './describeWhole.ts'
import { fingerprintOf } from './fingerprints.ts'
import { messageMaxIn } from './messageParts.ts'
import type { RestartWords } from './restartWords.ts'

export interface PathRestartParts {
  /** Open, and proven. */
  readonly connection: RTCPeerConnection
  /** The side that offered the connection makes the offers here too. */
  readonly initiator: boolean
  /** The other side's description with which the connection opened. */
  readonly theirs: string
  /** The ways it may go by now, asked before each description; null where it may go by none, and was ended. */
  readonly ways: () => RTCConfiguration | null
  /** Hands the other side words, by whatever way signals go. */
  readonly say: (words: RestartWords) => void
  /** The other side said what no honest one does, or the browser refused it. */
  readonly failed: (why: unknown) => void
}

/**
 * Finds another path for an open connection, which stays what it is: the same certificates on both sides, so the proof that was given
 * when it opened holds on. A description that names another certificate would be another connection, and ends this one.
 */
export class PathRestart {
  readonly #parts: PathRestartParts
  /** Of the last offer made here, or answered: what is older is a repeat, or a recording. */
  #round = 0
  #state: 'gathering' | 'offered' | 'settled' = 'settled'
  #begunAt = -Infinity
  #beginLater: ReturnType<typeof setTimeout> | null = null
  /** A browser would mix the descriptions of two rounds. */
  #work: Promise<void> = Promise.resolve()

  constructor(parts: PathRestartParts) {
    this.#parts = parts
  }

  /** Whether there was one: the candidates of the beginning count no more. */
  get isBegun(): boolean {
    return this.#round > 0
  }

  begin(): void {
    if (!this.#parts.initiator) return this.#say({ type: 'restartWanted' })
    const waitMs = this.#begunAt + limits.restartSpacingMs - performance.now()
    if (waitMs > 0) return this.#beginAfter(waitMs)
    this.#begunAt = performance.now()
    this.#state = 'gathering'
    const round = ++this.#round
    this.#inTurn(round, (ways) => this.#offer(round, ways))
  }

  heard(words: RestartWords): void {
    const { initiator, failed } = this.#parts
    if (initiator === (words.type === 'restartOffer')) return failed(`${words.type} from the wrong side`)
    if (words.type === 'restartWanted') return this.#wanted()
    if (!this.#isOfThisConnection(words.sdp)) return failed('a restart under another certificate')
    if (messageMaxIn(words.sdp) !== messageMaxIn(this.#parts.theirs)) {
      return failed('a restart that takes messages of another size')
    }
    const { round, sdp } = words
    if (words.type === 'restartOffer') {
      if (round <= this.#round) return
      this.#round = round
      return this.#inTurn(round, (ways) => this.#answer(round, sdp, ways))
    }
    if (round !== this.#round || this.#state !== 'offered') return
    this.#state = 'settled'
    this.#inTurn(round, () => this.#parts.connection.setRemoteDescription({ type: 'answer', sdp }))
  }

  /** Nothing is begun any more. */
  close(): void {
    if (this.#beginLater !== null) clearTimeout(this.#beginLater)
  }

  /** An offer that is still to be said answers it. */
  #wanted(): void {
    if (this.#state !== 'gathering') this.begin()
  }

  /** What was said may have reached nobody; where it is answered by then, another round would undo it. */
  #beginAfter(waitMs: number): void {
    this.#beginLater ??= setTimeout(() => {
      this.#beginLater = null
      if (this.#state !== 'settled') this.begin()
    }, waitMs)
  }

  #isOfThisConnection(sdp: string): boolean {
    const proven = fingerprintOf(this.#parts.connection.remoteDescription?.sdp ?? '')
    return proven !== null && fingerprintOf(sdp) === proven
  }

  async #offer(round: number, ways: RTCConfiguration): Promise<void> {
    const { connection } = this.#parts
    connection.setConfiguration(ways)
    connection.restartIce()
    const sdp = await describeWhole(connection, ways.iceTransportPolicy)
    if (round !== this.#round) return
    this.#state = 'offered'
    this.#say({ type: 'restartOffer', round, sdp })
  }

  async #answer(round: number, theirs: string, ways: RTCConfiguration): Promise<void> {
    const { connection } = this.#parts
    connection.setConfiguration(ways)
    await connection.setRemoteDescription({ type: 'offer', sdp: theirs })
    const sdp = await describeWhole(connection, ways.iceTransportPolicy)
    if (round === this.#round) this.#say({ type: 'restartAnswer', round, sdp })
  }

  /** Gathering takes time: what was allowed when that began may be so no more. */
  #say(words: RestartWords): void {
    const { ways, say } = this.#parts
    if (ways() !== null) say(words)
  }

  #inTurn(round: number, work: (ways: RTCConfiguration) => Promise<void>): void {
    const { connection, ways, failed } = this.#parts
    this.#work = this.#work
      .then(async () => {
        const allowed = round === this.#round ? ways() : null
        if (allowed !== null) await work(allowed)
      })
      .catch((error: unknown) => {
        // What is closed meanwhile has told so itself.
        if (connection.signalingState !== 'closed') failed(error)
      })
  }
}
