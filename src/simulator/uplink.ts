import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Events } from '../shared/events.ts'

/** The queue in the network that the windows of all links together keep in front of an uplink. */
export const queueTargetMs = 40
/** A message leaves in parts that take so long, as on a real lane. */
const partMs = limits.laneMessageMs
/** Of a packet, what a channel carries. */
export const packetBytes = 1163

/** Something that a link sends. `left`: the moment at which its last byte leaves. */
interface Outgoing {
  leftBytes: number
  readonly left: (at: Millis) => void
}

/** One side's end of a link: what it has been given, and what of that is on its way. What was sent on one that is gone does not arrive. */
export class LinkEnd {
  readonly messages: Outgoing[] = []
  readonly blocks: Outgoing[] = []
  /** Given to it as blocks and not yet echoed. */
  outstandingBytes = 0
  /** Of those, what has not been handed to the network. */
  waitingBytes = 0

  get isWaiting(): boolean {
    return this.messages.length > 0 || this.blocks.length > 0
  }
}

/**
 * A host's way into the network. Links take turns to hand over parts of what they were given, messages before blocks, while the queue in
 * front of the uplink is shorter than their windows want; from there all leaves first in, first out.
 */
export class Uplink {
  readonly bytesPerMs: number
  readonly #events: Events
  readonly #waiting: LinkEnd[] = []
  #freeAt: Millis = 0
  /** Bytes that have left or wait in front of it, and the longest that anything waited. */
  sentBytes = 0
  longestQueueMs: Millis = 0
  #isPlanned = false

  constructor(bytesPerMs: number, events: Events) {
    this.bytesPerMs = bytesPerMs
    this.#events = events
  }

  /** How long what is handed over now waits before it begins to leave. */
  get queueMs(): Millis {
    return Math.max(0, this.#freeAt - this.#events.now)
  }

  send(end: LinkEnd, lengthBytes: number, isBlock: boolean, left: Outgoing['left']): void {
    if (!end.isWaiting) this.#waiting.push(end)
    const outgoing = { leftBytes: lengthBytes, left }
    if (isBlock) {
      end.blocks.push(outgoing)
      end.outstandingBytes += lengthBytes
      end.waitingBytes += lengthBytes
    } else end.messages.push(outgoing)
    this.#pump()
  }

  /** Takes up the uplink without waiting for a turn: an acknowledgement. */
  take(lengthBytes: number): Millis {
    this.sentBytes += lengthBytes
    this.longestQueueMs = Math.max(this.longestQueueMs, this.queueMs)
    this.#freeAt = Math.max(this.#events.now, this.#freeAt) + lengthBytes / this.bytesPerMs
    return this.#freeAt
  }

  /** The link is gone, and what it held with it. */
  forget(end: LinkEnd): void {
    const at = this.#waiting.indexOf(end)
    if (at >= 0) this.#waiting.splice(at, 1)
    end.messages.length = 0
    end.blocks.length = 0
  }

  /**
   * How many bytes of blocks the link takes, `linksInUse` sharing the uplink: its share of the way and of the queue. Under loss no more than
   * what as many lanes as a link may have let out (Mathis, Semke, Mahdavi, Ott, 1997).
   */
  linkRoomBytes(end: LinkEnd, roundTripMs: Millis, linksInUse: number, lossRatio: number): number {
    const shareBytes = (this.bytesPerMs * (roundTripMs + queueTargetMs)) / Math.max(1, linksInUse)
    const windowBytes = Math.max(limits.laneMessageMinBytes, shareBytes)
    const byLossBytes =
      lossRatio > 0 ? (limits.lanesMax * 1.22 * packetBytes) / Math.sqrt(lossRatio) : Infinity
    return Math.min(windowBytes, byLossBytes, limits.windowMaxBytes) - end.outstandingBytes
  }

  #pump(): void {
    while (this.queueMs < queueTargetMs) {
      const end = this.#waiting.shift()
      if (!end) return
      this.#handOver(end)
      if (end.isWaiting) this.#waiting.push(end)
    }
    if (this.#isPlanned || this.#waiting.length === 0) return
    this.#isPlanned = true
    // Not the very moment: what is a rounding error short of it would be planned again and again.
    this.#events.after(this.queueMs - queueTargetMs + 0.01, () => {
      this.#isPlanned = false
      this.#pump()
    })
  }

  #handOver(end: LinkEnd): void {
    const isMessage = end.messages.length > 0
    const queue = isMessage ? end.messages : end.blocks
    const outgoing = queue[0]
    if (!outgoing) return
    const wantedBytes = (this.bytesPerMs * partMs) / (this.#waiting.length + 1)
    const partBytes = Math.min(
      outgoing.leftBytes,
      Math.max(limits.laneMessageMinBytes, Math.min(limits.laneMessageMaxBytes, wantedBytes)),
    )
    outgoing.leftBytes -= partBytes
    if (!isMessage) end.waitingBytes -= partBytes
    const leftAt = this.take(partBytes)
    if (outgoing.leftBytes > 0) return
    queue.shift()
    outgoing.left(leftAt)
  }
}
