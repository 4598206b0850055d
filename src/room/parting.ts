import type { PeerId } from '../shared/ids.ts'
import type { RoomContext } from './context.ts'
import { hasSession, type LinkedMember } from './member.ts'
import type { Roster } from './roster.ts'

/** How members and we part for good. */
export interface Parting {
  saidBye(member: LinkedMember): void
  /** Ends whatever is between us and the peer, and keeps it and its device out for a while. */
  ban(peer: PeerId): void
  /** Says goodbye to everyone and closes every link and attempt. */
  leave(): void
}

export function createParting({ emit }: RoomContext, roster: Roster): Parting {
  return {
    saidBye(member) {
      const { peer, profile, road } = member
      roster.removeLeft(member)
      emit({ type: 'closeLink', peer, session: road.session, reason: 'left' })
      if (profile !== null) emit({ type: 'report', report: { type: 'memberLeft', peer, profile } })
    },

    ban(peer) {
      const member = roster.find(peer)
      roster.ban(peer)
      if (member === undefined) return
      const { road, profile } = member
      if (hasSession(road)) {
        emit({ type: 'closeLink', peer, session: road.session, reason: 'misbehaved' })
      }
      emit({ type: 'report', report: { type: 'memberBanned', peer, profile } })
    },

    leave() {
      for (const { peer, road } of roster.all()) {
        if (road.state === 'linked') emit({ type: 'send', peer, message: { type: 'bye' } })
        if (hasSession(road)) emit({ type: 'closeLink', peer, session: road.session, reason: 'left' })
      }
    },
  }
}
