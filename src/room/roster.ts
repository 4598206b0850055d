import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { RoomContext } from './context.ts'
import type { MemberSnapshot, RosterEntry } from './io.ts'
import { isAttempt, isLinked, type LinkedMember, type Member } from './member.ts'
import { createBans } from './bans.ts'
import { createRecent } from './recent.ts'

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
  /** As many links as a room of full size needs. */
  isFull(): boolean
  /** Somebody we are linked with has an open link with this peer, so it lives. */
  isListed(peer: PeerId): boolean
  /**
   * The member named, made if new, with its newest mailboxes (one we are linked with tells its own). Null when there is no place for it, when it was
   * banned, or when only a roster says that somebody who just left is here.
   */
  meet(entry: RosterEntry, by: 'letter' | 'roster'): Member | null
  /** Forgets a stranger whom we could not reach, or a member lost for long. */
  remove(member: Member): void
  /** Forgets a member that said goodbye. */
  removeLeft(member: Member): void
  /** Forgets the peer and keeps it out for a while. */
  ban(peer: PeerId): void
  isBanned(peer: PeerId): boolean
  snapshots(): MemberSnapshot[]
  /** Counts changes of what our own roster message says. */
  revision(): number
  changed(): void
}

export function createRoster(context: RoomContext): Roster {
  const members = new Map<PeerId, Member>()
  const leftAt = createRecent<PeerId>(limits.rosterEntriesMax)
  const bans = createBans()
  let revision = 0

  const linked = (): LinkedMember[] => [...members.values()].filter(isLinked)
  const within = (at: Millis | undefined, ms: Millis): boolean => at !== undefined && context.now - at < ms

  function mayEnter(peer: PeerId, by: 'letter' | 'roster'): boolean {
    if (peer === context.self || members.size >= limits.rosterEntriesMax) return false
    if (bans.has(peer, context.now)) return false
    return by === 'letter' || !within(leftAt.notedAt(peer), leftQuietMs)
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
    isFull: () => linked().length >= limits.membersMax - 1,
    isListed: (peer) => linked().some(({ road }) => road.neighbours.has(peer)),

    meet({ peer, mailboxes }, by) {
      const known = members.get(peer)
      if (known !== undefined) {
        if (mailboxes.length > 0 && !(by === 'roster' && isLinked(known))) known.mailboxes = mailboxes
        return known
      }
      if (!mayEnter(peer, by)) return null
      const member: Member = {
        peer,
        road: { state: 'waiting', dialAt: context.now },
        profile: null,
        mailboxes,
        lostSince: null,
        redialMs: limits.redialMinMs,
        strikes: 0,
      }
      members.set(peer, member)
      return member
    },
    remove: ({ peer }) => void members.delete(peer),
    removeLeft({ peer }) {
      members.delete(peer)
      leftAt.note(peer, context.now)
      revision++
    },
    ban(peer) {
      if (members.delete(peer)) revision++
      bans.add(peer, context.now)
    },
    isBanned: (peer) => bans.has(peer, context.now),

    snapshots: () => [...members.values()].map(snapshot),
    revision: () => revision,
    changed: () => void revision++,
  }
}

function snapshot({ peer, profile, road, lostSince }: Member): MemberSnapshot {
  if (road.state === 'linked') return { peer, profile, state: road.route }
  return { peer, profile, state: lostSince === null ? 'connecting' : 'lost' }
}
