import type { Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { assert } from '../shared/result.ts'
import { ConnectionBudget } from './connectionBudget.ts'
import { FurtherLanes } from './furtherLanes.ts'
import { decodeLaneWords } from './laneWords.ts'
import type { Link, LinkFault, LinkListener, LinkOptions, OpenLink, Route } from './link.ts'
import { moreFollows, PartJoiner, partsOf } from './messageParts.ts'
import { SimplePeerConnection } from './simplePeerConnection.ts'

/** Opens links over RTCPeerConnections; those of one tab share what it may spend on further lanes. */
export function simplePeerLinks(): OpenLink {
  const budget = new ConnectionBudget()
  return (options) => new SimplePeerLink(options, budget)
}

type State =
  /** The other side may count as connected, and speak, a moment before us: what it says waits for `opened`. */
  | { readonly name: 'connecting'; readonly early: (Bytes | string)[]; earlyBytes: number }
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
/** Said once, as text: whoever has our bulk channel listens. */
const bulkListens = 'bulk'
/** What may wait on a link (256 KiB) passes in this time at 50 kB/s. */
const goodbyeTimeoutMs = 5000
/** What a message takes besides its bytes, so that empty ones count as well. */
const messageCostBytes = 64
/** An honest peer has little to say before it hears from us. */
const earlyMaxBytes = 4 * 1024 * 1024

class SimplePeerLink implements Link {
  readonly #listener: LinkListener
  readonly #connection: SimplePeerConnection
  readonly #lanes: FurtherLanes
  readonly #joiner = new PartJoiner(limits.channelMessageMinBytes)
  #state: State = { name: 'connecting', early: [], earlyBytes: 0 }
  #isListeningToTell = false
  #otherListens = false

  constructor(
    { initiator, ice, proof, handOver, byHand = false, listener }: LinkOptions,
    budget: ConnectionBudget,
  ) {
    this.#listener = listener
    this.#lanes = new FurtherLanes({
      initiator,
      ice,
      budget,
      proof,
      handOver,
      say: (text) => this.#say(text),
      laneProven: (lane) => {
        if (this.#state.name === 'open') this.#listener.laneProven(lane)
      },
      laneClosed: (lane) => {
        if (this.#state.name === 'open') this.#listener.laneClosed(lane)
      },
      countChanged: () => {
        if (this.#state.name === 'open') this.#listener.lanesChanged(1 + this.#lanes.openCount)
      },
    })
    this.#connection = new SimplePeerConnection({
      initiator,
      ice,
      proof,
      lane: 0,
      byHand,
      handOver: (channel) => handOver(0, channel),
      listener: {
        signaled: (kind, data) => this.#listener.signaled(kind, data),
        opened: (route, messageMaxBytes) => this.#opened(route, messageMaxBytes),
        rerouted: (route) => {
          if (this.#state.name === 'open') this.#listener.rerouted(route)
        },
        pathLost: () => {
          if (this.#state.name === 'open') this.#listener.pathLost()
        },
        pathFound: () => {
          if (this.#state.name === 'open') this.#listener.pathFound()
        },
        messageArrived: (message) => this.#messageArrived(message),
        closed: (fault) => this.#end(fault),
      },
    })
  }

  get waitingBytes(): number {
    return this.#state.name === 'open' ? this.#connection.waitingBytes : 0
  }

  signal(text: string): void {
    if (this.#state.name === 'connecting' || this.#state.name === 'open') this.#connection.signal(text)
  }

  send(bytes: Bytes): void {
    if (this.#state.name !== 'open') return
    assert(bytes.length <= limits.messageSizeMaxBytes, `a message fits: ${bytes.length} bytes`)
    const { partMaxBytes } = this.#state
    if (bytes.length <= partMaxBytes) this.#connection.transmit(bytes)
    else this.#transmitParts(partsOf(bytes, partMaxBytes))
  }

  tellListening(): void {
    if (this.#state.name === 'open') this.#connection.transmit(bulkListens)
    else this.#isListeningToTell = true
  }

  restart(): void {
    if (this.#state.name === 'open') this.#connection.restart()
  }

  openLane(): void {
    if (this.#state.name === 'open') this.#lanes.open()
  }

  closeLane(lane: number): void {
    this.#lanes.close(lane)
  }

  close(): void {
    switch (this.#state.name) {
      case 'connecting':
        return this.#leave()
      case 'open':
        this.#connection.transmit(goodbye)
        // The transmission may have failed and closed the link.
        if (this.#state.name === 'open') this.#linger()
        return
      case 'leaving':
      case 'closed':
    }
  }

  #opened(route: Route, messageMaxBytes: number): void {
    if (this.#state.name !== 'connecting') return
    const { early } = this.#state
    this.#state = { name: 'open', partMaxBytes: messageMaxBytes }
    if (this.#isListeningToTell) this.#connection.transmit(bulkListens)
    this.#listener.opened(route, messageMaxBytes)
    for (const message of early) this.#messageArrived(message)
  }

  #messageArrived(message: Bytes | string): void {
    if (this.#state.name === 'connecting' && message !== goodbye) return this.#keepEarly(message)
    if (typeof message === 'string') return this.#textArrived(message)
    const whole = this.#joiner.take(message)
    if (!whole.ok) return this.#end({ code: 'channelFailed', detail: whole.fault })
    if (whole.value && this.#state.name === 'open') this.#listener.messageArrived(whole.value)
  }

  #textArrived(text: string): void {
    if (text === goodbye) return this.#end(null)
    if (text === moreFollows) return this.#joiner.moreAnnounced()
    if (this.#state.name !== 'open') return
    if (text === bulkListens) return this.#heardListening()
    const words = decodeLaneWords(text)
    if (words.ok) this.#lanes.heard(words.value)
    else this.#end({ code: 'channelFailed', detail: 'unknown text' })
  }

  #heardListening(): void {
    if (this.#otherListens) return
    this.#otherListens = true
    this.#listener.otherListens()
  }

  #keepEarly(message: Bytes | string): void {
    if (this.#state.name !== 'connecting') return
    this.#state.early.push(message)
    this.#state.earlyBytes += message.length + messageCostBytes
    if (this.#state.earlyBytes > earlyMaxBytes) {
      this.#end({ code: 'channelFailed', detail: 'too much said before the link was open' })
    }
  }

  #transmitParts(parts: readonly Bytes[]): void {
    for (const [at, part] of parts.entries()) {
      if (at < parts.length - 1) this.#connection.transmit(moreFollows)
      this.#connection.transmit(part)
    }
  }

  #say(text: string): void {
    if (this.#state.name === 'open') this.#connection.transmit(text)
  }

  /** Our side is closed for its owner; the connection lives on until the other side has heard the last message. */
  #linger(): void {
    this.#state = { name: 'leaving', deadline: setTimeout(() => this.#end(null), goodbyeTimeoutMs) }
    this.#lanes.closeAll()
    queueMicrotask(() => this.#listener.closed(null))
  }

  #leave(): void {
    this.#state = { name: 'closed' }
    this.#connection.destroy()
    queueMicrotask(() => this.#listener.closed(null))
  }

  #end(fault: LinkFault | null): void {
    const { name } = this.#state
    if (name === 'closed') return
    if (this.#state.name === 'leaving') clearTimeout(this.#state.deadline)
    this.#state = { name: 'closed' }
    this.#lanes.closeAll()
    this.#connection.destroy()
    if (name !== 'leaving') this.#listener.closed(fault)
  }
}
