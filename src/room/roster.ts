import type { DeviceId, Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { RoomContext } from './context.ts'
import type { Card, MailboxAt, MemberSnapshot } from './io.ts'
import { hasSession, isAttempt, isLinked, profileOf, type LinkedMember, type Member } from './member.ts'
import { createBans } from './bans.ts'
import { createRecent } from './recent.ts'
import type { Addressee } from './relaying.ts'

/** Rosters of others still name one who just left: for this long that does not bring it back. */
const leftQuietMs: Millis = limits.linkOpenTimeoutMs

/** Who is here, who is on the way, who was lost. Bounded whatever others say. */
export interface Roster {
  find(peer: PeerId): Member | undefined
  findLinked(peer: PeerId): LinkedMember | undefined
  /** A copy, so that members may be removed on the way through. */
  all(): Member[]
  linked(): LinkedMember[]
  attempts(): number
  /** Somebody we are linked with has an open link with this peer, so it lives. */
  isListed(peer: PeerId): boolean
  /** All of whom that is so. */
  listed(): Set<PeerId>
  /** The member who wrote to us, made if new, with its newest mailboxes. Null when there is no place for it, or it was banned. */
  meet(writer: Addressee): Member | null
  /** The member whose card somebody showed us, made if new. Null when there is no place for it, it was banned, or it just left. */
  meetByCard(card: Card): Member | null
  /** The member shows its own card: whether it is news. */
  takeCard(member: Member, card: Card): boolean
  /** Forgets a stranger whom we could not reach, or a member lost for long. */
  remove(member: Member): void
  /** The member is in the room, and there is no link with it any more. */
  giveUp(peer: PeerId): void
  /** Forgets a member that said goodbye. */
  removeLeft(member: Member): void
  /** Forgets pages of the member's device that are lost, and says which: it is back in this one. */
  forgetEarlier(member: Member): PeerId[]
  /** Forgets the peer and keeps it out for a while, and its device as far as it is known. */
  ban(peer: PeerId): void
  isBanned(who: PeerId | DeviceId): boolean
  snapshots(): MemberSnapshot[]
  /** Counts changes of what our own roster message says. */
  revision(): number
  changed(): void
}

export function createRoster(context: RoomContext): Roster {
  const members = new Map<PeerId, Member>()
  const leftAt = createRecent<PeerId, Millis>(limits.rosterEntriesMax)
  const bans = createBans()
  let revision = 0

  const linked = (): LinkedMember[] => [...members.values()].filter(isLinked)
  const within = (at: Millis | undefined, ms: Millis): boolean => at !== undefined && context.now - at < ms

  const mayEnter = (peer: PeerId): boolean =>
    peer !== context.self && members.size < limits.rosterEntriesMax && !bans.has(peer, context.now)

  function enter(peer: PeerId, card: Card | null, mailboxes: readonly MailboxAt[]): Member {
    const member: Member = {
      peer,
      road: { state: 'waiting', dialAt: context.now },
      card,
      mailboxes,
      isSought: false,
      lostSince: null,
      redialMs: limits.redialMinMs,
      strikes: 0,
    }
    members.set(peer, member)
    return member
  }

  function removeLeft({ peer }: Member): void {
    members.delete(peer)
    leftAt.note(peer, context.now)
    revision++
  }

  return {
    find: (peer) => members.get(peer),
    findLinked(peer) {
      const member = members.get(peer)
      return member !== undefined && isLinked(member) ? member : undefined
    },
    all: () => [...members.values()],
    linked,
    attempts: () => [...members.values()].filter(({ road }) => isAttempt(road)).length,
    isListed: (peer) => linked().some(({ road }) => road.neighbours.has(peer)),
    listed() {
      const all = new Set<PeerId>()
      for (const { road } of linked()) for (const peer of road.neighbours) all.add(peer)
      return all
    },

    meet({ peer, mailboxes }) {
      const known = members.get(peer)
      if (known === undefined) return mayEnter(peer) ? enter(peer, null, mailboxes) : null
      if (mailboxes.length > 0) known.mailboxes = mailboxes
      return known
    },
    meetByCard(card) {
      const { peer, device, mailboxes } = card
      const known = members.get(peer)
      if (known !== undefined) {
        takeCard(known, card)
        return known
      }
      if (!mayEnter(peer) || bans.has(device, context.now)) return null
      return within(leftAt.noted(peer), leftQuietMs) ? null : enter(peer, card, mailboxes)
    },
    takeCard,
    remove: ({ peer }) => void members.delete(peer),
    giveUp(peer) {
      if (members.delete(peer)) revision++
    },
    removeLeft,
    forgetEarlier(member) {
      const earlier = [...members.values()].filter(
        (other) => other !== member && other.card?.device === member.card?.device,
      )
      const lost = earlier.filter(({ lostSince, road }) => lostSince !== null && !hasSession(road))
      for (const other of lost) removeLeft(other)
      return lost.map(({ peer }) => peer)
    },
    ban(peer) {
      const device = members.get(peer)?.card?.device
      if (members.delete(peer)) revision++
      bans.add(peer, context.now)
      if (device !== undefined) bans.add(device, context.now)
    },
    isBanned: (who) => bans.has(who, context.now),

    snapshots: () => [...members.values()].filter(isComing).map(snapshot),
    revision: () => revision,
    changed: () => void revision++,
  }
}

function takeCard(member: Member, card: Card): boolean {
  if (card.sequence <= (member.card?.sequence ?? -1)) return false
  member.card = card
  member.mailboxes = card.mailboxes
  return true
}

/** Whether there is more of the member than an invitation of its that we have answered. */
const isComing = ({ road }: Member): boolean => road.state !== 'answering' || road.byHand !== true

function snapshot(member: Member): MemberSnapshot {
  const { peer, card, road, lostSince } = member
  const who = { peer, profile: profileOf(member), device: card?.device ?? null }
  if (road.state === 'linked') return { ...who, state: road.isPathLost ? 'connecting' : road.route }
  return { ...who, state: lostSince === null ? 'connecting' : 'lost' }
}
