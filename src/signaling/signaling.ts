import type { Bytes } from '../shared/bytes.ts'
import type { Mailbox } from '../shared/mailboxes.ts'

export type SignalingState = 'connecting' | 'online' | 'offline'

/**
 * Why a broker is offline. A browser tells a page nothing of the answer to a WebSocket that is refused by HTTP (as with 429): that looks
 * as if nobody were there.
 */
export type BrokerTrouble =
  | 'unreachable'
  /** It has as many clients as it takes. */
  | 'full'
  /** It does not want us: another key or password, or our mailbox is held by somebody else. */
  | 'refusing'
  /** It keeps us and carries nothing, as we have found out. */
  | 'silent'

/** What a broker does, told to the one listener it was opened with. */
export interface SignalingListener {
  /** `trouble`: why, with `offline` alone. */
  stateChanged(state: SignalingState, trouble?: BrokerTrouble): void
  /** A sealed signal was left in one of our mailboxes. The broker and anyone who knows the address may have written it. */
  sealedSignalArrived(sealed: Bytes, at: Mailbox): void
  /** The claimed mailbox is ours, alone unless claims are shared, until it is released or the broker is lost. */
  mailboxHeld(mailbox: Mailbox): void
  /** The claimed mailbox is held by somebody else, or not given to us. Also told when a held one was lost to somebody else. */
  mailboxTaken(mailbox: Mailbox): void
  /** A mailbox of ours is gone with its connection; claim it again if wanted. */
  mailboxLost(mailbox: Mailbox): void
}

/**
 * A broker: it carries sealed signals between mailboxes and can read none of them. It reconnects by itself with
 * backoff and jitter until closed; our own mailbox then is the same. It never looks at `navigator.onLine`.
 */
export interface Signaling {
  /** Our own mailbox at this broker, random, held while the state is `online`. */
  readonly mailbox: Mailbox
  /** A claimed mailbox may be others' as well: a claim is never `mailboxTaken` because of them, and all of them get what is left there. */
  readonly sharesClaims: boolean
  /** Best effort: to an absent mailbox, or while offline, the signal is lost without a word. */
  post(to: Mailbox, sealed: Bytes): void
  /** Asks for a mailbox that others can compute; answered by `mailboxHeld` or `mailboxTaken`, once, or not at all while offline. */
  claim(mailbox: Mailbox): void
  release(mailbox: Mailbox): void
  /** It carries nothing that we give it: ends the connection, and tries again as late as ever. */
  leave(): void
  /** Tries at once instead of waiting for the backoff (the network came back, the page was shown again). */
  retryNow(): void
  close(): void
}

/** Opens a broker; it starts `connecting` at once. */
export type OpenSignaling = (listener: SignalingListener) => Signaling
