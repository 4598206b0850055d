// oxlint-disable-next-line typescript/triple-slash-reference -- declares a package without types, so cannot be imported
/// <reference path="./simplePeer.d.ts" />
import SimplePeer from 'simple-peer/lite.js'
import type { Bytes } from '../shared/bytes.ts'
import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { BulkChannel } from './bulkChannel.ts'
import { base64UrlFromBytes, bytesFromBase64Url } from '../shared/bytes.ts'
import { fingerprintOf } from './fingerprints.ts'
import { CarriedByPeople } from './carriedByPeople.ts'
import { concealed, type OwnSignal } from './concealing.ts'
import {
  channelFault,
  detailOf,
  faultFrom,
  isOtherSideGone,
  noRelay,
  noWebRtc,
  toBeHidden,
} from './connectionFaults.ts'
import { hasRelay, urlsOf } from './iceServers.ts'
import type { IceServer, IceSettings, LinkFault, LinkProof, Route, SignalKind } from './link.ts'
import { parseLinkSignal, type LinkSignal } from './linkSignal.ts'
import { messageSizeByDefaultBytes } from './messageParts.ts'
import { PathRestart } from './pathRestart.ts'
import { parseRestartWords } from './restartWords.ts'
import { routeFrom } from './route.ts'

export interface ConnectionOptions {
  /** The side that makes the offer. */
  readonly initiator: boolean
  /** Asked when the connection is made, and whenever it looks for another path. */
  readonly ice: () => IceSettings
  readonly proof: LinkProof
  /** 0 for the link's first. */
  readonly lane: number
  /** As `LinkOptions` has it. */
  readonly byHand: boolean
  /** Takes the bulk channel, before the constructor returns: a browser transfers none that is older than the task that made it. */
  readonly handOver: (channel: BulkChannel) => void
  readonly listener: ConnectionListener
}

/** What happens on a connection. After `closed` nothing follows. */
export interface ConnectionListener {
  signaled(kind: SignalKind, data: string): void
  /** Open, and proven. `messageMaxBytes`: what the other side takes in one message; Infinity where it takes any size. */
  opened(route: Route, messageMaxBytes: number): void
  /** After `opened`: the browser has found another way. */
  rerouted(route: Route): void
  /** Of an open one: the browser hears nothing of the other side any more, or hears it again. */
  pathLost(): void
  pathFound(): void
  messageArrived(message: Bytes | string): void
  /** Null when the other side closed it. */
  closed(fault: LinkFault | null): void
}

/** A browser with many networks and servers gathers some dozens. */
const candidatesMax = 200
/** Browsers answer with the statistics of up to 50 ms before. */
const routeKnownMs: Millis = 200
/** The first message each way, as text: the signature of its sender over the connection. */
const proofStart = 'proof '

/** One RTCPeerConnection, with a control channel (id 0) of simple-peer's own and a bulk channel (id 1) beside it. */
export class SimplePeerConnection {
  readonly #listener: ConnectionListener
  readonly #expects: 'offer' | 'answer'
  readonly #proof: LinkProof
  readonly #lane: number
  readonly #ice: () => IceSettings
  /** Hidden when it was made, it stays so. */
  readonly #relayOnly: boolean
  readonly #peer: SimplePeer | null
  readonly #connection: RTCPeerConnection | null
  readonly #control: RTCDataChannel | null
  /** Null where no people carry what this connection signals. */
  readonly #byHand: CarriedByPeople | null
  #state: 'connecting' | 'open' | 'closed' = 'connecting'
  /** What the other side said first. */
  readonly #theirProof: Promise<Bytes | null>
  #proofCame: ((signature: Bytes | null) => void) | null = null
  /** Null while the connection is not open, and for further lanes. */
  #path: PathRestart | null = null
  #isPathLost = false
  #route: Route = 'direct'
  /** The other side's description; null while there is none. */
  #theirs: string | null = null
  #candidates = 0

  constructor(options: ConnectionOptions) {
    this.#listener = options.listener
    this.#expects = options.initiator ? 'answer' : 'offer'
    this.#proof = options.proof
    this.#lane = options.lane
    this.#ice = options.ice
    const { servers, relayOnly } = options.ice()
    this.#relayOnly = relayOnly
    this.#theirProof = new Promise((resolve) => (this.#proofCame = resolve))
    const canRelay = !relayOnly || hasRelay(servers)
    this.#peer = canRelay ? makePeer(options.initiator, configuration(servers, relayOnly)) : null
    this.#connection = this.#peer?._pc ?? null
    this.#control = this.#peer?._channel ?? null
    this.#byHand = options.byHand && this.#connection ? this.#carried(this.#connection) : null
    if (this.#peer) this.#listenToPeer(this.#peer)
    if (this.#control) this.#listenToControl(this.#control)
    // Both channels are made by both sides alike, so that the other one decides neither their mode nor how many there are.
    if (this.#connection)
      options.handOver(this.#connection.createDataChannel('', { negotiated: true, id: 1 }))
    else queueMicrotask(() => this.#end(canRelay ? noWebRtc : noRelay))
  }

  /** What waits on the control channel. */
  get waitingBytes(): number {
    return this.#control?.bufferedAmount ?? 0
  }

  /** Takes what the other side signaled (untrusted JSON text). */
  signal(text: string): void {
    if (this.#state === 'closed') return
    const restart = this.#path && parseRestartWords(text)
    if (restart) return this.#path?.heard(restart)
    const signal = parseLinkSignal(text)
    if (!signal) return this.#end({ code: 'badSignal', detail: 'not a signal' })
    if (signal.type === 'candidate') {
      // Of the path before.
      if (this.#path?.isBegun === true) return
      if (this.#candidates++ >= candidatesMax || !signal.candidate) return
      this.#pass(signal)
      if (this.#state === 'open') this.#lookAtRouteSoon()
      return
    }
    if (signal.type !== this.#expects) {
      return this.#end({ code: 'badSignal', detail: `${signal.type} instead of ${this.#expects}` })
    }
    // One description a connection; a second is a repeat that came by another way.
    if (this.#theirs !== null) return
    this.#theirs = signal.sdp
    this.#pass(signal)
  }

  /** Looks for another path, once it is open. */
  restart(): void {
    this.#path?.begin()
  }

  /** Sends one message on the control channel, if it is open. */
  transmit(message: Bytes | string): void {
    // Closing already, as the close event will say.
    if (this.#control?.readyState !== 'open') return
    try {
      this.#peer?.send(message)
    } catch (error) {
      this.#end(channelFault(error))
    }
  }

  /** Frees everything. Nothing is told any more. */
  destroy(): void {
    this.#state = 'closed'
    this.#byHand?.over()
    this.#path?.close()
    this.#peer?.destroy()
  }

  #listenToPeer(peer: SimplePeer): void {
    peer.on('signal', (own) => {
      // Calls for renegotiation are among them, and nobody answers those.
      if (!isForOtherSide(own.type)) return
      if (!this.#byHand) this.#signal(own.type, own)
      else if (own.type !== 'candidate') this.#signalWhole(own.type, this.#byHand)
    })
    peer.on('connect', () => this.#withRoute((route) => this.#opened(route)))
    peer.on('data', (message) => {
      if (this.#state === 'closed') return
      if (this.#proofCame) this.#firstCame(this.#proofCame, message)
      else this.#listener.messageArrived(message)
    })
    peer.on('error', (error) => this.#end(faultFrom(error)))
    // Told just before the error, if there is one.
    peer.on('disconnect', () => queueMicrotask(() => this.#end(null)))
  }

  #signal(kind: SignalKind, own: OwnSignal): void {
    const signal = this.#relayOnly ? concealed(own) : own
    // A relay that was used before it is signaled is signaled all the same: the other side is to know that it is one.
    const isLate = this.#state === 'open' && this.#relayOnly && this.#path?.isBegun !== true
    const isOfUse = this.#state === 'connecting' || (isLate && kind === 'candidate')
    if (isOfUse && signal !== null) this.#listener.signaled(kind, JSON.stringify(signal))
  }

  #signalWhole(type: SignalKind, byHand: CarriedByPeople): void {
    byHand.whole().then((sdp) => this.#signal(type, { type, sdp }), this.#refused)
  }

  #carried(connection: RTCPeerConnection): CarriedByPeople {
    const policy = this.#relayOnly ? 'relay' : 'all'
    return new CarriedByPeople(connection, policy, () => this.#theirs, this.#refused)
  }

  readonly #refused = (error: unknown): void => this.#end({ code: 'badSignal', detail: detailOf(error) })

  #listenToControl(channel: RTCDataChannel): void {
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

  #withRoute(take: (route: Route) => void): void {
    // Of a connection that is gone simple-peer knows none to ask.
    if (this.#state !== 'closed') this.#peer?.getStats((_, stats = []) => take(routeFrom(stats)))
  }

  /** A browser opens by the first way that works, and may go over to a better one. */
  #followRoute(): void {
    const transport = this.#connection?.sctp?.transport.iceTransport
    transport?.addEventListener('selectedcandidatepairchange', () => this.#lookAtRoute())
    this.#lookAtRouteSoon()
  }

  /** A check may be here before the candidate that it is from: only with that does the browser know that a relay sent it. */
  #lookAtRouteSoon(): void {
    setTimeout(() => this.#lookAtRoute(), routeKnownMs)
  }

  #lookAtRoute(): void {
    this.#withRoute((route) => {
      if (this.#state !== 'open' || route === this.#route) return
      this.#route = route
      this.#listener.rerouted(route)
    })
  }

  #opened(route: Route): void {
    if (this.#state !== 'connecting') return
    // Infinity where both sides take any size.
    const messageMaxBytes = this.#connection?.sctp?.maxMessageSize ?? messageSizeByDefaultBytes
    if (messageMaxBytes < limits.channelMessageMinBytes) {
      return this.#end({ code: 'messagesTooSmall', detail: `${messageMaxBytes} bytes` })
    }
    this.#prove().then(
      (detail) =>
        this.#proven(detail, () => {
          this.#route = route
          this.#listener.opened(route, messageMaxBytes)
          this.#followRoute()
        }),
      (error: unknown) => this.#end({ code: 'notProven', detail: detailOf(error) }),
    )
  }

  #firstCame(came: (signature: Bytes | null) => void, message: Bytes | string): void {
    this.#proofCame = null
    const isProof = typeof message === 'string' && message.startsWith(proofStart)
    came(isProof ? bytesFromBase64Url(message.slice(proofStart.length)) : null)
  }

  /** Null when both sides have shown that they see the same connection; else what is wrong. */
  async #prove(): Promise<string | null> {
    const { localDescription, remoteDescription } = this.#connection ?? {}
    const ours = fingerprintOf(localDescription?.sdp ?? '')
    const theirs = fingerprintOf(remoteDescription?.sdp ?? '')
    if (ours === null || theirs === null) return 'not one fingerprint'
    const hasOffered = this.#expects === 'answer'
    const view = {
      lane: this.#lane,
      offered: hasOffered ? ours : theirs,
      answered: hasOffered ? theirs : ours,
    }
    this.transmit(proofStart + base64UrlFromBytes(await this.#proof.sign(view)))
    const signature = await this.#theirProof
    if (signature === null) return 'the other side did not begin with its proof'
    return (await this.#proof.check(view, signature)) ? null : 'not signed by whom it is for'
  }

  #proven(detail: string | null, then: () => void): void {
    if (this.#state !== 'connecting') return
    if (detail !== null) return this.#end({ code: 'notProven', detail })
    this.#state = 'open'
    this.#byHand?.over()
    then()
    if (this.#connection) this.#watchPath(this.#connection)
  }

  #watchPath(connection: RTCPeerConnection): void {
    if (this.#lane === 0) this.#path = this.#pathRestart(connection)
    connection.addEventListener('iceconnectionstatechange', () => this.#pathChanged(connection))
    this.#pathChanged(connection)
  }

  #pathRestart(connection: RTCPeerConnection): PathRestart {
    return new PathRestart({
      connection,
      initiator: this.#expects === 'answer',
      theirs: this.#theirs ?? '',
      ways: () => this.#waysNow(),
      say: (words) => {
        const said = this.#relayOnly ? concealed(words) : words
        if (this.#state === 'open') this.#listener.signaled('restart', JSON.stringify(said))
      },
      failed: (why) => this.#end({ code: 'badSignal', detail: detailOf(why) }),
    })
  }

  /** Servers that are lent change; and a connection that tells addresses ends where they are to be hidden, to be made anew. */
  #waysNow(): RTCConfiguration | null {
    const { servers, relayOnly } = this.#ice()
    if (!relayOnly || this.#relayOnly) return configuration(servers, this.#relayOnly)
    this.#end(toBeHidden)
    return null
  }

  /** `failed` is the end, of which simple-peer tells. */
  #pathChanged({ iceConnectionState: state }: RTCPeerConnection): void {
    if (this.#state !== 'open') return
    const isLost = state === 'disconnected'
    const isFound = state === 'connected' || state === 'completed'
    // Firefox before 154 tells of no other pair.
    if (isFound) this.#lookAtRoute()
    if (isLost === this.#isPathLost || !(isLost || isFound)) return
    this.#isPathLost = isLost
    if (isLost) this.#listener.pathLost()
    else this.#listener.pathFound()
  }

  #end(fault: LinkFault | null): void {
    if (this.#state === 'closed') return
    this.destroy()
    this.#listener.closed(fault)
  }
}

const isForOtherSide = (type: string): type is SignalKind =>
  type === 'offer' || type === 'answer' || type === 'candidate'

function configuration(servers: readonly IceServer[], relayOnly: boolean): RTCConfiguration {
  return {
    iceServers: servers.map((server) => ({ ...server, urls: [...urlsOf(server)] })),
    iceTransportPolicy: relayOnly ? 'relay' : 'all',
  }
}

/** Null where the browser has no WebRTC at all. */
function makePeer(initiator: boolean, config: RTCConfiguration): SimplePeer | null {
  try {
    return new SimplePeer({
      initiator,
      trickle: true,
      config,
      channelConfig: { negotiated: true, id: 0 },
      objectMode: true,
    })
  } catch {
    return null
  }
}
