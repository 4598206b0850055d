import { limits } from '../shared/limits.ts'
import type { Census } from './census.ts'
import { jittered, type Deadline, type RoomContext } from './context.ts'
import type { Place, Places } from './places.ts'
import type { Roster } from './roster.ts'

/** Says hello at doors from time to time: often while alone, rarely in company. */
export interface Knocking {
  attend(): void
  deadlines(): Deadline[]
}

export function createKnocking(
  context: RoomContext,
  roster: Roster,
  places: Places,
  census: Census,
): Knocking {
  let wasAlone = true
  let knocksAlone = 0
  let knocksLinked = 0

  const isAlone = () => roster.linked().length === 0
  /** However many they are, together members knock about as often as one would. */
  const linkedMs = () => limits.knockLinkedMs * Math.max(1, Math.min(census.count(), limits.knockMembersMax))
  const linkedWaitMs = () => jittered(context, linkedMs())

  /** Nobody answered so far. */
  function attendAlone(place: Place): void {
    if (roster.attempts() > 0) {
      // Somebody did: see what becomes of it.
      place.knockAt = context.now + limits.doorAnswerMs
    } else if (place.claims.size === 0 && places.claimFree(place)) {
      place.knockAt = context.now + limits.doorAnswerMs
    } else {
      places.knockAtStrangers(place)
      if (++knocksAlone % limits.knocksToNextEpochs === 0) places.knockNextEpochs(place)
      place.knockAt = context.now + jittered(context, limits.knockAloneMs)
    }
  }

  function attendPlace(place: Place): void {
    if (place.knockAt === null || context.now < place.knockAt) return
    if (isAlone()) {
      attendAlone(place)
      return
    }
    // Now and then at all of them: who has shown to hold a door may yet keep newcomers out.
    if (++knocksLinked % limits.knocksToAllDoors === 0) places.knock(place, () => true)
    else places.knockAtSomeStrangers(place)
    place.knockAt = context.now + linkedWaitMs()
  }

  /** Company changes how often we knock. */
  function attendCompany(): void {
    const latest = context.now + 1.25 * linkedMs()
    for (const place of places.all)
      if (place.knockAt !== null) place.knockAt = Math.min(place.knockAt, latest)
    if (wasAlone === isAlone()) return
    wasAlone = isAlone()
    const wait = wasAlone ? limits.doorAnswerMs : linkedWaitMs()
    for (const place of places.all) {
      if (place.knockAt !== null) place.knockAt = context.now + wait
    }
  }

  return {
    attend() {
      attendCompany()
      for (const place of places.all) attendPlace(place)
    },
    deadlines: () =>
      places.all.flatMap(({ knockAt }) => (knockAt === null ? [] : [{ at: knockAt, why: 'knock' }])),
  }
}
