import { limits } from '../shared/limits.ts'
import type { Census } from './census.ts'
import type { Deadline, RoomContext } from './context.ts'
import { createDoorKeeping } from './doorKeeping.ts'
import type { DoorChecks } from './doorChecks.ts'
import type { BrokerIndex, DoorAt } from './io.ts'
import { createKnocking } from './knocking.ts'
import { createPlaces, type Places } from './places.ts'
import type { Nonces } from './nonces.ts'
import type { Relaying } from './relaying.ts'
import type { Roster } from './roster.ts'

/** How members find each other through brokers: hellos left at doors, doors claimed and kept. */
export interface Doors extends Pick<Places, 'ours' | 'releaseAll'> {
  brokerOnline(broker: BrokerIndex): void
  brokerOffline(broker: BrokerIndex): void
  /** Another day: doors held are given back, and others claimed. */
  epochChanged(epoch: number): void
  held(at: DoorAt): void
  /** Held, and others may hold it too: they get a hello there, now and whenever we knock. */
  shared(at: DoorAt): void
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
  doorChecks: DoorChecks,
  census: Census,
  fresh: boolean,
): Doors {
  const places = createPlaces(context, relaying, nonces, doorChecks, census)
  const knocking = createKnocking(context, roster, places, census)
  const keeping = createDoorKeeping(context, roster, places, doorChecks, census)
  const unopened = new Set(fresh ? places.all : [])

  const isAlone = () => roster.linked().length === 0
  const isToday = ({ epoch }: DoorAt) => epoch === context.epoch

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
    epochChanged(epoch) {
      places.releaseAll()
      context.epoch = epoch
      for (const place of places.all) {
        place.claims.clear()
        place.takenAt.clear()
        place.lacking = null
        if (place.knockAt !== null && isAlone()) place.knockAt = context.now
      }
    },
    held(at) {
      if (isToday(at)) places.at(at.broker)?.claims.set(at.door, 'held')
    },
    shared(at) {
      const place = places.at(at.broker)
      if (place === undefined || !isToday(at)) return
      place.claims.set(at.door, 'shared')
      places.knock(place, (door) => door === at.door)
    },
    taken(at) {
      const { broker, door } = at
      const place = places.at(broker)
      if (place === undefined || !isToday(at)) return
      place.claims.delete(door)
      place.takenAt.set(door, context.now)
      const known = places.knownHeld(place)
      // A living holder answers a hello, a dead one that the broker still remembers does not.
      places.knock(place, (each) => each === door && !known.has(each))
      if (isAlone()) place.knockAt = context.now + limits.doorAnswerMs
    },
    lost(at) {
      if (!isToday(at)) return
      const place = places.at(at.broker)
      place?.claims.delete(at.door)
      if (place !== undefined && place.knockAt !== null && isAlone()) place.knockAt = context.now
    },
    knockEverywhere() {
      for (const place of places.all) if (place.knockAt !== null) places.knock(place, () => true)
    },
    ours: places.ours,
    releaseAll: places.releaseAll,
    attend() {
      knocking.attend()
      keeping.attend()
    },
    deadlines: () => [...knocking.deadlines(), ...keeping.deadlines()],
  }
}
