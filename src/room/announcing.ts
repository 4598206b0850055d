import type { Millis, PeerId } from '../shared/ids.ts'
import type { Deadline, RoomContext } from './context.ts'
import type { DoorAt, RoomMessage } from './io.ts'
import type { LinkedMember } from './member.ts'
import type { Roster } from './roster.ts'

/** When twelve arrive together, everyone is told of them in few messages. */
const rosterBatchMs: Millis = 100

/** What we tell the others of ourselves and of whom we know. */
export interface Announcing {
  /** The first words on a new link. */
  greet(member: LinkedMember): void
  /** Says that there is no place: a roster of full size. */
  turnAway(member: LinkedMember): void
  /** Tells everyone what is new: our profile message at once, our roster in batches. */
  attend(): void
  deadlines(): Deadline[]
}

export function createAnnouncing(
  context: RoomContext,
  roster: Roster,
  heldDoors: () => DoorAt[],
): Announcing {
  let toldProfile = ''
  let toldRevision = roster.revision()
  let tellAt: Millis | null = null

  const send = (peer: PeerId, message: RoomMessage) => context.emit({ type: 'send', peer, message })

  /** Null until our card is signed: then everyone is told. */
  function profileMessage(): RoomMessage | null {
    const { card, profile } = context
    return card && { type: 'profile', version: 2, profile, card, doors: heldDoors() }
  }

  function rosterFor(reader: PeerId): RoomMessage {
    const others = roster.linked().filter(({ peer }) => peer !== reader)
    return { type: 'roster', members: others.flatMap(({ card }) => card ?? []) }
  }

  function attendProfile(): void {
    const message = profileMessage()
    if (message === null) return
    const text = JSON.stringify(message)
    if (text === toldProfile) return
    toldProfile = text
    for (const { peer } of roster.linked()) send(peer, message)
  }

  function attendRoster(): void {
    if (tellAt === null && roster.revision() !== toldRevision) tellAt = context.now + rosterBatchMs
    if (tellAt === null || context.now < tellAt) return
    tellAt = null
    toldRevision = roster.revision()
    for (const { peer } of roster.linked()) send(peer, rosterFor(peer))
  }

  return {
    greet({ peer }) {
      const message = profileMessage()
      if (message !== null) send(peer, message)
      send(peer, rosterFor(peer))
    },
    turnAway: ({ peer }) => send(peer, rosterFor(peer)),
    attend() {
      attendProfile()
      attendRoster()
    },
    deadlines: () => (tellAt === null ? [] : [{ at: tellAt, why: 'roster' }]),
  }
}
