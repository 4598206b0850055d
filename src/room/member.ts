import type { LinkSession, Millis, PeerId } from '../shared/ids.ts'
import type { DoorAt, MailboxAt, Profile, Signal } from './io.ts'

export type Offer = Extract<Signal, { type: 'offer' }>

/** One peer's road to a link. Each state holds only what is true in it. */
export type Road = Waiting | Offering | Answering | Linked

/** No attempt is under way. */
export interface Waiting {
  readonly state: 'waiting'
  dialAt: Millis
}

/** We opened our end and make the offer. */
export interface Offering {
  readonly state: 'offering'
  readonly session: LinkSession
  readonly giveUpAt: Millis
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
}

export interface Linked {
  readonly state: 'linked'
  readonly session: LinkSession
  readonly route: 'direct' | 'relayed'
  /** When the peer was last heard; moved forward after a sleep of ours, which is no silence of theirs. */
  silentSince: Millis
  pingedAt: Millis | null
  /** Its profile has come over this link. */
  greeted: boolean
  /** Its roster showed that it has no place for us. */
  refusing: boolean
  /** Doors it says it holds. */
  doors: readonly DoorAt[]
  /** Peers it says it has open links with. */
  neighbours: ReadonlySet<PeerId>
  /**
   * The peer spoke as if this link were gone: if it stays silent until then, its offer is taken, or, after a hello,
   * it is dialed.
   */
  challenge: { readonly offer: Offer | null; readonly until: Millis } | null
}

/** Somebody of the room whom we know or try to reach. */
export interface Member {
  readonly peer: PeerId
  road: Road
  /** Null until it has told us once. */
  profile: Profile | null
  mailboxes: readonly MailboxAt[]
  /** Since when a member we talked with is out of reach; null for one in reach or never met. */
  lostSince: Millis | null
  /** The wait before the next redial. */
  redialMs: Millis
  /** Malformed messages so far. */
  strikes: number
}

export type LinkedMember = Member & { road: Linked }

export const isLinked = (member: Member): member is LinkedMember => member.road.state === 'linked'

export const isAttempt = (road: Road): road is Offering | Answering =>
  road.state === 'offering' || road.state === 'answering'
