import type { Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'

/** How a link's bytes travel: straight to the other browser, or through a TURN server. */
export type Route = 'direct' | 'relayed'

/** What a signal carries: a description each way and any number of ICE candidates (trickle, RFC 8838). */
export type SignalKind = 'offer' | 'answer' | 'candidate'

export type LinkFault =
  /** ICE found no way, or the way broke and did not come back. */
  | { readonly code: 'connectionFailed'; readonly detail: string }
  /** The browser refused what the other side signaled. */
  | { readonly code: 'badSignal'; readonly detail: string }
  /** The other side takes less than `limits.channelMessageMinBytes` in one data channel message. */
  | { readonly code: 'messagesTooSmall'; readonly detail: string }
  /** The data channel broke. */
  | { readonly code: 'channelFailed'; readonly detail: string }

/** What happens on a link, told to the one listener it was opened with. After `closed` nothing follows. */
export interface LinkListener {
  /** Something for the other side's `signal`, as JSON text. */
  signaled(kind: SignalKind, data: string): void
  opened(route: Route): void
  /** One whole message, in the order sent. The bytes belong to the receiver. */
  messageArrived(bytes: Bytes): void
  /** What waits to be sent has fallen to `drainedBytes` or less after having been above. */
  drained(): void
  /** Null when either side closed it on purpose. */
  closed(fault: LinkFault | null): void
}

/** One logical connection to one peer: reliable, ordered messages. */
export interface Link {
  /** Takes what the other side signaled (untrusted JSON text: a malformed one closes the link with a fault). */
  signal(signal: string): void
  /**
   * Sends one message of at most `limits.messageSizeMaxBytes`, in parts if the other side's browser takes no more at once.
   * Before `opened` and after `closed` it is dropped. Never blocks: the sender looks at `waitingBytes` and waits for `drained`.
   */
  send(bytes: Bytes): void
  /** Bytes handed to `send` that the channel has not yet taken. */
  readonly waitingBytes: number
  /** Says goodbye properly: what was sent before is delivered if the other side is there. */
  close(): void
}

/** `waitingBytes` at or below which a link says `drained`. */
export const drainedBytes = limits.linkDrainedBytes

export interface LinkOptions {
  /** The side that makes the offer. */
  readonly initiator: boolean
  readonly iceServers: readonly IceServer[]
  readonly listener: LinkListener
}

/** The part of RTCIceServer that config.json may carry. */
export interface IceServer {
  readonly urls: string | readonly string[]
  readonly username?: string
  readonly credential?: string
}

export type OpenLink = (options: LinkOptions) => Link
