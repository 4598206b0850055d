import type { DeviceId, LinkSession, Millis, PeerId, ShareId } from '../shared/ids.ts'
import type { Mailbox } from '../shared/mailboxes.ts'

/** Index of a broker in the configuration. */
export type BrokerIndex = number

export type Device = 'phone' | 'tablet' | 'desktop'

/** What a member shows of itself. */
export interface Profile {
  readonly name: string
  readonly device: Device
}

/**
 * What a signal says, once opened. `data` is the link's own JSON text, opaque to the room. Nobody opens a connection for a peer that has
 * not echoed a nonce of this minute, so that recorded letters open none (as the cookie of RFC 9147, section 5.1).
 */
export type Signal =
  /** "I am here": left at doors by who knows nobody, or sent to a peer that the sender wants a link with. */
  | { readonly type: 'hello'; readonly nonce: Nonce }
  /** Left at a door, to see whether who says that it holds the door reads it: answered over the link by `atDoor`. */
  | { readonly type: 'probe'; readonly nonce: Nonce }
  /** The answer to a hello, echoing its nonce: the sender may be offered a link. */
  | { readonly type: 'welcome'; readonly nonce: Nonce; readonly echo: Nonce }
  /** Echoes the nonce of a welcome. */
  | { readonly type: 'offer'; readonly session: LinkSession; readonly data: string; readonly echo: Nonce }
  | { readonly type: 'answer'; readonly session: LinkSession; readonly data: string }
  | { readonly type: 'candidate'; readonly session: LinkSession; readonly data: string }
  /** What an open link says to find another path for itself (ICE restart, RFC 8445, section 9). */
  | { readonly type: 'restart'; readonly session: LinkSession; readonly data: string }

/** Unguessable text, made and recognised by its maker alone. */
export type Nonce = string

/** A signal and whom it is for. On every way but inside this machine it is signed, and sealed for its reader or, left at doors, for the room. */
export interface LetterDraft {
  /** Random, so that what is said again is another letter, and read again. */
  readonly stamp: string
  /** Null for a hello or probe to whoever holds the door. */
  readonly to: PeerId | null
  /** The sender's own mailbox by broker index, where answers reach it. */
  readonly mailboxes: readonly MailboxAt[]
  readonly signal: Signal
}

/** A letter that was opened, and whose signature is right. */
export interface Letter extends LetterDraft {
  /** Of its signature, to drop repeats that came by two ways. */
  readonly id: string
  readonly from: PeerId
}

export interface MailboxAt {
  readonly broker: BrokerIndex
  readonly mailbox: Mailbox
}

/** What a member says of itself for others to pass on. */
export interface CardContent {
  readonly profile: Profile
  /** Where it is reached. */
  readonly mailboxes: readonly MailboxAt[]
  /** Those it holds. */
  readonly doors: readonly DoorAt[]
  /** In a large room: shares that it offers, or has all of. */
  readonly shares: readonly ShareId[]
  /** Counts its cards: the highest is what holds. */
  readonly sequence: number
  /** Who has no other sign of the member counts it as here so long after its newest card came. */
  readonly lifeSeconds: number
}

/** The same, signed by it. */
export interface Card extends CardContent {
  readonly peer: PeerId
  /** The device whose key certifies the peer's. */
  readonly device: DeviceId
  /** Its keys, the device's certificate and the signature, for whoever checks the card. */
  readonly proof: string
}

/** A card of a peer, by its number. */
export type Head = readonly [peer: PeerId, sequence: number]

/** A relay message: a sealed letter on its way. Whom it is for and its id are read off the letter itself. */
export interface Relay {
  readonly type: 'relay'
  readonly id: string
  readonly to: PeerId
  /** Counts down. */
  readonly hops: number
  readonly sealed: string
}

/** What members tell each other over their link. */
export type RoomMessage =
  /** The sender's own: the first message on a link, and again when it is another. */
  | { readonly type: 'card'; readonly version: 3; readonly card: Card }
  /**
   * Everyone the sender has an open link with, as far as they have shown their cards: `members`, and those whose cards it does not show here,
   * as in a large room.
   */
  | { readonly type: 'roster'; readonly members: readonly Card[]; readonly others: readonly PeerId[] }
  /** Cards that the sender has. Whoever lacks some asks for those, and is given them. */
  | { readonly type: 'heads'; readonly heads: readonly Head[] }
  | { readonly type: 'ask'; readonly peers: readonly PeerId[] }
  | { readonly type: 'cards'; readonly cards: readonly Card[] }
  /** The sender has lost its link with these, or heard so: unless a newer card comes, they are gone. */
  | { readonly type: 'doubt'; readonly heads: readonly Head[] }
  /** Shares of which the sender has heard, and does not know what they are. */
  | { readonly type: 'whatAre'; readonly shares: readonly ShareId[] }
  /** What shares are that were asked for. Each is its share's own, as it is sent with an offer. */
  | { readonly type: 'manifests'; readonly manifests: readonly string[] }
  /** The sender ends the link to make room for others. Both stay members. */
  | { readonly type: 'giveWay' }
  | Relay
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  /** The sender has read the probe with this nonce. */
  | { readonly type: 'atDoor'; readonly nonce: Nonce }
  /** The sender leaves on purpose: forget it at once. */
  | { readonly type: 'bye' }

export interface DoorAt {
  readonly broker: BrokerIndex
  /** 0 to `limits.doors` - 1. */
  readonly door: number
  /** Doors move with it, so that nobody who once saw where they are can wait there for ever. Days since 1970. */
  readonly epoch: number
}

/** What a link has to signal to its other side. */
export type LinkSignalKind = 'offer' | 'answer' | 'candidate' | 'restart'

/** A share, and what it is. */
export interface KnownShare {
  readonly share: ShareId
  readonly manifest: string
}

/** What is new of the shares that we know of ourselves. */
export interface SharesNews {
  readonly fresh: readonly KnownShare[]
  /** These we do not know any more. */
  readonly gone: readonly ShareId[]
  /** Those that we offer or have all of; in place of what was said before. */
  readonly given: readonly ShareId[]
  /** Those that we want and of which nobody near gives more; likewise. */
  readonly sought: readonly ShareId[]
}

export type RoomInput =
  /** `fresh`: we made this room just now, so nobody can be at its doors. */
  | {
      readonly type: 'started'
      readonly fresh: boolean
      readonly profile: Profile
      readonly brokers: readonly Mailbox[]
      readonly epoch: number
    }
  /** Another day: the room's doors are elsewhere now. */
  | { readonly type: 'epochChanged'; readonly epoch: number }
  | { readonly type: 'brokerOnline'; readonly broker: BrokerIndex }
  | { readonly type: 'brokerOffline'; readonly broker: BrokerIndex }
  /** `doorShared`: we hold it, and others may hold it as well. */
  | ({ readonly type: 'doorHeld' | 'doorShared' | 'doorTaken' | 'doorLost' } & DoorAt)
  /** A letter was opened, checked and parsed, whichever way it came. */
  | { readonly type: 'letterArrived'; readonly letter: Letter }
  /** Our own card, as asked for with `signCard`. */
  | { readonly type: 'cardSigned'; readonly card: Card }
  /** A card is its peer's own, as asked with `checkCard`; of one that is not nothing more is heard than `messageFaulted`. */
  | { readonly type: 'cardChecked'; readonly from: PeerId; readonly card: Card }
  /** A relayed letter was written by `author`, as asked with `checkRelay`; the same holds. */
  | { readonly type: 'relayChecked'; readonly from: PeerId; readonly author: PeerId; readonly message: Relay }
  /** What a share is, as `checkManifest` is answered; of what is no manifest, `messageFaulted`. */
  | ({ readonly type: 'manifestChecked' } & KnownShare)
  | ({ readonly type: 'sharesChanged' } & SharesNews)
  /**
   * By hand, with no broker: people have brought us the offer of a peer (`handOffered`), or its answer to an offer of ours that others
   * carried (`handAnswered`). `data`: the link's own JSON text.
   */
  | {
      readonly type: 'handOffered' | 'handAnswered'
      readonly peer: PeerId
      readonly session: LinkSession
      readonly data: string
    }
  /** Our side of a link has something to signal. */
  | {
      readonly type: 'linkSignaled'
      readonly peer: PeerId
      readonly session: LinkSession
      readonly kind: LinkSignalKind
      readonly data: string
    }
  | {
      readonly type: 'linkOpened'
      readonly peer: PeerId
      readonly session: LinkSession
      readonly route: 'direct' | 'relayed'
    }
  /** An open link goes another way than before. */
  | {
      readonly type: 'linkRerouted'
      readonly peer: PeerId
      readonly session: LinkSession
      readonly route: 'direct' | 'relayed'
    }
  | { readonly type: 'linkClosed'; readonly peer: PeerId; readonly session: LinkSession }
  /** The browser hears nothing of the other side of an open link any more, or hears it again. */
  | { readonly type: 'pathLost' | 'pathFound'; readonly peer: PeerId; readonly session: LinkSession }
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

export type HandInput = Extract<RoomInput, { type: `hand${string}` }>

/** Pieces that are not what their hash says, or messages that mean nothing. */
export type Misdeed = 'badPieces' | 'misbehaved'

export type CloseReason = 'superseded' | 'openTimeout' | 'silent' | 'misbehaved' | 'gaveWay' | 'left'

export type RoomEffect =
  | {
      readonly type: 'openLink'
      readonly peer: PeerId
      readonly session: LinkSession
      readonly initiator: boolean
      /** People carry what it signals; where it is ours to offer, they have done so: it is there already. */
      readonly byHand?: true
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
  /** Find another path for an open link. */
  | { readonly type: 'restartLink'; readonly peer: PeerId; readonly session: LinkSession }
  | { readonly type: 'send'; readonly peer: PeerId; readonly message: RoomMessage }
  /** Seal and sign the letter, once for all its ways: leave it in mailboxes and at doors, and send it as a relay message to each of `via`. */
  | {
      readonly type: 'sendLetter'
      readonly letter: LetterDraft
      /** The reader's, where it has shown one: its keys are in it. */
      readonly card: Card | null
      readonly mailboxes: readonly MailboxAt[]
      readonly doors: readonly DoorAt[]
      readonly via: readonly PeerId[]
    }
  /** A relayed letter for us: open it and hand it back as `letterArrived`. */
  | { readonly type: 'openSealed'; readonly sealed: string }
  /** Sign our card: answered by `cardSigned`. */
  | { readonly type: 'signCard'; readonly content: CardContent }
  /** Whether the card that `from` showed is its peer's own: answered by `cardChecked`. */
  | { readonly type: 'checkCard'; readonly from: PeerId; readonly card: Card }
  /** What share this is the manifest of, if any, that `from` told: answered by `manifestChecked`. */
  | { readonly type: 'checkManifest'; readonly from: PeerId; readonly manifest: string }
  /** Somebody in the room gives this share, linked with us or not; nobody does any more. */
  | { readonly type: 'shareHeard'; readonly manifest: string }
  | { readonly type: 'shareUnheard'; readonly share: ShareId }
  /** Who wrote the letter that `from` wants passed on: answered by `relayChecked`. */
  | { readonly type: 'checkRelay'; readonly from: PeerId; readonly message: Relay }
  /** The peer says that it is linked with these, ourselves left out: who finds no way to whom concerns the swarm. Null where nobody knows that. */
  | { readonly type: 'tellNeighbours'; readonly peer: PeerId; readonly neighbours: readonly PeerId[] | null }
  | ({ readonly type: 'claimDoor' | 'releaseDoor' } & DoorAt)
  /** The broker keeps its connection open and carries nothing: leave it, and try it again later. */
  | { readonly type: 'brokerSilent'; readonly broker: BrokerIndex }
  | { readonly type: 'wakeAt'; readonly at: Millis; readonly why: string }
  | { readonly type: 'report'; readonly report: RoomReport }

/** What people, and the swarm, get to know. */
export interface RoomReport {
  /**
   * `memberLinked`: there is a link with somebody of whom people know that it is here. `memberLost`: in a small room, where everyone is to be
   * linked with everyone. `memberBanned`: instead of left, and it stays out for a while.
   */
  readonly type: 'memberJoined' | 'memberLinked' | 'memberLost' | 'memberLeft' | 'memberBanned'
  readonly peer: PeerId
  readonly profile: Profile | null
}

export interface MemberSnapshot {
  readonly peer: PeerId
  /** Null while it has shown no card. */
  readonly profile: Profile | null
  /** The device that its card names, checked; null while it has shown none. */
  readonly device: DeviceId | null
  /** `reachable`: in the room, and not linked with us. */
  readonly state: 'connecting' | 'direct' | 'relayed' | 'lost' | 'reachable'
}
