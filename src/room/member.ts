import type { LinkSession, Millis, PeerId } from '../shared/ids.ts'
import type { Card, DoorAt, MailboxAt, Nonce, Profile, Signal } from './io.ts'

export type Offer = Extract<Signal, { type: 'offer' }>
export type Welcome = Extract<Signal, { type: 'welcome' }>

/** One peer's road to a link. Each state holds only what is true in it. */
export type Road = Waiting | Calling | Offering | Answering | Linked

/** No attempt is under way. */
export interface Waiting {
  readonly state: 'waiting'
  dialAt: Millis
}

/** We said hello: nothing is opened before the peer has answered. */
export interface Calling {
  readonly state: 'calling'
  readonly giveUpAt: Millis
}

/** We opened our end and make the offer. */
export interface Offering {
  readonly state: 'offering'
  readonly session: LinkSession
  readonly giveUpAt: Millis
  /** The nonce of the welcome that this answers. */
  readonly echo: Nonce
  /** What we signaled so far, to say it again to a peer that seems not to have heard. */
  readonly sent: Signal[]
  sentAt: Millis
  answered: boolean
}

/** We opened our end to the peer's offer. */
export interface Answering {
  readonly state: 'answering'
  readonly session: LinkSession
  readonly giveUpAt: Millis
  /** The answer is on its way in somebody's hands: the peer may never come. */
  readonly byHand?: true
}

/** A door that a member says it holds, and when it last showed that it reads what is left there. */
export interface ToldDoor {
  readonly at: DoorAt
  provenAt: Millis | null
  askedAt: Millis | null
  /** From asking to asking again. */
  waitMs: Millis
}

export interface Linked {
  readonly state: 'linked'
  readonly session: LinkSession
  route: 'direct' | 'relayed'
  /** When the peer was last heard; whatever came from it counts. */
  silentSince: Millis
  pingedAt: Millis | null
  /** The browser says that the way to it is gone. */
  isPathLost: boolean
  /** It was asked whether it is there: when to look for another path (or `restarted`), and when to give it up, unless it is heard. */
  doubt: { restartAt: Millis; readonly giveUpAt: Millis } | null
  /** Its profile has come over this link. */
  greeted: boolean
  /** Doors it says it holds, one a broker. */
  doors: readonly ToldDoor[]
  /** Peers it says it has open links with. */
  neighbours: Set<PeerId>
  /** It opened then. */
  readonly since: Millis
  /** We drew whom it leads to: not the other side. */
  readonly isDrawn: boolean
  /** The peer spoke as if this link were gone: if it stays silent until then, its offer is taken, or it is made one. */
  challenge: { readonly sign: Offer | Welcome; readonly until: Millis } | null
}

/** Somebody of the room whom we know or try to reach. */
export interface Member {
  readonly peer: PeerId
  road: Road
  mailboxes: readonly MailboxAt[]
  /** We want a link with it though we may have enough. */
  isSought: boolean
  /** What it last showed of itself, checked; null for one of whom only a letter has come. */
  card: Card | null
  /** Since when a member we talked with is out of reach; null for one in reach or never met. */
  lostSince: Millis | null
  /** The wait before the next redial. */
  redialMs: Millis
  /** Malformed messages so far. */
  strikes: number
}

/** In place of the moment to look for another path: it is being looked for. */
export const restarted: Millis = Infinity

/** Whether another path to it is being looked for. */
export const isRestarting = ({ doubt }: Linked): boolean => doubt?.restartAt === restarted

/** Null while it has shown no card. */
export const profileOf = ({ card }: Member): Profile | null => card?.profile ?? null

export type LinkedMember = Member & { road: Linked }

export const isLinked = (member: Member): member is LinkedMember => member.road.state === 'linked'

/** Whether there is a connection, open or on its way. */
export const hasSession = (road: Road): road is Offering | Answering | Linked =>
  road.state !== 'waiting' && road.state !== 'calling'

export const isAttempt = (road: Road): road is Offering | Answering =>
  road.state === 'offering' || road.state === 'answering'
