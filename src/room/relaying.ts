import { base64UrlFromBytes } from '../shared/bytes.ts'
import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomBytes } from '../shared/random.ts'
import { ownMailboxes, type RoomContext } from './context.ts'
import type { BrokerIndex, Card, DoorAt, Letter, LetterDraft, MailboxAt, Relay, Signal } from './io.ts'
import type { LinkedMember } from './member.ts'
import { turned } from './groups.ts'
import { createQuota } from './quota.ts'
import { createRecent } from './recent.ts'
import type { Roster } from './roster.ts'

/** When several members can hand a letter to its addressee, two of them are asked: one may just be leaving. */
const relaysPerLetter = 2
/**
 * In a large room people are linked and unlinked all the time, most of whom a broker reaches, too: were all asked, first comers would send
 * little else while a crowd comes.
 */
const relaysBesideBroker = 1
const stampBytes = 8

/** What is said to whoever holds a door. */
const isForDoors = ({ type }: Signal): boolean => type === 'hello' || type === 'probe'

/** Somebody who can be written to. */
export interface Addressee {
  readonly peer: PeerId
  readonly mailboxes: readonly MailboxAt[]
  /** Null for one who has written to us and shown no card yet. */
  readonly card: Card | null
}

/** Letters on their way: ours to others, others' through us, theirs to us. */
export interface Relaying {
  /** Sends a signal by every way we know: the peer's mailboxes, and members who may pass it on. */
  send(to: Addressee, signal: Signal): void
  /** Leaves a signal in our own mailbox at a broker. */
  sendToSelf(broker: BrokerIndex, signal: Signal): void
  /** Leaves a signal at doors. */
  sendToDoors(doors: readonly DoorAt[], signal: Signal): void
  /** Whether `send` would send anything. */
  reaches(to: Addressee): boolean
  /** A relay message came: for us, for somebody we know a way to, or for the bin. False where no honest member has so many. */
  relayArrived(from: LinkedMember, message: Relay): boolean
  /** Who wrote a letter that is to be passed on is known now. */
  relayChecked(from: PeerId, author: PeerId, message: Relay): void
  /** False for what is not for us, was read before, or is one too many. */
  accepts(letter: Letter): boolean
}

export function createRelaying(context: RoomContext, roster: Roster, isLarge: () => boolean): Relaying {
  const { self, emit } = context
  const lettersSeen = createRecent<string, Millis>(limits.signalsSeenMax)
  const relaysSeen = createRecent<string, Millis>(limits.signalsSeenMax)
  const letterQuota = createQuota<PeerId>(context, { countMax: limits.signalsPerTenSecondsMax })
  const memberQuota = createQuota<PeerId>(context, {
    countMax: limits.relaysPerTenSecondsMax,
    bytesMax: limits.relayedPerMemberMaxBytes,
  })
  const onwardQuota = createQuota<PeerId>(context, {
    countMax: limits.relaysPerTenSecondsMax / 4,
    bytesMax: limits.relayedPerMemberMaxBytes / 4,
  })
  const authorQuota = createQuota<PeerId>(context, {
    countMax: limits.signalsPerTenSecondsMax,
    bytesMax: limits.relayedPerAuthorMaxBytes,
  })

  const others = (...except: PeerId[]): LinkedMember[] =>
    roster.linked().filter(({ peer }) => !except.includes(peer))

  /** Members that say they are linked with the peer. */
  const allNearTo = (peer: PeerId, except: PeerId): LinkedMember[] =>
    others(peer, except).filter(({ road }) => road.neighbours.has(peer))

  /** Some of them: those heard of lately. */
  const nearTo = (peer: PeerId, except: PeerId): LinkedMember[] =>
    allNearTo(peer, except)
      .toSorted((a, b) => b.road.silentSince - a.road.silentSince)
      .slice(0, relaysPerLetter)

  /** For a letter of ours: where nobody says so, everyone we are linked with may know. */
  function relaysTo(to: Addressee): LinkedMember[] {
    if (isLarge() && mailboxesTo(to).length > 0)
      return turned(context.random, allNearTo(to.peer, self)).slice(0, relaysBesideBroker)
    const near = nearTo(to.peer, self)
    return near.length > 0 ? near : others(to.peer)
  }

  /** For a letter of somebody else, only who says so: else one letter would become as many as there are links in the room. */
  function nextHops(to: PeerId, from: PeerId): LinkedMember[] {
    const addressee = roster.findLinked(to)
    return addressee === undefined ? nearTo(to, from) : [addressee]
  }

  const mailboxesTo = ({ mailboxes }: Addressee) =>
    mailboxes.filter(({ broker }) => context.brokers[broker]?.online === true)

  const draft = (to: PeerId | null, signal: Signal): LetterDraft => ({
    stamp: base64UrlFromBytes(randomBytes(context.random, stampBytes)),
    to,
    mailboxes: ownMailboxes(context),
    signal,
  })

  return {
    send(to, signal) {
      const mailboxes = mailboxesTo(to)
      const via = relaysTo(to).map(({ peer }) => peer)
      if (mailboxes.length + via.length === 0) return
      const letter = draft(to.peer, signal)
      emit({ type: 'sendLetter', letter, card: to.card, mailboxes, doors: [], via })
    },
    sendToSelf(broker, signal) {
      const mailboxes = ownMailboxes(context).filter((at) => at.broker === broker)
      const letter = draft(self, signal)
      if (mailboxes.length > 0)
        emit({ type: 'sendLetter', letter, card: context.card, mailboxes, doors: [], via: [] })
    },
    sendToDoors(doors, signal) {
      if (doors.length === 0) return
      const letter = draft(null, signal)
      emit({ type: 'sendLetter', letter, card: null, mailboxes: [], doors, via: [] })
    },
    reaches: (to) => mailboxesTo(to).length > 0 || relaysTo(to).length > 0,

    relayArrived(from, message) {
      if (!memberQuota.allows(from.peer, message.sealed.length)) return false
      if (relaysSeen.noted(message.id) !== undefined) return true
      relaysSeen.note(message.id, context.now)
      if (message.to === self) {
        emit({ type: 'openSealed', sealed: message.sealed })
      } else if (message.hops > 0 && nextHops(message.to, from.peer).length > 0) {
        emit({ type: 'checkRelay', from: from.peer, message })
      }
      return true
    },

    relayChecked(from, author, message) {
      if (author === self || roster.isBanned(author)) return
      // By author, so that nobody uses up what an honest member may hand us, by letters of its own.
      if (!authorQuota.allows(author, message.sealed.length)) return
      for (const { peer } of nextHops(message.to, from)) {
        // Less than what they take of us: several who flood through us must not make us look like one.
        if (!onwardQuota.allows(peer, message.sealed.length)) continue
        emit({ type: 'send', peer, message: { ...message, hops: message.hops - 1 } })
      }
    },

    accepts(letter) {
      const isForUs = letter.to === null ? isForDoors(letter.signal) : letter.to === self
      if (letter.from === self || !isForUs) return false
      if (lettersSeen.noted(letter.id) !== undefined || !letterQuota.allows(letter.from)) return false
      lettersSeen.note(letter.id, context.now)
      return true
    },
  }
}
