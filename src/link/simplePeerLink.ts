// oxlint-disable-next-line typescript/triple-slash-reference -- declares a package without types, so cannot be imported
/// <reference path="./simplePeer.d.ts" />
import SimplePeer, { type SimplePeerError } from 'simple-peer/lite.js'
import type { Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { assert } from '../shared/result.ts'
import {
  drainedBytes,
  type Link,
  type LinkFault,
  type LinkListener,
  type LinkOptions,
  type SignalKind,
} from './link.ts'
import { parseLinkSignal, type LinkSignal } from './linkSignal.ts'
import { messageSizeByDefaultBytes, moreFollows, PartJoiner, partsOf } from './messageParts.ts'
import { routeFrom } from './route.ts'

/** A link over one RTCPeerConnection with one reliable, ordered data channel. */
export const openSimplePeerLink = (options: LinkOptions): Link => new SimplePeerLink(options)

type State =
  /** The other side may count as connected, and speak, a moment before us: what it says waits for `opened`. */
  | { readonly name: 'connecting'; readonly early: Bytes[]; earlyBytes: number }
  /** `partMaxBytes`: what the other side takes in one data channel message. */
  | { readonly name: 'open'; readonly partMaxBytes: number }
  /** We have said goodbye and wait for the other side to have heard it. */
  | { readonly name: 'leaving'; readonly deadline: ReturnType<typeof setTimeout> }
  | { readonly name: 'closed' }

/**
 * The last message of all, as text. Chromium forgets what waits in SCTP when a channel is closed, even at
 * bufferedAmount 0, so the one who leaves says this last, and the one who hears it closes.
 */
const goodbye = 'goodbye'
/** What may wait on a link (256 KiB) passes in this time at 50 kB/s. */
const goodbyeTimeoutMs = 5000
/** An honest peer has little to say before it hears from us. */
const earlyMaxBytes = 4 * 1024 * 1024
/** A browser with many networks and servers gathers some dozens. */
const candidatesMax = 200
const faultDetailLengthMax = 200

class SimplePeerLink implements Link {
  readonly #listener: LinkListener
  readonly #expects: 'offer' | 'answer'
  readonly #peer: SimplePeer | null
  readonly #connection: RTCPeerConnection | null
  readonly #channel: RTCDataChannel | null
  #described = false
  #candidates = 0
  readonly #joiner = new PartJoiner()
  #state: State = { name: 'connecting', early: [], earlyBytes: 0 }

  constructor(options: LinkOptions) {
    this.#listener = options.listener
    this.#expects = options.initiator ? 'answer' : 'offer'
    this.#peer = makePeer(options)
    const { _pc: connection, _channel: channel } = this.#peer ?? {}
    this.#connection = connection ?? null
    this.#channel = channel ?? null
    if (this.#peer) this.#listenToPeer(this.#peer)
    else queueMicrotask(() => this.#end({ code: 'connectionFailed', detail: 'no WebRTC here' }))
    if (this.#channel) this.#listenToChannel(this.#channel)
  }

  get waitingBytes(): number {
    return this.#state.name === 'open' ? (this.#channel?.bufferedAmount ?? 0) : 0
  }

  signal(text: string): void {
    if (this.#state.name === 'closed' || this.#state.name === 'leaving') return
    const signal = parseLinkSignal(text)
    if (!signal) return this.#end({ code: 'badSignal', detail: 'not a signal' })
    if (signal.type === 'candidate') {
      if (this.#candidates++ < candidatesMax && signal.candidate) this.#pass(signal)
      return
    }
    if (signal.type !== this.#expects) {
      return this.#end({ code: 'badSignal', detail: `${signal.type} instead of ${this.#expects}` })
    }
    // One description a link; a second is a repeat that came by another way.
    if (this.#described) return
    this.#described = true
    this.#pass(signal)
  }

  send(bytes: Bytes): void {
    if (this.#state.name !== 'open') return
    assert(bytes.length <= limits.messageSizeMaxBytes, `a message fits: ${bytes.length} bytes`)
    const { partMaxBytes } = this.#state
    if (bytes.length <= partMaxBytes) this.#transmit(bytes)
    else this.#transmitParts(partsOf(bytes, partMaxBytes))
  }

  close(): void {
    switch (this.#state.name) {
      case 'connecting':
        return this.#leave()
      case 'open':
        this.#transmit(goodbye)
        // The transmission may have failed and closed the link.
        if (this.#state.name === 'open') this.#linger()
        return
      case 'leaving':
      case 'closed':
    }
  }

  #listenToPeer(peer: SimplePeer): void {
    peer.on('signal', (signal) => {
      // Calls for renegotiation are among them, and nobody answers those.
      if (this.#state.name === 'connecting' && isForOtherSide(signal.type)) {
        this.#listener.signaled(signal.type, JSON.stringify(signal))
      }
    })
    peer.on('connect', () => peer.getStats((_, stats = []) => this.#opened(routeFrom(stats))))
    peer.on('data', (message) => this.#messageArrived(message))
    peer.on('error', (error) => this.#end(faultFrom(error)))
    // Told just before the error, if there is one.
    peer.on('disconnect', () => queueMicrotask(() => this.#end(null)))
  }

  #listenToChannel(channel: RTCDataChannel): void {
    channel.bufferedAmountLowThreshold = drainedBytes
    channel.addEventListener('bufferedamountlow', () => {
      if (this.#state.name === 'open') this.#listener.drained()
    })
    channel.addEventListener('error', ({ error }) =>
      this.#end(isOtherSideGone(error) ? null : channelFault(error)),
    )
    channel.addEventListener('close', () => this.#end(null))
  }

  #pass(signal: LinkSignal): void {
    try {
      this.#peer?.signal(signal)
    } catch (error) {
      this.#end({ code: 'badSignal', detail: detailOf(error) })
    }
  }

  #opened(route: 'direct' | 'relayed'): void {
    if (this.#state.name !== 'connecting') return
    const { early } = this.#state
    // Infinity where both sides take any size.
    const partMaxBytes = this.#connection?.sctp?.maxMessageSize ?? messageSizeByDefaultBytes
    if (partMaxBytes < limits.channelMessageMinBytes) {
      return this.#end({ code: 'messagesTooSmall', detail: `${partMaxBytes} bytes` })
    }
    this.#state = { name: 'open', partMaxBytes }
    this.#listener.opened(route)
    for (const bytes of early) this.#deliver(bytes)
  }

  #messageArrived(message: Bytes | string): void {
    if (message === goodbye) return this.#end(null)
    if (message === moreFollows) return this.#joiner.moreAnnounced()
    if (typeof message === 'string') return this.#end({ code: 'channelFailed', detail: 'unknown text' })
    const whole = this.#joiner.take(message)
    if (!whole.ok) return this.#end({ code: 'channelFailed', detail: whole.fault })
    if (whole.value) this.#wholeArrived(whole.value)
  }

  #wholeArrived(bytes: Bytes): void {
    if (this.#state.name !== 'connecting') return this.#deliver(bytes)
    this.#state.early.push(bytes)
    this.#state.earlyBytes += bytes.length
    if (this.#state.earlyBytes > earlyMaxBytes) {
      this.#end({ code: 'channelFailed', detail: 'too much said before the link was open' })
    }
  }

  #deliver(bytes: Bytes): void {
    if (this.#state.name === 'open') this.#listener.messageArrived(bytes)
  }

  #transmitParts(parts: readonly Bytes[]): void {
    for (const [at, part] of parts.entries()) {
      if (at < parts.length - 1) this.#transmit(moreFollows)
      this.#transmit(part)
    }
  }

  #transmit(message: Bytes | string): void {
    // Closing already, as the close event will say.
    if (this.#channel?.readyState !== 'open') return
    try {
      this.#peer?.send(message)
    } catch (error) {
      this.#end(channelFault(error))
    }
  }

  /** Our side is closed for its owner; the connection lives on until the other side has heard the last message. */
  #linger(): void {
    this.#state = { name: 'leaving', deadline: setTimeout(() => this.#end(null), goodbyeTimeoutMs) }
    queueMicrotask(() => this.#listener.closed(null))
  }

  #leave(): void {
    this.#state = { name: 'closed' }
    this.#peer?.destroy()
    queueMicrotask(() => this.#listener.closed(null))
  }

  #end(fault: LinkFault | null): void {
    const { name } = this.#state
    if (name === 'closed') return
    if (this.#state.name === 'leaving') clearTimeout(this.#state.deadline)
    this.#state = { name: 'closed' }
    this.#peer?.destroy()
    if (name !== 'leaving') this.#listener.closed(fault)
  }
}

const isForOtherSide = (type: string): type is SignalKind =>
  type === 'offer' || type === 'answer' || type === 'candidate'

/** Null where the browser has no WebRTC at all. */
function makePeer({ initiator, iceServers }: LinkOptions): SimplePeer | null {
  try {
    return new SimplePeer({
      initiator,
      trickle: true,
      config: { iceServers: iceServers.map((server) => ({ ...server, urls: [server.urls].flat() })) },
      // Made by both sides alike, so that the other one decides neither its mode nor how many there are.
      channelConfig: { negotiated: true, id: 0 },
      objectMode: true,
    })
  } catch {
    return null
  }
}

function faultFrom(error: SimplePeerError): LinkFault {
  const detail = detailOf(error)
  switch (error.code) {
    case 'ERR_SET_REMOTE_DESCRIPTION':
    case 'ERR_ADD_ICE_CANDIDATE':
    case 'ERR_SIGNALING':
      return { code: 'badSignal', detail }
    case 'ERR_DATA_CHANNEL':
      return { code: 'channelFailed', detail }
    default:
      return { code: 'connectionFailed', detail }
  }
}

const channelFault = (error: unknown): LinkFault => ({ code: 'channelFailed', detail: detailOf(error) })

const detailOf = (error: unknown): string => String(error).slice(0, faultDetailLengthMax)

/** RFC 9260, section 3.3.10.12: what the other side sends when its page closes the connection. */
const userInitiatedAbort = 12

const isOtherSideGone = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'sctpCauseCode' in error &&
  error.sctpCauseCode === userInitiatedAbort
