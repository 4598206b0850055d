import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomBelow } from '../shared/random.ts'
import type { Census, Someone } from './census.ts'
import { jittered, type Deadline, type RoomContext } from './context.ts'
import type { Dialing } from './dialing.ts'
import { isLinked, type LinkedMember } from './member.ts'
import type { Relaying } from './relaying.ts'
import type { Roster } from './roster.ts'

/** Nobody to call was found: looked for again after this. */
const lookAgainMs: Millis = 5000
/** People are drawn so often to find one who can be reached. */
const drawsMax = 5

/**
 * Whom to be linked with. In a small room that is everyone; in a large one some whom chance chooses from all, so that the whole holds together
 * (the random graphs that HyParView, Leitão et al. 2007, keeps by shuffles: here everyone knows everyone, so each draws from all).
 */
export interface Meshing {
  /** Somebody is shown to us: in a small room it is called. */
  shown(peer: PeerId): void
  /** The peer shows a newer card: whether we are linked or not, it is here. */
  isHere(peer: PeerId): void
  /** Whether a link with the peer is of use: in a large room those that we know of have others. */
  needs(peer: PeerId): boolean
  /** The link makes room for others: both stay members. */
  giveWay(member: LinkedMember): void
  /** The other side has given it up so. */
  gaveWay(member: LinkedMember): void
  /** Who is not linked with whom, for want of a way: where that is not said, everyone might be. */
  tellNeighbours(of: LinkedMember): void
  attend(): void
  deadlines(): Deadline[]
}

export function createMeshing(
  context: RoomContext,
  roster: Roster,
  census: Census,
  dialing: Dialing,
  relaying: Relaying,
): Meshing {
  const { emit, random } = context
  let wasLarge = false
  let fillAt: Millis = 0
  let shuffleAt: Millis = Infinity

  function call({ card }: Someone): void {
    const { peer } = card
    const isNew = roster.find(peer) === undefined
    const member = roster.meetByCard(card)
    if (isNew && member?.road.state === 'waiting') member.road.dialAt = context.now + dialing.yieldTo(peer)
  }

  /** Somebody whom we may call: first by who vouches, then by chance, so that one who makes people up is not all that we hear. */
  function draw(): Someone | null {
    const byVoucher = new Map<PeerId, Someone[]>()
    for (const someone of census.all()) {
      const { card, voucher, restUntil, isDoubted } = someone
      if (isDoubted || context.now < restUntil || roster.find(card.peer)) continue
      const others = byVoucher.get(voucher)
      if (others) others.push(someone)
      else byVoucher.set(voucher, [someone])
    }
    for (let draws = 0; draws < drawsMax; draws++) {
      const group = pick([...byVoucher.values()])
      const someone = group && pick(group)
      if (someone && relaying.reaches({ ...someone.card, card: someone.card })) return someone
    }
    return null
  }

  const pick = <Item>(items: readonly Item[]): Item | undefined =>
    items.length > 0 ? items[randomBelow(random, items.length)] : undefined

  /** Links, and those on their way. */
  const sought = (): number =>
    roster.all().filter((member) => isLinked(member) || member.lostSince === null).length

  function fill(): void {
    if (context.now < fillAt) return
    for (let missing = limits.linksMin - sought(); missing > 0; missing--) {
      const someone = draw()
      if (someone === null) {
        fillAt = context.now + lookAgainMs
        return
      }
      call(someone)
    }
  }

  /** Of our neighbours one that has links to spare: as many as it can miss one of, and the most of all. */
  function spare(): LinkedMember | null {
    const able = roster.linked().filter(({ road }) => road.greeted && road.neighbours.size > limits.linksMin)
    const most = Math.max(...able.map(({ road }) => road.neighbours.size))
    return pick(able.filter(({ road }) => road.neighbours.size === most)) ?? null
  }

  function makeRoom(): void {
    while (roster.linked().length > limits.linksMax) {
      const member = spare()
      if (member === null) return
      giveWay(member)
    }
  }

  /** Old acquaintances make way for others now and then: a room that came together in clusters grows into one. */
  function shuffle(): void {
    if (context.now < shuffleAt) return
    shuffleAt = context.now + jittered(context, limits.shuffleMs)
    const member = roster.linked().length > limits.linksTarget ? spare() : null
    if (member !== null) giveWay(member)
    else {
      const someone = draw()
      if (someone !== null) call(someone)
    }
  }

  function unlink({ peer, road }: LinkedMember): void {
    emit({ type: 'closeLink', peer, session: road.session, reason: 'gaveWay' })
    roster.giveUp(peer)
    census.rest(peer)
  }

  function giveWay(member: LinkedMember): void {
    emit({ type: 'send', peer: member.peer, message: { type: 'giveWay' } })
    unlink(member)
  }

  /** In a small room two without a link have found no way. In a large one they have not looked for any. */
  function tellNeighbours({ peer, road }: LinkedMember): void {
    const neighbours = census.isLarge()
      ? [...census.all()].flatMap(({ card }) => (card.peer === peer ? [] : [card.peer]))
      : [...road.neighbours]
    emit({ type: 'tellNeighbours', peer, neighbours })
  }

  return {
    shown(peer) {
      const someone = census.find(peer)
      if (someone && !census.isLarge()) call(someone)
    },
    isHere(peer) {
      const member = roster.find(peer)
      if (census.isLarge() && member?.road.state === 'waiting' && member.lostSince !== null)
        roster.giveUp(peer)
    },
    tellNeighbours,
    needs(peer) {
      const isKnown = census.find(peer)?.isDoubted === false
      const isOnTheWay = roster.find(peer) !== undefined
      return !census.isLarge() || !isKnown || isOnTheWay || roster.linked().length < limits.linksMin
    },
    giveWay,
    gaveWay: unlink,
    attend() {
      const isLarge = census.isLarge()
      if (isLarge && !wasLarge) shuffleAt = context.now + jittered(context, limits.shuffleMs)
      if (!isLarge && wasLarge) for (const someone of census.all()) call(someone)
      if (isLarge !== wasLarge) for (const member of roster.linked()) tellNeighbours(member)
      wasLarge = isLarge
      if (!isLarge) return
      fill()
      makeRoom()
      shuffle()
    },
    deadlines: () =>
      wasLarge
        ? [{ at: shuffleAt, why: 'shuffle' }, ...(fillAt > context.now ? [{ at: fillAt, why: 'fill' }] : [])]
        : [],
  }
}
