import type { Bytes } from '../shared/bytes.ts'
import type { BulkChannel } from './bulkChannel.ts'

/** How a link's bytes travel: straight to the other browser, or through a TURN server. */
export type Route = 'direct' | 'relayed'

/** What a signal carries: a description each way and any number of ICE candidates (trickle, RFC 8838); later what finds another path. */
export type SignalKind = 'offer' | 'answer' | 'candidate' | 'restart'

export type LinkFault =
  /** ICE found no way, or the way broke and did not come back. */
  | { readonly code: 'connectionFailed'; readonly detail: string }
  /** Addresses are hidden, and there is no TURN server to hide behind: nothing was begun. */
  | { readonly code: 'noRelay'; readonly detail: string }
  /** The browser refused what the other side signaled. */
  | { readonly code: 'badSignal'; readonly detail: string }
  /** The two sides do not see the same connection, or the other one is not who it should be: somebody may sit between. */
  | { readonly code: 'notProven'; readonly detail: string }
  /** The other side takes less than `limits.channelMessageMinBytes` in one data channel message. */
  | { readonly code: 'messagesTooSmall'; readonly detail: string }
  /** The data channel broke. */
  | { readonly code: 'channelFailed'; readonly detail: string }

/** What happens on a link, told to the one listener it was opened with. After `closed` nothing follows. */
export interface LinkListener {
  /** Something for the other side's `signal`, as JSON text. */
  signaled(kind: SignalKind, data: string): void
  /** `messageMaxBytes`: what the other side's browser takes in one data channel message; Infinity where it takes any size. */
  opened(route: Route, messageMaxBytes: number): void
  /** After `opened`: the browser has found another way for the link's first connection. */
  rerouted(route: Route): void
  /** The other side listens on the bulk channel of its lane 0: from now on something may be sent there. After `opened`, once. */
  otherListens(): void
  /** How many connections carry the link now. 1 from `opened` on, which does not say so. */
  lanesChanged(count: number): void
  /** The connection of a further lane, which was handed over, is open, and nobody sits between: from now on what comes on it counts. */
  laneProven(lane: number): void
  /** The connection of a further lane, which was handed over, is gone. */
  laneClosed(lane: number): void
  /** The browser hears nothing of the other side any more: it may be gone, or on another network. */
  pathLost(): void
  /** After `pathLost`: there is a way again. */
  pathFound(): void
  /** One whole message of control, in the order sent. The bytes belong to the receiver. */
  messageArrived(bytes: Bytes): void
  /** Null when either side closed it on purpose. */
  closed(fault: LinkFault | null): void
}

/**
 * One logical connection to one peer. The words of control go over it: reliable, ordered messages. Bulk goes over channels that it
 * makes and hands over: one a lane, the first with the link itself.
 */
export interface Link {
  /** Takes what the other side signaled (untrusted JSON text: a malformed one closes the link with a fault). */
  signal(signal: string): void
  /**
   * Sends one message of at most `limits.messageSizeMaxBytes`, in parts if the other side's browser takes no more at once.
   * Before `opened` and after `closed` it is dropped. Never blocks: the sender looks at `waitingBytes`.
   */
  send(bytes: Bytes): void
  /** Bytes handed to `send` that the channel has not yet taken. */
  readonly waitingBytes: number
  /** Whoever the bulk channel of lane 0 was handed to listens there: the other side is told. Once a link; before `opened` it waits. */
  tellListening(): void
  /** Looks for another path, with the other side's help, while the old one is still tried. Before `opened` and after `closed` nothing. */
  restart(): void
  /** Opens a further connection and hands its channel over, unless there are `limits.lanesMax` or the tab has made too many. */
  openLane(): void
  /** Gives a further connection up, on both sides. Unknown ones are gone already. */
  closeLane(lane: number): void
  /** Says goodbye properly: what was sent before is delivered if the other side is there. What is on bulk channels is lost. */
  close(): void
}

/** A connection as its two sides see it: alike, unless somebody sits between. */
export interface ConnectionView {
  /** 0 for the link's first. */
  readonly lane: number
  /** Fingerprints of the certificates (RFC 8122) of who offered this connection and who answered, as `sha-256 AB:CD…`. */
  readonly offered: string
  readonly answered: string
}

/** Shows who the two sides of a connection are, and that they see the same one (channel binding, RFC 5056). */
export interface LinkProof {
  /** Our signature over what we see; 64 bytes. */
  sign(view: ConnectionView): Promise<Bytes>
  /** Whether the one whom the link is for has signed what we see. */
  check(view: ConnectionView, signature: Bytes): Promise<boolean>
}

export interface LinkOptions {
  /** The side that makes the offer. */
  readonly initiator: boolean
  /** Asked for each connection of the link when it is made: what holds may have changed since the one before. */
  readonly ice: () => IceSettings
  /** Asked for each connection of the link, before anything that comes on it is taken. */
  readonly proof: LinkProof
  /**
   * Takes the bulk channel of a lane (negotiated, id 1; not open yet), to keep it or to transfer it to a worker. Called in the task that
   * makes the channel, as a browser transfers none that is older; for lane 0 before `openLink` returns. The lane's connection
   * closes it in the end.
   */
  readonly handOver: (lane: number, channel: BulkChannel) => void
  /**
   * People carry the descriptions of its first connection: one is signaled each way, with its candidates in it, and however long the
   * other side takes, the link waits until it is closed.
   */
  readonly byHand?: boolean
  readonly listener: LinkListener
}

/** By which ways a connection may go. */
export interface IceSettings {
  readonly servers: readonly IceServer[]
  /** Only ways through TURN servers: the other side gets no address of this device. */
  readonly relayOnly: boolean
}

/** The part of RTCIceServer that config.json may carry. */
export interface IceServer {
  readonly urls: string | readonly string[]
  readonly username?: string
  readonly credential?: string
}

export type OpenLink = (options: LinkOptions) => Link
