import type { Millis, PeerId, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { ownMailboxes, type Deadline, type RoomContext } from './context.ts'
import type { Census } from './census.ts'
import type { Card, DoorAt } from './io.ts'
import type { LinkedMember } from './member.ts'
import { createQuota } from './quota.ts'

/** What members say of themselves, so that nobody can say it for them. */
export interface Cards {
  /** Has a card checked that the member showed us, unless it makes us check too many. */
  check(from: LinkedMember, card: Card): void
  /** Our own is signed. */
  signed(card: Card): void
  /** Shares that we offer, or have all of. */
  sharesGiven(shares: readonly ShareId[]): void
  /** Somebody has lost us, and others are to hear that we are here. */
  doubted(): void
  /** Has our own signed anew when our mailboxes or doors are others, and in a large room now and then. */
  attend(): void
  deadlines(): Deadline[]
}

const none: readonly ShareId[] = []

export function createCards(context: RoomContext, census: Census, heldDoors: () => DoorAt[]): Cards {
  let given = none
  /** As they were signed last, and for how long that counts. */
  let signedShares = none
  let signedLifeMs: Millis = 0
  const allChecks = createQuota<'all'>(context, { countMax: limits.cardChecksInAllPerTenSecondsMax })
  const checks = createQuota<PeerId>(context, { countMax: limits.cardChecksPerTenSecondsMax })
  let asked = ''
  let askedAt: Millis = -Infinity
  let sequence = 0
  let isDoubted = false

  /** In a small room everyone sees who is here. In a large one each says so now and then, the more of them the less often. */
  const renewMs = (): Millis =>
    Math.max(limits.cardRenewMinMs, (1000 * census.count()) / limits.cardsRenewedPerSecond)
  /** In a small room everyone hears of them from us. */
  const listedShares = (): readonly ShareId[] => (census.isLarge() ? given : none)

  /** Each card comes to everyone: the more they are, the longer news wait, so that a crowd that takes a share is no storm. */
  const newsMs = (): Millis => limits.cardNewsMs * Math.max(1, census.count() / limits.cardNewsMembers)

  function renewAt(): Millis {
    const doubtedAt = isDoubted ? askedAt + limits.cardDoubtedMs : Infinity
    const newsAt = listedShares() === signedShares ? Infinity : askedAt + newsMs()
    // It may have been signed when there were fewer, to count for a shorter time.
    const due = askedAt + Math.min(renewMs(), signedLifeMs / limits.cardLives)
    return Math.min(doubtedAt, newsAt, census.isLarge() ? due : Infinity)
  }

  function sign(): void {
    const { profile } = context
    const [mailboxes, doors, shares] = [ownMailboxes(context), heldDoors(), listedShares()]
    signedShares = shares
    const lifeMs = Math.min(limits.cardLifeMaxMs, limits.cardLives * renewMs())
    askedAt = context.now
    isDoubted = false
    sequence++
    const lifeSeconds = Math.ceil(lifeMs / 1000)
    signedLifeMs = lifeMs
    context.emit({ type: 'signCard', content: { profile, mailboxes, doors, shares, sequence, lifeSeconds } })
  }

  return {
    check(from, card) {
      if (checks.allows(from.peer) && allChecks.allows('all'))
        context.emit({ type: 'checkCard', from: from.peer, card })
    },
    signed(card) {
      if (card.sequence === sequence) context.card = card
    },
    attend() {
      const text = JSON.stringify([ownMailboxes(context), heldDoors()])
      if (text === asked && context.now < renewAt()) return
      asked = text
      sign()
    },
    sharesGiven(shares) {
      given = shares.slice(0, limits.sharesPerPeerMax)
    },
    doubted() {
      isDoubted = true
    },
    deadlines: () => (renewAt() < Infinity ? [{ at: renewAt(), why: 'card' }] : []),
  }
}
