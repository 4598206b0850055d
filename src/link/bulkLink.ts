import type { Bytes } from '../shared/bytes.ts'
import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { Arrivals } from './arrivals.ts'
import type { BulkChannel } from './bulkChannel.ts'
import { listensFrame } from './frames.ts'
import { Lane, type LaneListener } from './lane.ts'
import { LaneAdvisor } from './laneAdvisor.ts'
import { PartJoiner } from './messageParts.ts'
import type { Uplink } from './uplink.ts'

/** What happens on the bulk part of a link, told to the one listener it was made with. After `failed` nothing follows. */
export interface BulkListener {
  /** Our channel of lane 0 is open and listens: the other side may be told so, and then may send. */
  listening(): void
  /** The other side listens on lane 0: it said so, or the first of it has come. Once. */
  started(): void
  /** A whole message: those of `send` in the order sent, those of `sendBlock` as they come. The bytes belong to the receiver. */
  messageArrived(bytes: Bytes): void
  /** A block is coming, in parts: told now and then (`limits.comingToldMs`), so that a thin link is not taken for a silent one. */
  blockComing(): void
  /** The other side has the block; or its lane died under it, and it has to be given again. Ids are those of `sendBlock`. */
  blockArrived(id: number): void
  blockLost(id: number): void
  /** `roomBytes` is above 0 again, or has grown. */
  roomGrew(): void
  /** What waits on lane 0 is above, or again well below, what a link may hold of messages (`limits.linkBacklogMaxBytes`). */
  backlogChanged(isFull: boolean): void
  /** A further connection to the peer would carry more; or this one adds nothing. */
  wantsLane(): void
  dropsLane(lane: number): void
  /** Lane 0 is gone, or the other side sends what no honest one sends. */
  failed(detail: string): void
}

export interface BulkTrafficOptions {
  readonly uplink: Uplink
  /** Milliseconds, never going back. */
  readonly now: () => Millis
  /** Calls back once after so long, unless cancelled by the function it returns. */
  readonly after: (waitMs: Millis, then: () => void) => () => void
}

/** Of a side that has not said what it takes: each browser takes at least this in one message. */
const messageMaxUntilToldBytes = limits.channelMessageMinBytes

/** The bulk parts of all links of a tab: they leave through one uplink, so an echo on one may make room on all. */
export class BulkTraffic {
  readonly options: BulkTrafficOptions
  readonly #links = new Set<BulkLink>()
  readonly #arrivals = new Arrivals()
  #cancelLook: (() => void) | null = null

  constructor(options: BulkTrafficOptions) {
    this.options = options
  }

  open(listener: BulkListener): BulkLink {
    const link = new BulkLink(this, listener)
    this.#links.add(link)
    return link
  }

  /** What has arrived at the other side of one of them. */
  arrived(lengthBytes: number): void {
    this.#arrivals.arrived(lengthBytes, this.options.now())
  }

  /** How many more bytes of blocks all links together should be given now; 0 and less for none. */
  get roomBytes(): number {
    let waitingBytes = 0
    for (const link of this.#links) waitingBytes += link.waitingBytes
    const aheadBytes = (this.#arrivals.bytesPerSecond * limits.uplinkAheadMs) / 1000
    return limits.uplinkAheadMinBytes + aheadBytes - waitingBytes
  }

  /** Lanes of the other links that are in use. */
  lanesBeside(link: BulkLink): number {
    const now = this.options.now()
    let count = 0
    for (const other of this.#links) if (other !== link && other.isInUse(now)) count += other.laneCount
    return count
  }

  /** There may be room where there was none. */
  look(): void {
    this.#cancelLook?.()
    this.#cancelLook = null
    for (const link of this.#links) link.look()
    // Room may come with time alone, and nothing on its way is nothing to wait for.
    if ([...this.#links].some((link) => link.isBlocked)) this.lookLater()
  }

  lookLater(): void {
    this.#cancelLook ??= this.options.after(limits.roomLookMs, () => {
      this.#cancelLook = null
      this.look()
    })
  }

  forget(link: BulkLink): void {
    this.#links.delete(link)
    if (this.#links.size > 0) return
    this.#cancelLook?.()
    this.#cancelLook = null
  }
}

/** The bulk part of one logical connection to one peer: ordered messages, and blocks over one or more lanes. */
export class BulkLink {
  readonly #traffic: BulkTraffic
  readonly #listener: BulkListener
  readonly #lanes = new Map<number, Lane>()
  /** Further lanes on which the other side listens, and which are not yet here or not yet proven. */
  readonly #listenedTo = new Set<number>()
  readonly #joiner = new PartJoiner(1)
  #messageMaxBytes = messageMaxUntilToldBytes
  #isStarted = false
  #isClosed = false
  #isBacklogged = false
  readonly #advisor = new LaneAdvisor()
  /** Over all lanes, ever. */
  #arrivedBytes = 0
  #comingToldAt: Millis = -Infinity
  /** What its listener last knew of the room. */
  #toldRoomBytes = 0
  #gaveAt: Millis = -Infinity

  constructor(traffic: BulkTraffic, listener: BulkListener) {
    this.#traffic = traffic
    this.#listener = listener
  }

  /** Takes the bulk channel of a lane. Lane 0 is the link's first connection; its channel comes first. */
  addLane(lane: number, channel: BulkChannel): void {
    if (this.#isClosed || this.#lanes.has(lane)) return
    const { uplink, now, after } = this.#traffic.options
    const window = uplink.openLane(now(), this.#lanes.get(0)?.window ?? null)
    this.#lanes.set(lane, new Lane({ lane, channel, window, now, after, listener: this.#laneListener }))
  }

  /** Nobody sits between on a further lane: the other side may use it. */
  laneProven(lane: number): void {
    this.#lanes.get(lane)?.proven()
    if (this.#listenedTo.delete(lane)) this.#otherListens(lane)
  }

  /** The lane's connection is gone: blocks on it go back to who gave them. */
  removeLane(lane: number): void {
    const gone = this.#lanes.get(lane)
    if (!gone || lane === 0) return
    this.#lanes.delete(lane)
    gone.close()
    for (const id of gone.unarrived()) this.#listener.blockLost(id)
    this.#traffic.look()
  }

  /** The other side listens on lane 0, and takes messages of so many bytes at once. Before, nothing is sent. */
  start(messageMaxBytes: number): void {
    this.#messageMaxBytes = messageMaxBytes
    for (const lane of this.#lanes.values()) if (lane.isStarted) lane.start(messageMaxBytes)
    this.#otherListens(0)
  }

  /** Sends an ordered message; it goes before blocks that wait. */
  send(bytes: Bytes): void {
    const lane = this.#lanes.get(0)
    if (!lane) return
    lane.send(bytes)
    this.#noteBacklog()
    if (lane.isWaiting) this.#traffic.lookLater()
  }

  /**
   * Sends a block's message, which begins `blockHeadroomBytes` or more inside its buffer; the bytes before it are written over, and
   * the buffer is the link's until the block has arrived or is lost. Call it while `roomBytes` is above 0.
   */
  sendBlock(id: number, bytes: Bytes): void {
    const now = this.#traffic.options.now()
    const lane = this.#laneForBlock(now)
    if (!lane) return this.#listener.blockLost(id)
    this.#gaveAt = now
    lane.sendBlock(id, bytes)
    this.#toldRoomBytes = this.roomBytes
    if (this.isBlocked) this.#traffic.lookLater()
  }

  /** Of those with room the one that is through soonest: a new lane is tried before more stands in the channel of an old one. */
  #laneForBlock(now: Millis): Lane | null {
    const started = [...this.#lanes.values()].filter(({ isStarted }) => isStarted)
    const roomy = started.filter((lane) => lane.roomBytes(now) > 0)
    const [first, ...others] = roomy.length > 0 ? roomy : started
    if (!first) return null
    return others.reduce((best, lane) => (lane.throughMs < best.throughMs ? lane : best), first)
  }

  /** How many more bytes of blocks the lanes take now; a block may exceed it. 0 for none: wait for `roomGrew`. */
  get roomBytes(): number {
    const now = this.#traffic.options.now()
    let sumBytes = 0
    for (const lane of this.#lanes.values()) sumBytes += Math.max(0, lane.roomBytes(now))
    return sumBytes
  }

  /** The least round trip seen lately on any lane; null until known. */
  get baseRoundTripMs(): Millis | null {
    const known = [...this.#lanes.values()].flatMap(({ window }) => window.baseRoundTripMs ?? [])
    return known.length === 0 ? null : Math.min(...known)
  }

  /** Given to its lanes, and not yet known to have arrived. */
  get outstandingBytes(): number {
    let sumBytes = 0
    for (const lane of this.#lanes.values()) sumBytes += lane.outstandingBytes
    return sumBytes
  }

  /** Of those, what waits for room in a window. */
  get waitingBytes(): number {
    let sumBytes = 0
    for (const lane of this.#lanes.values()) sumBytes += lane.waitingBytes
    return sumBytes
  }

  get laneCount(): number {
    return this.#lanes.size
  }

  /** Whether something is on its way, or it was given blocks lately. */
  isInUse(now: Millis): boolean {
    return this.outstandingBytes > 0 || now - this.#gaveAt < limits.linkInUseMs
  }

  /** Nothing goes out now though something should, or there is no room for more: only an echo or time can change that. */
  get isBlocked(): boolean {
    if (!this.#isStarted || this.#isClosed) return false
    for (const lane of this.#lanes.values()) if (lane.isWaiting) return true
    return this.#toldRoomBytes <= 0
  }

  /** There may be room where there was none. */
  look(): void {
    if (!this.#isStarted || this.#isClosed) return
    for (const lane of this.#lanes.values()) lane.pump()
    this.#noteBacklog()
    const { roomBytes } = this
    const hasGrown = roomBytes > this.#toldRoomBytes
    this.#toldRoomBytes = roomBytes
    if (hasGrown) this.#listener.roomGrew()
  }

  /** Lets go of the channels, which the link's connections close. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#traffic.forget(this)
    for (const lane of this.#lanes.values()) lane.close()
  }

  readonly #laneListener: LaneListener = {
    listening: (lane) => {
      if (lane === 0) this.#listener.listening()
      else this.#lanes.get(0)?.sendNow(listensFrame(lane))
    },
    messagePart: (bytes, isLast) => {
      if (!isLast) this.#joiner.moreAnnounced()
      const whole = this.#joiner.take(bytes)
      if (!whole.ok) this.#fail(whole.fault)
      else if (whole.value) this.#listener.messageArrived(whole.value)
    },
    blockCame: (bytes) => this.#listener.messageArrived(bytes),
    blockPartCame: () => {
      const now = this.#traffic.options.now()
      if (now - this.#comingToldAt < limits.comingToldMs) return
      this.#comingToldAt = now
      this.#listener.blockComing()
    },
    blockArrived: (id) => this.#listener.blockArrived(id),
    otherListens: (lane) => this.#otherListens(lane),
    echoed: (arrivedBytes, isSctpLimited) => this.#echoed(arrivedBytes, isSctpLimited),
    closed: (lane) => {
      if (lane === 0) this.#fail('the channel closed')
      else this.removeLane(lane)
    },
    failed: (detail) => this.#fail(detail),
  }

  #echoed(arrivedBytes: number, isSctpLimited: boolean): void {
    const isBusy = this.isBlocked
    this.#arrivedBytes += arrivedBytes
    this.#traffic.arrived(arrivedBytes)
    this.#traffic.look()
    if (this.#isClosed) return
    const pulse = {
      lanes: [...this.#lanes].flatMap(([lane, { isStarted }]) => (isStarted ? [lane] : [])),
      arrivedBytes: this.#arrivedBytes,
      baseRoundTripMs: this.baseRoundTripMs,
      lanesBeside: this.#traffic.lanesBeside(this),
      isSctpLimited,
      isBusy,
    }
    const { open, drop } = this.#advisor.advise(pulse, this.#traffic.options.now())
    for (let count = 0; count < open; count++) this.#listener.wantsLane()
    for (const lane of drop) this.#listener.dropsLane(lane)
  }

  #otherListens(number: number): void {
    const lane = this.#lanes.get(number)
    if (lane?.isStarted === true) return
    if (lane?.isProven !== true) {
      if (this.#listenedTo.size >= limits.lanesOpenedByOtherMax)
        return this.#fail('listens on lanes without end')
      return void this.#listenedTo.add(number)
    }
    lane.start(this.#messageMaxBytes)
    if (number === 0) {
      this.#isStarted = true
      this.#listener.started()
    }
    this.#traffic.look()
  }

  #noteBacklog(): void {
    const waitingBytes = this.#lanes.get(0)?.messagesBytes ?? 0
    const isFull = waitingBytes > (this.#isBacklogged ? limits.linkDrainedBytes : limits.linkBacklogMaxBytes)
    if (isFull === this.#isBacklogged) return
    this.#isBacklogged = isFull
    this.#listener.backlogChanged(isFull)
  }

  #fail(detail: string): void {
    if (this.#isClosed) return
    this.close()
    this.#listener.failed(detail)
  }
}
