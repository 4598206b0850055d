import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Deadline, RoomContext } from './context.ts'
import { countUp, isSameList, mostCounted } from './groups.ts'
import type { Card, DoorAt, Head } from './io.ts'
import { hasSession } from './member.ts'
import { createRecent } from './recent.ts'
import type { Roster } from './roster.ts'

/** Somebody of the room, linked with us or not. */
export interface Someone {
  /** Its newest. */
  readonly card: Card
  /** Who showed it to us first. */
  readonly voucher: PeerId
  /** It is here until then, unless something shows that it still is. */
  readonly hereUntil: Millis
  /** Somebody has lost it, and it has not contradicted yet. */
  readonly isDoubted: boolean
  /** It is not called before then: it did not answer, or one of us gave way. */
  readonly restUntil: Millis
  /** Its first card came then. */
  readonly since: Millis
  /** People were told that it is here. */
  readonly isMet: boolean
}

/**
 * Everyone who has shown a card, whoever brought it: what each says of itself, and until when that counts. A member can withhold what others
 * say of themselves; it cannot say it for them.
 */
export interface Census {
  /**
   * The card is its peer's own: whether it is news. `from`: who showed it. `isSeen`: the peer has an open link, with us or as a neighbour says,
   * and so is here, however old its card.
   */
  take(card: Card, from: PeerId, isSeen: boolean): boolean
  /** Whether `take` would take it. */
  isNews(head: Head, isSeen: boolean): boolean
  find(peer: PeerId): Someone | undefined
  all(): Iterable<Someone>
  count(): number
  /** More than link with everyone: some are reached through others. */
  isLarge(): boolean
  /** Those of members whom we are not linked with, and so cannot ask, but who have answered what we left at doors. */
  doorsElsewhere(): DoorAt[]
  /** The peer welcomed us where we had knocked. */
  answeredAtDoor(peer: PeerId): void
  /** Somebody lost its link with the peer while this was its newest card: whether that is news. */
  doubt(head: Head): boolean
  /** Whether it would be. */
  isDoubtable(head: Head): boolean
  /** People hear that it is here: whether they knew, or in a large room have seen it on the list for long. */
  met(peer: PeerId): boolean
  /** It is not called for a while. */
  rest(peer: PeerId): void
  /** It said goodbye, or is kept out: no card brings it back. */
  remove(peer: PeerId): void
  attend(): void
  deadlines(): Deadline[]
}

const lifeMs = ({ lifeSeconds }: Card): Millis => Math.max(limits.cardLifeMinMs, 1000 * lifeSeconds)

export function createCensus(
  context: RoomContext,
  roster: Roster,
  cardChanged: (before: Card | null, after: Card | null) => void,
): Census {
  const everyone = new Map<PeerId, Someone>()
  /** The newest card of who is gone: an older one does not bring it back. */
  const gone = createRecent<PeerId, number>(limits.censusMax)
  /** Who says it holds doors, and when it last answered what was left at one. */
  const holders = new Map<PeerId, Millis>()
  let lookAt: Millis | null = null

  const isLinked = (peer: PeerId): boolean => roster.findLinked(peer) !== undefined
  const isLarge = (): boolean => everyone.size >= limits.membersMax

  function change(someone: Someone, changed: Partial<Someone>): void {
    everyone.set(someone.card.peer, { ...someone, ...changed })
  }

  function drop(peer: PeerId): void {
    const someone = everyone.get(peer)
    if (!someone) return
    everyone.delete(peer)
    holders.delete(peer)
    cardChanged(someone.card, null)
  }

  function forget(peer: PeerId, sequence: number): void {
    drop(peer)
    gone.note(peer, sequence)
  }

  /** One who makes people up fills no more than others leave: of who vouches for most, the one that came first goes. */
  function makePlace(): void {
    if (everyone.size < limits.censusMax) return
    const counts = new Map<PeerId, number>()
    for (const { voucher } of everyone.values()) countUp(counts, voucher)
    const [most] = mostCounted(counts)
    const first = [...everyone.values()].find(({ card, voucher }) => voucher === most && !isLinked(card.peer))
    if (first) drop(first.card.peer)
  }

  /** What shows that it is here makes its card count anew; what was doubted, only it itself can say. */
  function look(someone: Someone, listed: ReadonlySet<PeerId>): void {
    const { card, isDoubted, isMet } = someone
    const { peer } = card
    const member = roster.find(peer)
    const link = roster.findLinked(peer)
    const isShown = link?.road.doubt === null || (!isDoubted && (link !== undefined || listed.has(peer)))
    if (isShown) change(someone, { hereUntil: context.now + lifeMs(card), isDoubted: false })
    else if (context.now >= someone.hereUntil && (member === undefined || !hasSession(member.road))) {
      forget(peer, card.sequence)
      // What becomes of those we were linked with ourselves, the roster tells.
      if (isMet && member === undefined)
        context.emit({ type: 'report', report: { type: 'memberLeft', peer, profile: card.profile } })
    }
  }

  function isDoubtable([peer, sequence]: Head): boolean {
    const someone = everyone.get(peer)
    return someone?.card.sequence === sequence && !someone.isDoubted
  }

  function isNews([peer, sequence]: Head, isSeen: boolean): boolean {
    if (peer === context.self || roster.isBanned(peer)) return false
    const goneWith = gone.noted(peer) ?? -1
    const isBack = sequence > goneWith || (isSeen && goneWith < Infinity)
    return isBack && sequence > (everyone.get(peer)?.card.sequence ?? -1)
  }

  return {
    isNews,
    take(card, from, isSeen) {
      if (!isNews([card.peer, card.sequence], isSeen) || roster.isBanned(card.device)) return false
      const known = everyone.get(card.peer)
      const fresh = { card, hereUntil: context.now + lifeMs(card), isDoubted: false }
      if (known) change(known, fresh)
      else {
        makePlace()
        everyone.set(card.peer, { ...fresh, voucher: from, restUntil: 0, since: context.now, isMet: false })
      }
      cardChanged(known?.card ?? null, card)
      if (card.doors.length === 0) holders.delete(card.peer)
      else if (!isSameList(known?.card.doors ?? [], card.doors)) holders.set(card.peer, -Infinity)
      return true
    },
    find: (peer) => everyone.get(peer),
    all: () => everyone.values(),
    count: () => everyone.size,
    doorsElsewhere() {
      if (!isLarge()) return []
      return [...holders].flatMap(([peer, provenAt]) => {
        const someone = everyone.get(peer)
        const isBelieved = context.now - provenAt < limits.doorProvenMs && someone?.isDoubted === false
        return isBelieved && !isLinked(peer) ? someone.card.doors : []
      })
    },
    answeredAtDoor(peer) {
      if (holders.has(peer)) holders.set(peer, context.now)
    },
    isLarge,
    isDoubtable,
    doubt(head) {
      const someone = everyone.get(head[0])
      if (!someone || !isDoubtable(head)) return false
      const hereUntil = Math.min(someone.hereUntil, context.now + limits.doubtedMs)
      change(someone, { isDoubted: true, hereUntil })
      return true
    },
    met(peer) {
      const someone = everyone.get(peer)
      if (!someone) return false
      change(someone, { isMet: true })
      return someone.isMet || (isLarge() && context.now - someone.since > limits.newcomerMs)
    },
    rest(peer) {
      const someone = everyone.get(peer)
      if (someone) change(someone, { restUntil: context.now + limits.restMs })
    },
    remove: (peer) => forget(peer, Infinity),
    attend() {
      if (lookAt !== null && context.now >= lookAt) {
        lookAt = null
        const listed = roster.listed()
        for (const someone of everyone.values()) look(someone, listed)
      }
      if (everyone.size > roster.linked().length) lookAt ??= context.now + limits.censusLookMs
    },
    deadlines: () => (lookAt === null ? [] : [{ at: lookAt, why: 'census' }]),
  }
}
