import type { Millis } from '../../shared/ids.ts'
import { seededRandom } from '../../shared/random.ts'
import type { Uplink } from '../uplink.ts'
import { SctpSender } from './sctp.ts'
import { VirtualTime } from './virtualTime.ts'

/** An echo answers for so many messages, or after so long. */
const echoMessages = 2
const echoAfterMs = 20

/** A link that sends bytes one after the other, and drops what would wait longer than its queue is. */
export class DropTail {
  dropped = 0
  /** What each packet waited, with the moment it came. */
  readonly waits: { readonly at: Millis; readonly waitMs: Millis }[] = []
  #freeAt: Millis = 0

  readonly #time: VirtualTime
  bytesPerSecond: number
  readonly #queueMs: Millis

  constructor(time: VirtualTime, bytesPerSecond: number, queueMs: Millis) {
    this.#time = time
    this.bytesPerSecond = bytesPerSecond
    this.#queueMs = queueMs
  }

  carry(wireBytes: number, leave: () => void): void {
    const now = this.#time.now
    const waitMs = Math.max(0, this.#freeAt - now)
    if (waitMs > this.#queueMs) {
      this.dropped++
      return
    }
    this.waits.push({ at: now, waitMs })
    this.#freeAt = now + waitMs + (wireBytes / this.bytesPerSecond) * 1000
    this.#time.at(this.#freeAt, leave)
  }
}

export interface Path {
  /** The queues that its packets pass on their way to the other side. */
  readonly through: readonly DropTail[]
  /** Of the empty path, half of it each way. */
  roundTripMs: Millis
  /** Part of the packets that get lost by themselves, either way. */
  readonly loss?: number
  /** What the receiving page takes for a byte, and how often and how long it is busy with other things. */
  page?: { readonly bytesPerSecond: number; readonly busyPart?: number; readonly busyMs?: Millis }
  /** The other side's clock less ours at the start, and what it gains each second. */
  readonly clockMs?: Millis
  readonly driftMsPerSecond?: Millis
}

/** One lane that sends all it may to a peer of its own, and the peer that echoes. */
export class Flow {
  /** Bytes that have arrived, by the moment. */
  readonly arrivals: { readonly at: Millis; readonly bytes: number }[] = []
  readonly sctp: SctpSender
  sending = true
  #pageFreeAt: Millis = 0
  #echoBytes = 0
  #echoCount = 0
  #newest = { handedAt: 0, arrivedAt: 0 }
  readonly lane

  readonly #time: VirtualTime
  readonly path: Path
  readonly #random: () => number

  constructor(time: VirtualTime, uplink: Uplink, path: Path, random: () => number, beside: Flow | null) {
    this.#time = time
    this.path = path
    this.#random = random
    const { through, loss = 0 } = path
    this.sctp = new SctpSender(
      time,
      (wireBytes, arrive) => {
        const last = (): void => {
          if (random() >= loss) time.after(path.roundTripMs / 2, arrive)
        }
        through.reduceRight((after, queue) => () => queue.carry(wireBytes, after), last)()
      },
      (_wireBytes, arrive) => time.after(path.roundTripMs / 2, arrive),
    )
    this.lane = uplink.openLane(time.now, beside?.lane ?? null)
    this.send()
  }

  send(): void {
    while (this.sending && this.lane.roomBytes(this.#time.now) > 0) {
      const handedAt = this.#time.now
      const lengthBytes = this.lane.messageMaxBytes
      this.lane.handedOver(lengthBytes, handedAt)
      this.sctp.send(lengthBytes, () => this.#take(lengthBytes, handedAt))
    }
  }

  #take(lengthBytes: number, handedAt: Millis): void {
    const { page } = this.path
    if (!page) return this.#taken(lengthBytes, handedAt)
    const busyMs = this.#random() < (page.busyPart ?? 0) ? (page.busyMs ?? 0) * this.#random() : 0
    this.#pageFreeAt =
      Math.max(this.#time.now, this.#pageFreeAt) + busyMs + (lengthBytes / page.bytesPerSecond) * 1000
    this.#time.at(this.#pageFreeAt, () => this.#taken(lengthBytes, handedAt))
  }

  #taken(lengthBytes: number, handedAt: Millis): void {
    const arrivedAt = this.#time.now
    this.arrivals.push({ at: arrivedAt, bytes: lengthBytes })
    this.#newest = { handedAt, arrivedAt }
    this.#echoBytes += lengthBytes
    if (++this.#echoCount >= echoMessages) this.#echo()
    else
      this.#time.after(echoAfterMs, () => {
        if (this.#echoCount > 0 && this.#newest.arrivedAt === arrivedAt) this.#echo()
      })
  }

  #echo(): void {
    const { clockMs = 0, driftMsPerSecond = 0, roundTripMs } = this.path
    const { handedAt, arrivedAt } = this.#newest
    const heldMs = this.#time.now - arrivedAt
    const theirs = arrivedAt * (1 + driftMsPerSecond / 1000) + clockMs
    const arrivedBytes = this.#echoBytes
    this.#echoBytes = 0
    this.#echoCount = 0
    this.#time.after(roundTripMs / 2, () => {
      const now = this.#time.now
      const bufferedBytes = this.sctp.bufferedBytes
      this.lane.echoed(
        { arrivedBytes, roundTripMs: now - handedAt - heldMs, oneWayMs: theirs - handedAt, bufferedBytes },
        now,
      )
      this.send()
    })
  }

  /** Mean rate at which bytes arrived, a second. */
  rate(fromMs: Millis, untilMs: Millis): number {
    const bytes = this.arrivals.reduce(
      (sum, arrival) => (arrival.at > fromMs && arrival.at <= untilMs ? sum + arrival.bytes : sum),
      0,
    )
    return (bytes / (untilMs - fromMs)) * 1000
  }
}

/** Virtual time, one tab's uplink object, and flows through queues of the test's choice. */
export class World {
  readonly time = new VirtualTime()
  readonly #random: () => number

  readonly #uplink: Uplink

  constructor(uplink: Uplink, seed = 1) {
    this.#uplink = uplink
    const bits = seededRandom(seed)
    this.#random = () => bits() / 2 ** 32
  }

  queue(bytesPerSecond: number, queueMs: Millis = 200): DropTail {
    return new DropTail(this.time, bytesPerSecond, queueMs)
  }

  flow(path: Path, uplink = this.#uplink): Flow {
    return new Flow(this.time, uplink, path, this.#random, null)
  }

  /** Another lane to the peer that `first` sends to. */
  flowBeside(first: Flow): Flow {
    return new Flow(this.time, this.#uplink, first.path, this.#random, first)
  }

  run(untilMs: Millis): void {
    this.time.runUntil(untilMs)
  }
}

/** What packets that came between the moments waited: half of them less than the first figure, 95 of 100 less than the second. */
export function waits(
  queue: DropTail,
  fromMs: Millis,
  untilMs: Millis,
): { median: Millis; p95: Millis; most: Millis } {
  const sorted = queue.waits
    .filter(({ at }) => at >= fromMs && at < untilMs)
    .map(({ waitMs }) => waitMs)
    .toSorted((one, other) => one - other)
  const at = (part: number): Millis =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
  return { median: at(0.5), p95: at(0.95), most: at(1) }
}
