import type { Millis, PeerId, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomBelow } from '../shared/random.ts'
import type { Catalogue } from './catalogue.ts'
import type { Census, Someone } from './census.ts'
import { jittered, type Deadline, type RoomContext } from './context.ts'
import type { Dialing } from './dialing.ts'
import { putInto } from './groups.ts'
import { isLinked, type LinkedMember, type Member } from './member.ts'
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
  /** Of these shares we want a link with somebody who gives them; in place of what was said before. */
  seek(shares: readonly ShareId[]): void
  /** Whether the link that has just opened can be kept: another makes room for it where there are too many and one can be spared. */
  hasRoomForOne(): boolean
  /** The link makes room for others: both stay members. */
  giveWay(member: LinkedMember): void
  /** The other side has given it up so. */
  gaveWay(member: LinkedMember): void
  /** With whom the member has found a way, as it says. */
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
  catalogue: Pick<Catalogue, 'giversOf'>,
): Meshing {
  const { emit, random } = context
  let wasLarge = false
  let fillAt: Millis = 0
  let mixAt: Millis = Infinity
  /** How many there were when links were last mixed, and how many of them are still to make way. */
  let mixedCount = 0
  let swapsLeft = 0
  let shuffleAt: Millis = Infinity
  /** Shares that we want and nobody near gives, and when somebody is called who does. */
  const sought = new Map<ShareId, Millis>()

  function call({ card }: Someone): void {
    const { peer } = card
    const isNew = roster.find(peer) === undefined
    const member = roster.meetByCard(card)
    if (isNew && member?.road.state === 'waiting') member.road.dialAt = context.now + dialing.yieldTo(peer)
  }

  const isReachable = ({ card }: Someone): boolean => relaying.reaches({ ...card, card })

  /** Whom we may call. */
  const isFree = ({ card, restUntil, isDoubted }: Someone): boolean =>
    !isDoubted && context.now >= restUntil && roster.find(card.peer) === undefined

  /**
   * Somebody whom we may call: of those that one vouched for, or says it is linked with. Who that one is is drawn first, so that one who makes
   * people up is not all that we hear.
   */
  function draw(): Someone | null {
    const groups = new Map<PeerId | LinkedMember, Someone[]>()
    const put = (group: PeerId | LinkedMember, someone: Someone | undefined): void => {
      if (someone && isFree(someone)) putInto(groups, group, someone)
    }
    for (const someone of census.all()) put(someone.voucher, someone)
    for (const member of roster.linked())
      for (const peer of member.road.neighbours) put(member, census.find(peer))
    for (let draws = 0; draws < drawsMax; draws++) {
      const group = pick([...groups.values()])
      const someone = group && pick(group)
      if (someone && isReachable(someone)) return someone
    }
    return null
  }

  const pick = <Item>(items: readonly Item[]): Item | undefined =>
    items.length > 0 ? items[randomBelow(random, items.length)] : undefined

  /** Links, and those on their way. */
  const linksSought = (): number =>
    roster.all().filter((member) => isLinked(member) || member.lostSince === null).length

  function fill(): void {
    if (context.now < fillAt) return
    for (let missing = limits.linksMin - linksSought(); missing > 0; missing--) {
      const someone = draw()
      if (someone === null) {
        fillAt = context.now + lookAgainMs
        return
      }
      call(someone)
    }
  }

  /** Fewer than these are nearly all linked with each other as it is. */
  const isMany = (): boolean => census.count() > limits.mixMembersMin

  /** Neighbours whom we drew ourselves. */
  const drawn = (): LinkedMember[] => roster.linked().filter(({ road }) => road.isDrawn)

  /**
   * A neighbour that can be spared. Not the one that says it has the most links: then those with many would be linked with those with few alone.
   * `isAny`: whatever it says of itself, as who claims to have few would never be spared else. Some links that we drew ourselves stay, whoever calls us, or many who belong together would be all that we are linked with.
   */
  function spare(isAny: boolean): LinkedMember | null {
    const linked = roster.linked()
    const drawnCount = drawn().length
    const able = linked
      .filter(
        ({ road, isSought }) =>
          context.now - road.since > (isSought ? limits.linkKeptMs : limits.linkYoungMs),
      )
      .filter(({ road }) => !road.isDrawn || drawnCount > limits.linksDrawnMin)
      // Of one that does not answer it is not known whether it is there: it is lost first, and others hear of that.
      .filter(({ road }) => road.doubt === null)
    const withMore = able.filter(({ road }) => road.neighbours.size > limits.linksMin)
    return pick(isAny ? able : withMore) ?? null
  }

  function makeRoom(linksMax: number, isAny: boolean): void {
    while (roster.linked().length > linksMax) {
      const member = spare(isAny)
      if (member === null) return
      giveWay(member)
    }
  }

  /** Calls one though there may be links enough: others make room. */
  function seekOut(someone: Someone): void {
    makeRoom(limits.linksEverMax - 2, true)
    call(someone)
    const member = roster.find(someone.card.peer)
    if (member) member.isSought = true
  }

  function isAwaited(member: Member | undefined): boolean {
    if (member === undefined) return false
    return isLinked(member) ? context.now - member.road.since < limits.seekAgainMs : member.lostSince === null
  }

  /** Links with those who give what we want and no neighbour has. */
  function seekGivers(): void {
    for (const [share, at] of sought) {
      if (context.now < at) continue
      sought.set(share, context.now + jittered(context, limits.seekAgainMs))
      const givers = [...catalogue.giversOf(share)]
      // One that is on its way, or has only just come, may give it yet.
      if (givers.some((peer) => isAwaited(roster.find(peer)))) continue
      const giver = pick(givers.filter((peer) => roster.find(peer) === undefined))
      const someone = giver && census.find(giver)
      if (!someone) continue
      seekOut(someone)
    }
  }

  /**
   * Who has links enough to live looks for some more, at leisure; and where the room has grown, some of the old ones make way for others that are
   * drawn. So chance alone says who is linked with whom, not who came when, and what is new gets around fast.
   */
  function mix(): void {
    if (context.now < mixAt) return
    mixAt = context.now + jittered(context, limits.mixMs)
    if (isMany() && census.count() > limits.mixGrowth * mixedCount) {
      mixedCount = census.count()
      swapsLeft = limits.mixSwaps
    }
    if (isMany() && context.now >= shuffleAt) {
      shuffleAt = context.now + jittered(context, limits.shuffleMs)
      swapsLeft = Math.max(1, swapsLeft)
    }
    const isShort = roster.linked().length < limits.linksTarget
    const isToSwap = swapsLeft > 0 || (isMany() && drawn().length < limits.linksDrawnMin)
    const member = !isShort && isToSwap ? spare(true) : null
    if (!isShort && member === null) return
    const someone = pick([...census.all()].filter(isFree))
    if (!someone || !isReachable(someone)) return
    if (member !== null) {
      swapsLeft = Math.max(0, swapsLeft - 1)
      giveWay(member)
    }
    seekOut(someone)
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
    emit({ type: 'tellNeighbours', peer, neighbours: census.isLarge() ? null : [...road.neighbours] })
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
    seek(shares) {
      for (const share of sought.keys()) if (!shares.includes(share)) sought.delete(share)
      for (const share of shares.slice(0, limits.sharesSoughtMax))
        if (!sought.has(share)) sought.set(share, context.now + jittered(context, limits.seekAfterMs))
    },
    tellNeighbours,
    needs(peer) {
      const isKnown = census.find(peer)?.isDoubted === false
      const isOnTheWay = roster.find(peer) !== undefined
      return !census.isLarge() || !isKnown || isOnTheWay || roster.linked().length < limits.linksMin
    },
    hasRoomForOne() {
      const linksMax = isMany() ? limits.linksMax : limits.linksEverMax
      makeRoom(linksMax, false)
      return roster.linked().length <= linksMax
    },
    giveWay,
    gaveWay: unlink,
    attend() {
      const isLarge = census.isLarge()
      if (isLarge && !wasLarge) {
        mixAt = context.now + jittered(context, limits.mixMs)
        shuffleAt = context.now + jittered(context, limits.shuffleMs)
      }
      if (!isLarge && wasLarge) for (const someone of census.all()) call(someone)
      if (isLarge !== wasLarge) for (const member of roster.linked()) tellNeighbours(member)
      wasLarge = isLarge
      if (!isLarge) return
      fill()
      makeRoom(limits.linksMax, false)
      mix()
      seekGivers()
    },
    deadlines() {
      if (!wasLarge) return []
      return [
        { at: mixAt, why: 'mix' },
        ...[...sought.values()].map((at) => ({ at, why: 'seek' })),
        ...(fillAt > context.now ? [{ at: fillAt, why: 'fill' }] : []),
      ]
    },
  }
}
