import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Census } from './census.ts'
import type { Deadline, RoomContext } from './context.ts'
import type { Gossip } from './gossip.ts'
import { turned } from './groups.ts'
import type { Card, RoomMessage } from './io.ts'
import type { LinkedMember } from './member.ts'
import type { Roster } from './roster.ts'
import { cardParts, itemsMaxBytes, weightOf } from './weights.ts'

/** When twelve arrive together, everyone is told of them in few messages. */
const rosterBatchMs: Millis = 100
/** In a large room nobody waits for a roster, and links come and go. */
const rosterBatchLargeMs: Millis = 1000

/** What we tell the others of ourselves and of whom we know. */
export interface Announcing {
  /** The first words on a new link. */
  greet(member: LinkedMember): void
  /** Shows one for whom there is no place whom else it could be linked with. */
  turnAway(member: LinkedMember): void
  /** Tells everyone what is new: our card at once, our roster in batches. */
  attend(): void
  deadlines(): Deadline[]
}

const own = (card: Card): RoomMessage => ({ type: 'card', version: 3, card })

export function createAnnouncing(
  context: RoomContext,
  roster: Roster,
  census: Census,
  gossip: Pick<Gossip, 'has'>,
): Announcing {
  let toldCard: Card | null = null
  let toldRevision = roster.revision()
  let tellAt: Millis | null = null

  const send = (peer: PeerId, message: RoomMessage) => context.emit({ type: 'send', peer, message })

  function rosterFor(reader: PeerId): RoomMessage {
    const cards = roster.linked().flatMap(({ peer, card }) => (peer === reader ? [] : (card ?? [])))
    const members: Card[] = []
    let bytes = 0
    for (const card of census.isLarge() ? [] : cards) {
      bytes += weightOf(card)
      if (bytes > itemsMaxBytes) break
      members.push(card)
      gossip.has(reader, [card.peer, card.sequence])
    }
    return { type: 'roster', members, others: cards.slice(members.length).map(({ peer }) => peer) }
  }

  function attendCard(): void {
    const { card } = context
    if (card === null || card === toldCard) return
    toldCard = card
    for (const { peer } of roster.linked()) send(peer, own(card))
  }

  function attendRoster(): void {
    if (tellAt === null && roster.revision() !== toldRevision)
      tellAt = context.now + (census.isLarge() ? rosterBatchLargeMs : rosterBatchMs)
    if (tellAt === null || context.now < tellAt) return
    tellAt = null
    toldRevision = roster.revision()
    for (const { peer } of roster.linked()) send(peer, rosterFor(peer))
  }

  return {
    greet({ peer }) {
      // Until our card is signed there is none: then everyone is told.
      if (context.card !== null) send(peer, own(context.card))
      send(peer, rosterFor(peer))
    },
    turnAway({ peer }) {
      const cards = roster.linked().flatMap(({ card }) => (card === null || card.peer === peer ? [] : card))
      const some = turned(context.random, cards).slice(0, limits.linksMin)
      for (const part of cardParts(some)) send(peer, { type: 'cards', cards: part })
    },
    attend() {
      attendCard()
      attendRoster()
    },
    deadlines: () => (tellAt === null ? [] : [{ at: tellAt, why: 'roster' }]),
  }
}
