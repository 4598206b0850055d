import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomBelow } from '../shared/random.ts'
import type { Census } from './census.ts'
import { comesBefore, type Deadline, type RoomContext } from './context.ts'
import type { DoorChecks } from './doorChecks.ts'
import type { BrokerIndex } from './io.ts'
import type { Place, Places } from './places.ts'
import type { Roster } from './roster.ts'

/** The next member in line claims a missing door if the one before did not in this time. */
const claimTurnMs: Millis = 2000
/** Who says that it holds a door has this long to show it. */
const toldHeldMs: Millis = 1000
/** Two who think it is their turn rarely claim at the same moment. */
const claimSpreadMs: Millis = 500

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
  /**
   * Our place in the line of those who hold no door here; null when it is not for us to claim one.
   * Members without this broker are not in line.
   */
  function turn(place: Place): number | null {
    const linked = roster.linked()
    if (place.knockAt === null || place.claims.size > 0 || linked.length === 0) return null
    const target = Math.min(limits.doorsHeldTarget, linked.length + 1)
    if (places.knownHeld(place).size >= target) return null
    const isHere = ({ broker }: { readonly broker: BrokerIndex }): boolean => broker === place.broker
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

  function claimAt(place: Place): Millis | null {
    const ahead = turn(place)
    return ahead === null || place.lacking === null ? null : place.lacking.from + ahead * claimTurnMs
  }

  function attendPlace(place: Place): void {
    if (turn(place) === null) {
      place.lacking = null
      return
    }
    place.lacking ??= { from: context.now + toldHeldMs + randomBelow(context.random, claimSpreadMs) }
    const at = claimAt(place)
    if (at === null || context.now < at) return
    place.lacking = null
    places.claimFree(place)
  }

  return {
    attend() {
      for (const place of places.all) attendPlace(place)
    },
    deadlines: () =>
      places.all.flatMap((place) => {
        const at = claimAt(place)
        return at === null ? [] : [{ at, why: 'claim' }]
      }),
  }
}
