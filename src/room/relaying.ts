import { base64UrlFromBytes } from '../shared/bytes.ts'
import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomBytes } from '../shared/random.ts'
import { ownMailboxes, type RoomContext } from './context.ts'
import type { Letter, RoomMessage, Signal } from './io.ts'
import type { LinkedMember, Member } from './member.ts'
import { createRecent } from './recent.ts'
import type { Roster } from './roster.ts'

/** Enough that no two letters of a room are taken for one. */
const letterIdBytes = 12
/** When several members can hand a letter to its addressee, two of them are asked: one may just be leaving. */
const relaysPerLetter = 2
const quotaWindowMs: Millis = 10_000

/** Letters on their way: ours to others, others' through us, theirs to us. */
export interface Relaying {
  writeLetter(to: PeerId | null, signal: Signal): Letter
  /** Sends a signal by every way we know: the peer's mailboxes, and members who may pass it on. */
  send(to: Member, signal: Signal): void
  /** Whether `send` would send anything. */
  reaches(member: Member): boolean
  /** A relay message came: for us, for somebody we know a way to, or for the bin. */
  relayArrived(from: LinkedMember, message: Extract<RoomMessage, { type: 'relay' }>): void
  /** False for what is not for us, was read before, or is one too many. */
  accepts(letter: Letter): boolean
}

export function createRelaying(context: RoomContext, roster: Roster): Relaying {
  const { self, emit } = context
  const lettersSeen = createRecent<string>(limits.signalsSeenMax)
  const relaysSeen = createRecent<string>(limits.signalsSeenMax)
  const letterQuota = createQuota(context)
  const relayQuota = createQuota(context)

  /** Members that say they are linked with the peer, else everyone we are linked with. */
  function relaysTo(peer: PeerId, except?: PeerId): LinkedMember[] {
    const others = roster.linked().filter((member) => member.peer !== peer && member.peer !== except)
    const near = others.filter(({ road }) => road.neighbours.has(peer))
    if (near.length === 0) return others
    return near.toSorted((a, b) => b.road.silentSince - a.road.silentSince).slice(0, relaysPerLetter)
  }

  const mailboxesTo = ({ mailboxes }: Member) =>
    mailboxes.filter(({ broker }) => context.brokers[broker]?.online === true)

  function writeLetter(to: PeerId | null, signal: Signal): Letter {
    const id = base64UrlFromBytes(randomBytes(context.random, letterIdBytes))
    return { version: 1, id, from: self, to, mailboxes: ownMailboxes(context), signal }
  }

  return {
    writeLetter,
    send(to, signal) {
      const letter = writeLetter(to.peer, signal)
      for (const { broker, mailbox } of mailboxesTo(to)) emit({ type: 'post', broker, mailbox, letter })
      const via = relaysTo(to.peer).map(({ peer }) => peer)
      if (via.length === 0) return
      // The relay message carries the letter's id: what floods back to us is not passed on again.
      relaysSeen.note(letter.id, context.now)
      emit({ type: 'relay', via, to: to.peer, letter })
    },
    reaches: (member) => mailboxesTo(member).length > 0 || relaysTo(member.peer).length > 0,

    relayArrived(from, message) {
      if (!relayQuota.allows(from.peer) || relaysSeen.notedAt(message.id) !== undefined) return
      relaysSeen.note(message.id, context.now)
      if (message.to === self) {
        emit({ type: 'openSealed', sealed: message.sealed })
        return
      }
      if (message.hops === 0) return
      const addressee = roster.findLinked(message.to)
      const next = addressee === undefined ? relaysTo(message.to, from.peer) : [addressee]
      for (const { peer } of next) {
        emit({ type: 'send', peer, message: { ...message, hops: message.hops - 1 } })
      }
    },

    accepts(letter) {
      if (letter.from === self || (letter.to !== null && letter.to !== self)) return false
      if (lettersSeen.notedAt(letter.id) !== undefined || !letterQuota.allows(letter.from)) return false
      lettersSeen.note(letter.id, context.now)
      return true
    },
  }
}

/** Counts what each peer sent in the current window of ten seconds. */
function createQuota(context: RoomContext) {
  const windows = new Map<PeerId, { readonly since: Millis; count: number }>()

  function openWindow(peer: PeerId) {
    // Whoever makes up senders to get past the quota meets the limits of the roster instead.
    if (windows.size >= limits.rosterEntriesMax) windows.clear()
    const window = { since: context.now, count: 0 }
    windows.set(peer, window)
    return window
  }

  return {
    allows(peer: PeerId): boolean {
      const current = windows.get(peer)
      const isOver = current === undefined || context.now - current.since >= quotaWindowMs
      const window = isOver ? openWindow(peer) : current
      window.count++
      return window.count <= limits.signalsPerTenSecondsMax
    },
  }
}
