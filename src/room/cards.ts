import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { ownMailboxes, type Deadline, type RoomContext } from './context.ts'
import type { Card } from './io.ts'
import type { LinkedMember } from './member.ts'
import { createQuota } from './quota.ts'

/** What members say of themselves, so that nobody can say it for them. */
export interface Cards {
  /** Has a card checked that the member showed us, unless it makes us check too many. */
  check(from: LinkedMember, card: Card): void
  /** Our own is signed. */
  signed(card: Card): void
  /** Has our own signed anew when our mailboxes have changed. */
  attend(): void
  deadlines(): Deadline[]
}

export function createCards(context: RoomContext): Cards {
  const checks = createQuota<PeerId>(context, { countMax: limits.cardChecksPerTenSecondsMax })
  let asked = ''
  let sequence = 0

  return {
    check(from, card) {
      if (checks.allows(from.peer)) context.emit({ type: 'checkCard', from: from.peer, card })
    },
    signed(card) {
      if (card.sequence === sequence) context.card = card
    },
    attend() {
      const mailboxes = ownMailboxes(context)
      const text = JSON.stringify(mailboxes)
      if (text === asked) return
      asked = text
      sequence++
      context.emit({ type: 'signCard', mailboxes, sequence })
    },
    deadlines: () => [],
  }
}
