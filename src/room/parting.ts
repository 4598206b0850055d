import type { PeerId } from '../shared/ids.ts'
import type { Census } from './census.ts'
import type { RoomContext } from './context.ts'
import type { Gossip } from './gossip.ts'
import { hasSession, profileOf, type LinkedMember } from './member.ts'
import type { Roster } from './roster.ts'

/** How members and we part for good. */
export interface Parting {
  saidBye(member: LinkedMember): void
  /** Ends whatever is between us and the peer, and keeps it and its device out for a while. */
  ban(peer: PeerId): void
  /** Says goodbye to everyone and closes every link and attempt. */
  leave(): void
}

export function createParting(
  { emit }: RoomContext,
  roster: Roster,
  census: Census,
  gossip: Gossip,
): Parting {
  return {
    saidBye(member) {
      const { peer, road } = member
      const profile = profileOf(member)
      roster.removeLeft(member)
      gossip.lost(peer)
      census.remove(peer)
      emit({ type: 'closeLink', peer, session: road.session, reason: 'left' })
      if (profile !== null) emit({ type: 'report', report: { type: 'memberLeft', peer, profile } })
    },

    ban(peer) {
      const member = roster.find(peer)
      roster.ban(peer)
      census.remove(peer)
      if (member === undefined) return
      const { road } = member
      if (hasSession(road)) {
        emit({ type: 'closeLink', peer, session: road.session, reason: 'misbehaved' })
      }
      emit({ type: 'report', report: { type: 'memberBanned', peer, profile: profileOf(member) } })
    },

    leave() {
      for (const { peer, road } of roster.all()) {
        if (road.state === 'linked') emit({ type: 'send', peer, message: { type: 'bye' } })
        if (hasSession(road)) emit({ type: 'closeLink', peer, session: road.session, reason: 'left' })
      }
    },
  }
}
