import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Census } from './census.ts'
import { jittered, type Deadline, type RoomContext } from './context.ts'
import { inParts } from './inParts.ts'
import type { Card, Head } from './io.ts'
import type { LinkedMember } from './member.ts'
import { createQuota } from './quota.ts'
import type { Roster } from './roster.ts'
import { cardParts } from './weights.ts'

/** Not asked of again before this: a card takes a round trip, and the time to be checked. */
const askAgainMs: Millis = 3000

/**
 * How cards get around in a room where not everyone is linked with everyone: members tell their neighbours which ones they have (`heads`),
 * and give those that they are asked for, so that each card comes to each member once, and its number from all sides.
 */
export interface Gossip {
  /** A link has opened: its other side hears of everyone whom our roster does not show it. */
  linked(member: LinkedMember): void
  /** The neighbour showed a card, so it need not be told of it. */
  shown(neighbour: PeerId, head: Head): void
  /** The peer has a newer card. */
  news(peer: PeerId): void
  /** The peer is lost to us: whoever has no other sign of it is to doubt that it is here. */
  lost(peer: PeerId): void
  headsArrived(from: LinkedMember, heads: readonly Head[]): void
  asked(from: LinkedMember, peers: readonly PeerId[]): void
  /** False where no honest member has so many. */
  doubtArrived(from: LinkedMember, heads: readonly Head[]): boolean
  attend(): void
  deadlines(): Deadline[]
}

interface Neighbour {
  /** Numbers of the cards that it has, as far as it has told or been told. */
  readonly has: Map<PeerId, number>
  /** Peers whose cards it is to be told of. */
  readonly untold: Set<PeerId>
}

interface Wanted {
  sequence: number
  askedOf: PeerId | null
  askedAt: Millis
}

export function createGossip(
  context: RoomContext,
  roster: Roster,
  census: Census,
  doubted: () => void,
): Gossip {
  const neighbours = new Map<PeerId, Neighbour>()
  const wanted = new Map<PeerId, Wanted>()
  // What all together make us doubt, and so pass on, is less than what anyone may: who hands over more is not honest.
  const doubts = createQuota<'all'>(context, { countMax: limits.doubtsPerTenSecondsMax })
  const doubtsOf = createQuota<PeerId>(context, { countMax: 2 * limits.doubtsPerTenSecondsMax })
  const given = createQuota<PeerId>(context, { countMax: limits.cardsGivenPerTenSecondsMax })
  let tellAt: Millis | null = null
  let askAt: Millis | null = null

  const { emit } = context
  const sequenceOf = (peer: PeerId): number => census.find(peer)?.card.sequence ?? -1

  function note(neighbour: Neighbour, [peer, sequence]: Head): void {
    if (sequence > (neighbour.has.get(peer) ?? -1)) neighbour.has.set(peer, sequence)
  }

  function tellSoon(): void {
    tellAt ??= context.now + jittered(context, limits.gossipMs)
  }

  function tell(to: PeerId, { has, untold }: Neighbour): void {
    const heads = [...untold].flatMap((peer): Head[] => {
      const sequence = sequenceOf(peer)
      const isNews = peer !== to && sequence > (has.get(peer) ?? -1)
      if (isNews) has.set(peer, sequence)
      return isNews ? [[peer, sequence]] : []
    })
    untold.clear()
    for (const part of inParts(heads, limits.headsPerMessage))
      emit({ type: 'send', peer: to, message: { type: 'heads', heads: part } })
  }

  /** A neighbour that has the card, and is not asked for many already; at random, so that nobody answers for all. */
  function giverOf(peer: PeerId, { sequence, askedOf }: Wanted, asks: Map<PeerId, PeerId[]>): PeerId | null {
    const givers = [...neighbours].flatMap(([id, { has }]) => {
      const isFree = (asks.get(id)?.length ?? 0) < limits.cardsAskedMax
      return isFree && (has.get(peer) ?? -1) >= sequence ? [id] : []
    })
    // Who did not give it is asked again only where nobody else has it.
    const others = givers.length > 1 ? givers.filter((id) => id !== askedOf) : givers
    return others[context.random() % others.length] ?? null
  }

  function ask(): void {
    const asks = new Map<PeerId, PeerId[]>()
    for (const { askedOf, askedAt } of wanted.values())
      if (askedOf !== null && context.now - askedAt < askAgainMs)
        asks.set(askedOf, [...(asks.get(askedOf) ?? []), askedOf])
    const fresh = new Map<PeerId, PeerId[]>()
    for (const [peer, want] of wanted) {
      if (!census.isNews([peer, want.sequence], false)) {
        wanted.delete(peer)
        continue
      }
      if (want.askedOf !== null && context.now - want.askedAt < askAgainMs) continue
      const giver = giverOf(peer, want, asks)
      if (giver === null) continue
      want.askedOf = giver
      want.askedAt = context.now
      asks.set(giver, [...(asks.get(giver) ?? []), peer])
      fresh.set(giver, [...(fresh.get(giver) ?? []), peer])
    }
    for (const [peer, peers] of fresh) emit({ type: 'send', peer, message: { type: 'ask', peers } })
    askAt = wanted.size > 0 ? context.now + limits.gossipMs : null
  }

  function passOn(heads: readonly Head[], except: PeerId): void {
    for (const part of inParts(heads, limits.headsPerMessage))
      for (const id of neighbours.keys())
        if (id !== except && roster.findLinked(id))
          emit({ type: 'send', peer: id, message: { type: 'doubt', heads: part } })
  }

  return {
    linked({ peer }) {
      // In a small room those we are linked with are in the roster that it is greeted with.
      const isTold = (of: PeerId): boolean => !census.isLarge() && roster.findLinked(of) !== undefined
      const untold = [...census.all()].flatMap(({ card }) => (isTold(card.peer) ? [] : [card.peer]))
      neighbours.set(peer, { has: new Map(), untold: new Set(untold) })
      if (untold.length > 0) tellSoon()
    },
    shown(id, head) {
      const neighbour = neighbours.get(id)
      if (neighbour) note(neighbour, head)
    },
    news(peer) {
      for (const [id, { untold, has }] of neighbours) {
        if (id === peer || sequenceOf(peer) <= (has.get(peer) ?? -1)) continue
        untold.add(peer)
        tellSoon()
      }
    },
    lost(peer) {
      const head: Head = [peer, sequenceOf(peer)]
      if (census.doubt(head) && census.isLarge()) passOn([head], peer)
    },
    headsArrived({ peer: from }, heads) {
      const neighbour = neighbours.get(from)
      if (!neighbour) return
      for (const head of heads) {
        const [peer, sequence] = head
        note(neighbour, head)
        if (!census.isNews(head, false)) continue
        const want = wanted.get(peer)
        if (want === undefined && wanted.size < limits.censusMax)
          wanted.set(peer, { sequence, askedOf: null, askedAt: 0 })
        else if (want !== undefined && sequence > want.sequence) want.sequence = sequence
        askAt = context.now
      }
    },
    asked({ peer: to }, peers) {
      const neighbour = neighbours.get(to)
      if (!neighbour) return
      const cards = peers.flatMap((peer): Card[] => {
        const card = given.allows(to) ? census.find(peer)?.card : undefined
        if (card) note(neighbour, [peer, card.sequence])
        return card ? [card] : []
      })
      for (const part of cardParts(cards))
        emit({ type: 'send', peer: to, message: { type: 'cards', cards: part } })
    },
    doubtArrived({ peer: from }, heads) {
      const isAllowed = heads.filter(() => doubtsOf.allows(from)).length === heads.length
      const fresh = heads.filter((head) => {
        const [peer, sequence] = head
        if (peer === context.self && sequence === context.card?.sequence) doubted()
        return census.isDoubtable(head) && doubts.allows('all') && census.doubt(head)
      })
      if (fresh.length > 0) passOn(fresh, from)
      return isAllowed
    },
    attend() {
      for (const id of neighbours.keys()) if (!roster.findLinked(id)) neighbours.delete(id)
      if (tellAt !== null && context.now >= tellAt) {
        tellAt = null
        for (const [id, neighbour] of neighbours) tell(id, neighbour)
      }
      if (askAt !== null && context.now >= askAt) ask()
    },
    deadlines: () => [
      ...(tellAt === null ? [] : [{ at: tellAt, why: 'gossip' }]),
      ...(askAt === null ? [] : [{ at: askAt, why: 'ask' }]),
    ],
  }
}
