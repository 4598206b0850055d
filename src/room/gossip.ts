import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Census } from './census.ts'
import { jittered, type Deadline, type RoomContext } from './context.ts'
import { createDoubts, type Doubts } from './doubts.ts'
import { countUp, turned } from './groups.ts'
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
export interface Gossip extends Pick<Doubts, 'lost' | 'doubtArrived'> {
  /** A link has opened: its other side is to hear of everyone. */
  linked(member: LinkedMember): void
  /** The neighbour has the card: it showed it, or was shown it. */
  has(neighbour: PeerId, head: Head): void
  /** The peer has a newer card. */
  news(peer: PeerId): void
  headsArrived(from: LinkedMember, heads: readonly Head[]): void
  asked(from: LinkedMember, peers: readonly PeerId[]): void
  attend(): void
  deadlines(): Deadline[]
}

interface Neighbour {
  /** Numbers of the cards that it has, as far as it has told or been told; of those we know alone. */
  readonly has: Map<PeerId, number>
  /** Cards that it says it has and we lack: at most `censusMax`, and gone when it did not give them. */
  readonly offers: Map<PeerId, number>
  /** Peers whose cards it is to be told of. */
  readonly untold: Set<PeerId>
}

export function createGossip(
  context: RoomContext,
  roster: Roster,
  census: Census,
  doubted: () => void,
): Gossip {
  const neighbours = new Map<PeerId, Neighbour>()
  /** Cards on their way to us, and of whom they were asked when. */
  const asked = new Map<PeerId, { readonly of: PeerId; readonly at: Millis }>()
  const given = createQuota<PeerId>(context, { countMax: limits.cardsGivenPerTenSecondsMax })
  const doubts = createDoubts(context, roster, census, doubted)
  let tellAt: Millis | null = null
  let askAt: Millis | null = null

  const { emit } = context
  const sequenceOf = (peer: PeerId): number => census.find(peer)?.card.sequence ?? -1

  function note({ has }: Neighbour, [peer, sequence]: Head): void {
    if (census.find(peer) && sequence > (has.get(peer) ?? -1)) has.set(peer, sequence)
  }

  const tellSoon = (): void => void (tellAt ??= context.now + jittered(context, limits.gossipMs))
  const askSoon = (): void => void (askAt ??= context.now + limits.gossipMs)

  function tell(to: PeerId, { has, untold }: Neighbour): void {
    const heads: Head[] = []
    for (const peer of turned(context.random, [...untold])) {
      if (heads.length >= limits.headsToldMax) break
      untold.delete(peer)
      const sequence = sequenceOf(peer)
      if (peer === to || sequence <= (has.get(peer) ?? -1)) continue
      has.set(peer, sequence)
      heads.push([peer, sequence])
    }
    if (untold.size > 0) tellSoon()
    if (has.size > census.count()) for (const peer of has.keys()) if (!census.find(peer)) has.delete(peer)
    if (heads.length > 0) emit({ type: 'send', peer: to, message: { type: 'heads', heads } })
  }

  /** Who was asked and gave nothing is not believed: what it offered is forgotten, and another asked. */
  function giveUpLate(): void {
    for (const [peer, { of, at }] of asked) {
      if (context.now - at < askAgainMs) continue
      asked.delete(peer)
      neighbours.get(of)?.offers.delete(peer)
    }
  }

  /** Cards to ask of it at a time: fewer of one at whose door all newcomers knock, where there are others to ask. */
  function askedMax(neighbour: PeerId): number {
    const isAtDoor = (census.find(neighbour)?.card.doors.length ?? 0) > 0
    return isAtDoor && neighbours.size > limits.linksMin / 2 ? 1 : limits.cardsAskedMax
  }

  /** Asks each neighbour for what it alone offers, or has the newest of, up to so many cards at a time. */
  function ask(): void {
    giveUpLate()
    const outCounts = new Map<PeerId, number>()
    for (const { of } of asked.values()) countUp(outCounts, of)
    let isMore = asked.size > 0
    for (const [id, { offers }] of turned(context.random, [...neighbours])) {
      const peers: PeerId[] = []
      const countMax = askedMax(id) - (outCounts.get(id) ?? 0)
      for (const [peer, sequence] of offers) {
        if (!census.isNews([peer, sequence], false)) offers.delete(peer)
        else if (asked.has(peer) || peers.length >= countMax) isMore = true
        else {
          asked.set(peer, { of: id, at: context.now })
          peers.push(peer)
          isMore = true
        }
      }
      if (peers.length > 0) emit({ type: 'send', peer: id, message: { type: 'ask', peers } })
    }
    askAt = isMore ? context.now + limits.gossipMs : null
  }

  return {
    lost: doubts.lost,
    doubtArrived: doubts.doubtArrived,
    linked({ peer }) {
      const untold = new Set([...census.all()].map(({ card }) => card.peer))
      neighbours.set(peer, { has: new Map(), offers: new Map(), untold })
      if (untold.size > 0) tellSoon()
    },
    has(id, head) {
      const neighbour = neighbours.get(id)
      if (neighbour) note(neighbour, head)
    },
    news(peer) {
      asked.delete(peer)
      for (const [id, { untold, has }] of neighbours) {
        if (id === peer || sequenceOf(peer) <= (has.get(peer) ?? -1)) continue
        untold.add(peer)
        tellSoon()
      }
    },
    headsArrived({ peer: from }, heads) {
      const neighbour = neighbours.get(from)
      if (!neighbour) return
      for (const head of heads) {
        const [peer, sequence] = head
        note(neighbour, head)
        if (!census.isNews(head, false) || neighbour.offers.size >= limits.censusMax) continue
        neighbour.offers.set(peer, sequence)
        askSoon()
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
    attend() {
      for (const id of neighbours.keys()) if (!roster.findLinked(id)) neighbours.delete(id)
      doubts.attend()
      if (tellAt !== null && context.now >= tellAt) {
        tellAt = null
        for (const [id, neighbour] of neighbours) tell(id, neighbour)
      }
      if (askAt !== null && context.now >= askAt) ask()
    },
    deadlines: () => [
      ...doubts.deadlines(),
      ...(tellAt === null ? [] : [{ at: tellAt, why: 'gossip' }]),
      ...(askAt === null ? [] : [{ at: askAt, why: 'ask' }]),
    ],
  }
}
