import type { Bytes } from '../shared/bytes.ts'
import type { Millis } from '../shared/ids.ts'
import type { BulkChannel } from './bulkChannel.ts'
import type { Uplink } from './uplink.ts'

/** What happens on the bulk part of a link, told to the one listener it was made with. After `failed` nothing follows. */
export interface BulkListener {
  /** Our channel of lane 0 is open and listens: the other side may be told so, and then may send. */
  listening(): void
  /** A whole message: those of `send` in the order sent, those of `sendBlock` as they come. The bytes belong to the receiver. */
  messageArrived(bytes: Bytes): void
  /** The other side has the block; or its lane died under it, and it has to be given again. Ids are those of `sendBlock`. */
  blockArrived(id: number): void
  blockLost(id: number): void
  /** `roomBytes` is above 0 again, or has grown. In batches: once a task at most. */
  roomGrew(): void
  /** What waits on lane 0 is above, or again below, what a link may hold of messages (`limits.linkBacklogMaxBytes`). */
  backlogChanged(isFull: boolean): void
  /** A further connection to the peer would carry more; or this one adds nothing. */
  wantsLane(): void
  dropsLane(lane: number): void
  /** Lane 0 is gone, or the other side sends what no honest one sends. */
  failed(detail: string): void
}

export interface BulkLinkOptions {
  readonly uplink: Uplink
  /** Milliseconds, never going back. */
  readonly now: () => Millis
  /** Calls back once after so long, unless cancelled by the function it returns. */
  readonly after: (waitMs: Millis, then: () => void) => () => void
  readonly listener: BulkListener
}

/** Room that a block needs before its bytes, so that it is sent from where it was read. */
export const blockHeadroomBytes = 64

/** The bulk part of one logical connection to one peer: ordered messages, and blocks over one or more lanes. */
export interface BulkLink {
  /** Lane 0 is the link's first connection; its channel comes first. */
  addLane(lane: number, channel: BulkChannel): void
  /** The lane's connection is gone. */
  removeLane(lane: number): void
  /** The other side listens on lane 0, and takes messages of so many bytes at once. Before, nothing is sent. */
  start(messageMaxBytes: number): void
  /** Sends an ordered message; it goes before blocks that wait. */
  send(bytes: Bytes): void
  /**
   * Sends a block's message, which begins `blockHeadroomBytes` or more inside its buffer; the bytes before it are written over, and
   * the buffer is the link's from now on. Call it while `roomBytes` is above 0.
   */
  sendBlock(id: number, bytes: Bytes): void
  /** How many more bytes of blocks the lanes take now; a block may exceed it. 0 and less: none, wait for `roomGrew`. */
  readonly roomBytes: number
  /** Null until known. */
  readonly baseRoundTripMs: Millis | null
  readonly bytesPerSecond: number
  readonly laneCount: number
  close(): void
}
