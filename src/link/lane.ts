import type { Bytes } from '../shared/bytes.ts'
import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { BulkChannel } from './bulkChannel.ts'
import {
  blockFrame,
  blockHeaderBytes,
  messageFrame,
  messageHeaderBytes,
  parseFrames,
  ridersBytes,
  type EchoFrame,
  type Frame,
} from './frames.ts'
import { PendingEcho } from './pendingEcho.ts'
import type { LaneWindow } from './uplink.ts'

/** What a lane tells its link. */
export interface LaneListener {
  /** Its channel is open and proven, and listens. */
  listening(lane: number): void
  /** Of an ordered message. */
  messagePart(bytes: Bytes, isLast: boolean): void
  /** A whole block's message. */
  blockCame(bytes: Bytes): void
  /** Some of a block's message, and more is to follow. */
  blockPartCame(): void
  /** The other side has it. */
  blockArrived(id: number): void
  /** The other side listens on this lane: it says so, or the first of it came. */
  otherListens(lane: number): void
  /** An echo of so many bytes has come, and room with it. `isSctpLimited`: more waits in the channel than is on its way. */
  echoed(arrivedBytes: number, isSctpLimited: boolean): void
  closed(lane: number): void
  /** The other side sends what no honest one sends. */
  failed(detail: string): void
}

export interface LaneOptions {
  readonly lane: number
  readonly channel: BulkChannel
  readonly window: LaneWindow
  readonly now: () => Millis
  readonly after: (waitMs: Millis, then: () => void) => () => void
  readonly listener: LaneListener
}

/** Sent and not yet echoed: in the order sent, as the channel keeps it. */
interface Sent {
  readonly lengthBytes: number
  readonly at: Millis
  /** The block that is whole with it. */
  readonly blockId: number | null
}

interface Outgoing {
  readonly id: number
  readonly bytes: Bytes
  sentBytes: number
}

/** A block whose parts come in, in order. */
interface Incoming {
  readonly id: number
  readonly bytes: Bytes
  filledBytes: number
}

/** One bulk channel: what goes out on it as its window allows, what came in, and the echoes both ways. */
export class Lane {
  readonly window: LaneWindow
  readonly #options: LaneOptions
  readonly #messages: Bytes[] = []
  #messagesBytes = 0
  readonly #blocks: Outgoing[] = []
  #blocksBytes = 0
  readonly #sent: Sent[] = []
  #partMaxBytes = 0
  #incoming: Incoming | null = null
  readonly #echo: PendingEcho
  #isClosed = false
  /** A link's first lane is proven before anything is said on it. */
  isProven: boolean
  #isListening = false
  /** While messages wait for a block to take them along. */
  #cancelRide: (() => void) | null = null

  constructor(options: LaneOptions) {
    const { lane, channel, window, listener } = options
    this.#options = options
    this.window = window
    this.isProven = lane === 0
    this.#echo = new PendingEcho({
      now: options.now,
      after: options.after,
      hasRide: () => this.isStarted && this.#blocks.length > 0,
      send: (frame) => this.sendNow(frame),
    })
    channel.binaryType = 'arraybuffer'
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!this.#isClosed) this.#arrived(data)
    }
    channel.onclose = () => this.#isClosed || listener.closed(lane)
    if (channel.readyState === 'open') queueMicrotask(() => this.#listenIfReady())
    else channel.onopen = () => this.#listenIfReady()
  }

  /** Nobody sits between: what comes on it counts. */
  proven(): void {
    this.isProven = true
    this.#listenIfReady()
  }

  #listenIfReady(): void {
    const { channel, lane, listener } = this.#options
    const isReady = this.isProven && channel.readyState === 'open'
    if (!isReady || this.#isListening || this.#isClosed) return
    this.#isListening = true
    listener.listening(lane)
  }

  /** Whether something waits for room. */
  get isWaiting(): boolean {
    return this.#messages.length > 0 || this.#blocks.length > 0
  }

  /** Given to it, and not yet known to have arrived. */
  get outstandingBytes(): number {
    return this.window.inFlightBytes + this.waitingBytes
  }

  /** How long until what it was given has arrived, at its rate; 0 until that is known. */
  get throughMs(): Millis {
    const { rate } = this.window
    return rate > 0 ? (1000 * this.outstandingBytes) / rate : 0
  }

  /** Given to it, and not yet to its channel. */
  get waitingBytes(): number {
    return this.#messagesBytes + this.#blocksBytes
  }

  /** Ordered messages that wait. */
  get messagesBytes(): number {
    return this.#messagesBytes
  }

  /** Room for further blocks. 0 before the other side listens. */
  roomBytes(now: Millis): number {
    if (this.#partMaxBytes === 0 || this.#options.channel.readyState !== 'open') return 0
    const queueRoomBytes = limits.channelBufferedMaxBytes - this.#options.channel.bufferedAmount
    return Math.min(this.window.roomBytes(now), queueRoomBytes) - this.waitingBytes
  }

  /** The other side listens, and takes so much in one message of the channel. */
  start(partMaxBytes: number): void {
    this.#partMaxBytes = partMaxBytes
    this.pump()
  }

  get isStarted(): boolean {
    return this.#partMaxBytes > 0
  }

  /** Puts a message behind those that wait. */
  send(bytes: Bytes): void {
    if (this.#messages.length === 0 && this.#blocks.length > 0) this.#waitForRide()
    this.#messages.push(bytes)
    this.#messagesBytes += bytes.length
    this.pump()
  }

  #waitForRide(): void {
    this.#cancelRide?.()
    this.#cancelRide = this.#options.after(limits.messageRideMaxMs, () => {
      this.#cancelRide = null
      this.pump()
    })
  }

  /** Whether all messages that wait are few bytes that the next part of a block takes along, soon: a packet less each. */
  get #mayRide(): boolean {
    if (this.#cancelRide === null || this.#blocks.length === 0) return false
    return this.#messagesBytes <= limits.ridersMaxBytes && this.#messages.length <= limits.ridersMax
  }

  sendBlock(id: number, bytes: Bytes): void {
    this.#blocks.push({ id, bytes, sentBytes: 0 })
    this.#blocksBytes += bytes.length
    this.pump()
  }

  /** Goes at once, out of the window's count: a few bytes that the other side waits for. */
  sendNow(frame: Bytes): void {
    if (!this.#isClosed && this.#options.channel.readyState === 'open') this.#options.channel.send(frame)
  }

  /** Hands over what there is room for: messages first, and those also where blocks have filled the window. */
  pump(): void {
    const { channel, now } = this.#options
    if (!this.isStarted || this.#isClosed) return
    while (this.isWaiting && channel.readyState === 'open') {
      const roomBytes = Math.min(
        this.window.roomBytes(now()),
        limits.channelBufferedMaxBytes - channel.bufferedAmount,
      )
      if (this.#messages.length > 0 && !this.#mayRide) {
        if (roomBytes <= -limits.messagesBeyondWindowBytes) return
        this.#sendMessagePart()
      } else {
        if (roomBytes <= 0) return
        this.#sendBlockPart()
      }
    }
  }

  /** Blocks given to the lane that the other side may not have. */
  unarrived(): number[] {
    const inFlight = this.#sent.flatMap(({ blockId }) => blockId ?? [])
    return [...inFlight, ...this.#blocks.map(({ id }) => id)]
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#echo.stop()
    this.#cancelRide?.()
    this.window.close()
    const { channel } = this.#options
    channel.onopen = null
    channel.onmessage = null
    channel.onclose = null
  }

  /** In parts that fill their packets and differ by one at most, none much above what the window wants. */
  #partBytes(leftBytes: number, headerBytes: number): number {
    const mostBytes = this.#partMaxBytes - headerBytes
    const wantedBytes = Math.min(this.window.messageMaxBytes + limits.partSlackBytes, mostBytes)
    const parts = Math.ceil(leftBytes / wantedBytes)
    const packets = Math.ceil((leftBytes + parts * headerBytes) / limits.packetPayloadBytes)
    const filledBytes = Math.ceil(packets / parts) * limits.packetPayloadBytes - headerBytes
    return Math.min(leftBytes, mostBytes, filledBytes)
  }

  #sendMessagePart(): void {
    const message = this.#messages[0]
    if (message === undefined) return
    const partBytes = this.#partBytes(message.length, messageHeaderBytes)
    const isLast = partBytes >= message.length
    if (isLast) this.#messages.shift()
    else this.#messages[0] = message.subarray(partBytes)
    this.#messagesBytes -= Math.min(partBytes, message.length)
    this.#handOver(messageFrame(message.subarray(0, partBytes), isLast), null)
  }

  #sendBlockPart(): void {
    const block = this.#blocks[0]
    if (!block) return
    const { id, bytes, sentBytes } = block
    const riders = this.#takeRiders()
    const partBytes = this.#partBytes(bytes.length - sentBytes, blockHeaderBytes + ridersBytes(riders))
    const endBytes = sentBytes + partBytes
    block.sentBytes = endBytes
    this.#blocksBytes -= partBytes
    const isWhole = endBytes === bytes.length
    if (isWhole) this.#blocks.shift()
    this.#handOver(blockFrame(id, bytes, sentBytes, endBytes, riders), isWhole ? id : null)
  }

  #takeRiders(): Bytes[] {
    const echo = this.#echo.take()
    const messages = this.#messages.splice(0).map((message) => messageFrame(message, true))
    this.#messagesBytes = 0
    return echo ? [echo, ...messages] : messages
  }

  #handOver(frame: Bytes, blockId: number | null): void {
    const { channel, now } = this.#options
    const at = now()
    this.window.handedOver(frame.length, at)
    this.#sent.push({ lengthBytes: frame.length, at, blockId })
    channel.send(frame)
  }

  #arrived(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return this.#fail('text on a bulk channel')
    if (!this.isProven) return this.#fail('spoke on a lane before it was proven')
    const bytes = new Uint8Array(data)
    const frames = parseFrames(bytes)
    if (!frames.ok) return this.#fail(frames.fault)
    const { lane, listener } = this.#options
    if (!this.isStarted) listener.otherListens(lane)
    const type = frames.value.at(-1)?.type
    if (type === 'block' || type === 'message')
      this.#echo.arrived(bytes.length, type === 'message' && bytes.length <= limits.echoSmallMaxBytes)
    for (const frame of frames.value) if (!this.#isClosed) this.#take(frame)
    // Not before: an echo that came along makes room for a block that takes ours along.
    if (!this.#isClosed) this.#echo.settle()
  }

  #take(frame: Frame): void {
    const { lane, listener } = this.#options
    if (lane !== 0 && (frame.type === 'message' || frame.type === 'listens'))
      return this.#fail('a message on a further lane')
    switch (frame.type) {
      case 'message':
        return listener.messagePart(frame.bytes, frame.isLast)
      case 'block':
        return this.#blockPart(frame)
      case 'echo':
        return this.#echoed(frame)
      case 'listens':
        return listener.otherListens(frame.lane)
    }
  }

  #blockPart({ id, offsetBytes, totalBytes, bytes }: Frame & { type: 'block' }): void {
    const { listener } = this.#options
    const incoming = this.#incoming
    if (
      incoming
        ? incoming.id !== id || incoming.filledBytes !== offsetBytes || incoming.bytes.length !== totalBytes
        : offsetBytes !== 0
    )
      return this.#fail('parts of a block out of order')
    if (!incoming && bytes.length === totalBytes) return listener.blockCame(bytes)
    const gathering = incoming ?? { id, bytes: new Uint8Array(totalBytes), filledBytes: 0 }
    gathering.bytes.set(bytes, offsetBytes)
    gathering.filledBytes += bytes.length
    const isWhole = gathering.filledBytes === totalBytes
    this.#incoming = isWhole ? null : gathering
    if (isWhole) listener.blockCame(gathering.bytes)
    else listener.blockPartCame()
  }

  #echoed({ arrivedBytes, arrivedAtMs, heldMs }: EchoFrame): void {
    const { channel, listener, now } = this.#options
    const arrived: Sent[] = []
    let leftBytes = arrivedBytes
    while (leftBytes > 0) {
      const sent = this.#sent[arrived.length]
      if (!sent || sent.lengthBytes > leftBytes) return this.#fail('an echo of what was not sent')
      leftBytes -= sent.lengthBytes
      arrived.push(sent)
    }
    const newest = arrived.at(-1)
    if (!newest) return this.#fail('an echo of nothing')
    this.#sent.splice(0, arrived.length)
    const at = now()
    // Before more is handed over: what was there for SCTP to send, and was not sent.
    const isSctpLimited = this.window.isHeldBySctp(channel.bufferedAmount)
    const roundTripMs = Math.max(0, at - newest.at - heldMs)
    const oneWayMs = arrivedAtMs - newest.at
    this.window.echoed({ arrivedBytes, roundTripMs, oneWayMs, bufferedBytes: channel.bufferedAmount }, at)
    for (const { blockId } of arrived) if (blockId !== null) listener.blockArrived(blockId)
    this.pump()
    listener.echoed(arrivedBytes, isSctpLimited)
  }

  #fail(detail: string): void {
    if (!this.#isClosed) this.#options.listener.failed(detail)
  }
}
