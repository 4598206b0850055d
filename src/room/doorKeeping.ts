import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomBelow } from '../shared/random.ts'
import type { Census } from './census.ts'
import { comesBefore, type Deadline, type RoomContext } from './context.ts'
import type { DoorChecks } from './doorChecks.ts'
import type { BrokerIndex } from './io.ts'
import type { Lacking, Place, Places } from './places.ts'
import type { Roster } from './roster.ts'

/** The next member in line claims a missing door if the one before did not in this time. */
const claimTurnMs: Millis = 2000
/** Who says that it holds a door has this long to show it. */
const toldHeldMs: Millis = 1000
/** Two who think it is their turn rarely claim at the same moment. */
const claimSpreadMs: Millis = 500

/** In a large room to count the line takes a look at everyone: no more often than this, */
const recountMinMs: Millis = 1000
/** and of one whose turn is far away no less often than this. */
const recountMaxMs: Millis = 10_000

/** When our turn comes. */
const claimAt = ({ from, ahead }: Lacking): Millis => from + ahead * claimTurnMs

/** When the line is counted again: before we act on it, and meanwhile the less often the longer it is. */
function recountAt(lacking: Lacking): Millis {
  const { countedAt } = lacking
  const waitMs = Math.min(recountMaxMs, Math.max(recountMinMs, (claimAt(lacking) - countedAt) / 4))
  return Math.min(claimAt(lacking), countedAt + waitMs)
}

/** Keeps as many doors held as the room needs, one member after the other. */
export interface DoorKeeping {
  attend(): void
  deadlines(): Deadline[]
}

export function createDoorKeeping(
  context: RoomContext,
  roster: Roster,
  places: Places,
  doorChecks: DoorChecks,
  census: Census,
): DoorKeeping {
  /** The room lacks a door here, and it may be for us to claim one. */
  function isLacking(place: Place): boolean {
    const linkedCount = roster.linked().length
    if (place.knockAt === null || place.claims.size > 0 || linkedCount === 0) return false
    return places.knownHeld(place).size < Math.min(limits.doorsHeldTarget, linkedCount + 1)
  }

  /** Members before us in the line of those who hold no door here. Those without this broker are not in line. */
  function countAhead(place: Place): number {
    const isHere = ({ broker }: { readonly broker: BrokerIndex }): boolean => broker === place.broker
    const linked = roster.linked()
    const near = linked.filter(
      (member) => !doorChecks.isHolder(member, place.broker) && member.mailboxes.some(isHere),
    )
    // In a large room all are in one line, or each neighbourhood had doors of its own.
    const far = [...census.all()].filter(
      ({ card: { peer, mailboxes, doors } }) =>
        roster.findLinked(peer) === undefined && mailboxes.some(isHere) && !doors.some(isHere),
    )
    const inLine = [...near.map(({ peer }) => peer), ...far.map(({ card }) => card.peer)]
    return inLine.filter((peer) => comesBefore(context, peer, context.self)).length
  }

  function attendPlace(place: Place): void {
    if (!isLacking(place)) {
      place.lacking = null
      return
    }
    const { now, random } = context
    const from = place.lacking?.from ?? now + toldHeldMs + randomBelow(random, claimSpreadMs)
    if (place.lacking === null || now >= recountAt(place.lacking))
      place.lacking = { from, ahead: countAhead(place), countedAt: now }
    if (now < claimAt(place.lacking)) return
    place.lacking = null
    places.claimFree(place)
  }

  return {
    attend() {
      for (const place of places.all) attendPlace(place)
    },
    deadlines: () =>
      places.all.flatMap(({ lacking }) => (lacking === null ? [] : [{ at: claimAt(lacking), why: 'claim' }])),
  }
}
