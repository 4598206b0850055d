import { limits } from '../shared/limits.ts'
import type { Deadline, RoomContext } from './context.ts'
import { createDoorKeeping } from './doorKeeping.ts'
import type { BrokerIndex, DoorAt } from './io.ts'
import { createKnocking, type Knocking } from './knocking.ts'
import { createPlaces, type Places } from './places.ts'
import type { Nonces } from './nonces.ts'
import type { Relaying } from './relaying.ts'
import type { Roster } from './roster.ts'

/** How members find each other through brokers: hellos left at doors, doors claimed and kept. */
export interface Doors extends Pick<Places, 'ours' | 'releaseAll'>, Pick<Knocking, 'turnedAway'> {
  brokerOnline(broker: BrokerIndex): void
  brokerOffline(broker: BrokerIndex): void
  held(at: DoorAt): void
  taken(at: DoorAt): void
  lost(at: DoorAt): void
  /** Says hello at every door now, those of members we know too: they may be gone. */
  knockEverywhere(): void
  attend(): void
  deadlines(): Deadline[]
}

/** `fresh`: the room was made just now, so its first door is claimed without asking. */
export function createDoors(
  context: RoomContext,
  roster: Roster,
  relaying: Relaying,
  nonces: Nonces,
  fresh: boolean,
): Doors {
  const places = createPlaces(context, roster, relaying, nonces)
  const knocking = createKnocking(context, roster, places)
  const keeping = createDoorKeeping(context, roster, places)
  const unopened = new Set(fresh ? places.all : [])

  const isAlone = () => roster.linked().length === 0

  return {
    brokerOnline(broker) {
      const place = places.at(broker)
      if (place === undefined) return
      if (unopened.delete(place) && isAlone()) places.claim(place, 0)
      else places.knock(place, () => true)
      place.knockAt = context.now + limits.doorAnswerMs
    },
    brokerOffline(broker) {
      const place = places.at(broker)
      if (place === undefined) return
      place.claims.clear()
      place.takenAt.clear()
      place.knockAt = null
      place.lacking = null
    },
    held: ({ broker, door }) => void places.at(broker)?.claims.set(door, 'held'),
    taken({ broker, door }) {
      const place = places.at(broker)
      if (place === undefined) return
      place.claims.delete(door)
      place.takenAt.set(door, context.now)
      const known = places.knownHeld(place)
      // A living holder answers a hello, a dead one that the broker still remembers does not.
      places.knock(place, (each) => each === door && !known.has(each))
      if (isAlone()) place.knockAt = context.now + limits.doorAnswerMs
    },
    lost({ broker, door }) {
      const place = places.at(broker)
      place?.claims.delete(door)
      if (place !== undefined && place.knockAt !== null && isAlone()) place.knockAt = context.now
    },
    knockEverywhere() {
      for (const place of places.all) if (place.knockAt !== null) places.knock(place, () => true)
    },
    turnedAway: knocking.turnedAway,
    ours: places.ours,
    releaseAll: places.releaseAll,
    attend() {
      knocking.attend()
      keeping.attend()
    },
    deadlines: () => [...knocking.deadlines(), ...keeping.deadlines()],
  }
}
