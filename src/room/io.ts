import type { LinkSession, Millis, PeerId } from '../shared/ids.ts'
import type { Mailbox } from '../shared/mailboxes.ts'

/** Index of a broker in the configuration. */
export type BrokerIndex = number

export type Device = 'phone' | 'tablet' | 'desktop'

/** What a member shows of itself. */
export interface Profile {
  readonly name: string
  readonly device: Device
}

/** What a signal says, once opened. `data` is the link's own JSON text, opaque to the room. */
export type Signal =
  /** "I am here and know nobody": left at doors, answered with an offer by whoever holds the door. */
  | { readonly type: 'hello' }
  | { readonly type: 'offer'; readonly session: LinkSession; readonly data: string }
  | { readonly type: 'answer'; readonly session: LinkSession; readonly data: string }
  | { readonly type: 'candidate'; readonly session: LinkSession; readonly data: string }

/** A signal and whom it is between. Sealed under the room key on every way but inside this machine. */
export interface Letter {
  readonly version: 1
  /** Random, to drop repeats that came by two ways. */
  readonly id: string
  readonly from: PeerId
  /** Null for a hello, which is for whoever holds the door. */
  readonly to: PeerId | null
  /** The sender's own mailbox by broker index, where answers reach it. */
  readonly mailboxes: readonly MailboxAt[]
  readonly signal: Signal
}

export interface MailboxAt {
  readonly broker: BrokerIndex
  readonly mailbox: Mailbox
}

export interface RosterEntry {
  readonly peer: PeerId
  readonly mailboxes: readonly MailboxAt[]
}

/** What members tell each other over their link. */
export type RoomMessage =
  /** The first message on a link, and again when something in it changes. `doors` are those the sender holds. */
  | {
      readonly type: 'profile'
      readonly version: 1
      readonly profile: Profile
      readonly mailboxes: readonly MailboxAt[]
      readonly doors: readonly DoorAt[]
    }
  /** Everyone the sender has an open link with. */
  | { readonly type: 'roster'; readonly members: readonly RosterEntry[] }
  /** A sealed letter to be passed on. `id` drops repeats, `hops` counts down. */
  | {
      readonly type: 'relay'
      readonly id: string
      readonly to: PeerId
      readonly hops: number
      readonly sealed: string
    }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  /** The sender leaves on purpose: forget it at once. */
  | { readonly type: 'bye' }

export interface DoorAt {
  readonly broker: BrokerIndex
  /** 0 to `limits.doors` - 1. */
  readonly door: number
}

export type RoomInput =
  /** `fresh`: we made this room just now, so nobody can be at its doors. */
  | {
      readonly type: 'started'
      readonly fresh: boolean
      readonly profile: Profile
      readonly brokers: readonly Mailbox[]
    }
  | { readonly type: 'brokerOnline'; readonly broker: BrokerIndex }
  | { readonly type: 'brokerOffline'; readonly broker: BrokerIndex }
  | ({ readonly type: 'doorHeld' | 'doorTaken' | 'doorLost' } & DoorAt)
  /** A sealed signal was opened and parsed, whichever way it came. */
  | { readonly type: 'letterArrived'; readonly letter: Letter }
  /** Our side of a link has something to signal. */
  | {
      readonly type: 'linkSignaled'
      readonly peer: PeerId
      readonly session: LinkSession
      readonly kind: 'offer' | 'answer' | 'candidate'
      readonly data: string
    }
  | {
      readonly type: 'linkOpened'
      readonly peer: PeerId
      readonly session: LinkSession
      readonly route: 'direct' | 'relayed'
    }
  | { readonly type: 'linkClosed'; readonly peer: PeerId; readonly session: LinkSession }
  /** Any message at all came over the link, the swarm's too: the peer lives. */
  | { readonly type: 'peerHeard'; readonly peer: PeerId }
  | { readonly type: 'messageArrived'; readonly peer: PeerId; readonly message: RoomMessage }
  /** A message that did not parse. */
  | { readonly type: 'messageFaulted'; readonly peer: PeerId; readonly fault: string }
  /** The swarm caught the peer at what no honest one does. */
  | { readonly type: 'peerMisbehaved'; readonly peer: PeerId; readonly why: Misdeed }
  /** The machine slept, the network changed, the page was shown again: check everything now. */
  | { readonly type: 'resumed' }
  /** The user leaves. */
  | { readonly type: 'left' }
  /** The deadline asked for with `wakeAt` has passed; early or stale ones are harmless. */
  | { readonly type: 'woke' }

/** Pieces that are not what their hash says, or messages that mean nothing. */
export type Misdeed = 'badPieces' | 'misbehaved'

export type CloseReason = 'superseded' | 'openTimeout' | 'silent' | 'misbehaved' | 'roomFull' | 'left'

export type RoomEffect =
  | {
      readonly type: 'openLink'
      readonly peer: PeerId
      readonly session: LinkSession
      readonly initiator: boolean
    }
  | {
      readonly type: 'signalLink'
      readonly peer: PeerId
      readonly session: LinkSession
      readonly data: string
    }
  | {
      readonly type: 'closeLink'
      readonly peer: PeerId
      readonly session: LinkSession
      readonly reason: CloseReason
    }
  | { readonly type: 'send'; readonly peer: PeerId; readonly message: RoomMessage }
  /** Seal the letter and leave it in a mailbox. */
  | {
      readonly type: 'post'
      readonly broker: BrokerIndex
      readonly mailbox: Mailbox
      readonly letter: Letter
    }
  /** The same, in the mailbox of a door. */
  | {
      readonly type: 'postToDoor'
      readonly broker: BrokerIndex
      readonly door: number
      readonly letter: Letter
    }
  /** Seal the letter and send it as a relay message to each of `via`. */
  | { readonly type: 'relay'; readonly via: readonly PeerId[]; readonly to: PeerId; readonly letter: Letter }
  /** A relayed letter for us: open it and hand it back as `letterArrived`. */
  | { readonly type: 'openSealed'; readonly sealed: string }
  | { readonly type: 'claimDoor' | 'releaseDoor'; readonly broker: BrokerIndex; readonly door: number }
  | { readonly type: 'wakeAt'; readonly at: Millis; readonly why: string }
  | { readonly type: 'report'; readonly report: RoomReport }

/** What people, and the swarm, get to know. */
export type RoomReport =
  | {
      /** `memberBanned`: instead of left, and it stays out for a while. */
      readonly type: 'memberJoined' | 'memberLost' | 'memberLeft' | 'memberBanned'
      readonly peer: PeerId
      readonly profile: Profile | null
    }
  | { readonly type: 'roomFull'; readonly peer: PeerId }

export interface MemberSnapshot {
  readonly peer: PeerId
  /** Null until the first profile has come. */
  readonly profile: Profile | null
  readonly state: 'connecting' | 'direct' | 'relayed' | 'lost'
}
