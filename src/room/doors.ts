import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomBelow } from '../shared/random.ts'
import { jittered, type Deadline, type RoomContext } from './context.ts'
import type { BrokerIndex, DoorAt, Letter } from './io.ts'
import type { LinkedMember } from './member.ts'
import type { Relaying } from './relaying.ts'
import type { Roster } from './roster.ts'

/** A door found taken by nobody we know is left alone for this long: the broker forgets dead holders in 60 to 90 s. */
const takenForgetMs: Millis = 2 * limits.knockLinkedMs
/** The next member in line claims a missing door if the one before did not in this time. */
const claimTurnMs: Millis = 2000
/** Two who think it is their turn rarely claim at the same moment. */
const claimSpreadMs: Millis = 500

/** The doors of one broker as we see them. */
interface BrokerDoors {
  readonly broker: BrokerIndex
  /** Ours, asked for or held. */
  readonly claims: Map<number, 'claiming' | 'held'>
  readonly takenAt: Map<number, Millis>
  /** When to knock, or to claim if we are alone and hold nothing; null while the broker is offline. */
  knockAt: Millis | null
  /** The room lacks a door here, and when our turn would come if we were first in line. */
  lacking: { readonly from: Millis } | null
}

/** How members find each other through brokers: hellos left at doors, doors claimed and kept. */
export interface Doors {
  brokerOnline(broker: BrokerIndex): void
  brokerOffline(broker: BrokerIndex): void
  held(at: DoorAt): void
  taken(at: DoorAt): void
  lost(at: DoorAt): void
  /** Says hello at every door now, those of members we know too: they may be gone. */
  knockEverywhere(): void
  /** The room is full: no use in knocking soon. */
  turnedAway(): void
  ours(): DoorAt[]
  releaseAll(): void
  attend(): void
  deadlines(): Deadline[]
}

const doorsAt = (broker: BrokerIndex, { road }: LinkedMember): number[] =>
  road.doors.filter((at) => at.broker === broker).map(({ door }) => door)

/** `fresh`: the room was made just now, so its first door is claimed without asking. */
export function createDoors(context: RoomContext, roster: Roster, relaying: Relaying, fresh: boolean): Doors {
  const { emit } = context
  const places = context.brokers.map((_, broker): BrokerDoors => ({
    broker,
    claims: new Map(),
    takenAt: new Map(),
    knockAt: null,
    lacking: null,
  }))
  const unopened = new Set(fresh ? places : [])
  let wasAlone = true
  let quietUntil: Millis = context.now

  const isAlone = () => roster.linked().length === 0
  const knownHeld = ({ broker }: BrokerDoors) =>
    new Set(roster.linked().flatMap((member) => doorsAt(broker, member)))

  const isTaken = ({ takenAt }: BrokerDoors, door: number) =>
    context.now - (takenAt.get(door) ?? -Infinity) < takenForgetMs

  /** Leaves one hello at each of the doors that pass, our own excepted. */
  function knock(place: BrokerDoors, passes: (door: number) => boolean): void {
    const letter: Letter = relaying.writeLetter(null, { type: 'hello' })
    for (let door = 0; door < limits.doors; door++) {
      if (place.claims.has(door) || !passes(door)) continue
      emit({ type: 'postToDoor', broker: place.broker, door, letter })
    }
  }

  function knockAtStrangers(place: BrokerDoors): void {
    const known = knownHeld(place)
    knock(place, (door) => !known.has(door))
  }

  function claim(place: BrokerDoors, door: number): void {
    place.claims.set(door, 'claiming')
    emit({ type: 'claimDoor', broker: place.broker, door })
  }

  /** Claims the lowest door that nobody seems to hold; false when all are taken. */
  function claimFree(place: BrokerDoors): boolean {
    const known = knownHeld(place)
    for (let door = 0; door < limits.doors; door++) {
      if (place.claims.has(door) || known.has(door) || isTaken(place, door)) continue
      claim(place, door)
      return true
    }
    return false
  }

  /** Nobody answered so far. */
  function attendAlone(place: BrokerDoors): void {
    if (roster.attempts() > 0) {
      // Somebody did: see what becomes of it.
      place.knockAt = context.now + limits.doorAnswerMs
    } else if (place.claims.size === 0 && claimFree(place)) {
      place.knockAt = context.now + limits.doorAnswerMs
    } else {
      knockAtStrangers(place)
      place.knockAt = context.now + jittered(context, limits.knockAloneMs)
    }
  }

  function attendKnock(place: BrokerDoors): void {
    if (place.knockAt === null || context.now < place.knockAt) return
    if (isAlone()) {
      attendAlone(place)
      return
    }
    knockAtStrangers(place)
    place.knockAt = context.now + jittered(context, limits.knockLinkedMs)
  }

  /**
   * Our place in the line of those who hold no door here, by peer id; null when it is not for us to claim one.
   * Members without this broker are not in line.
   */
  function turn(place: BrokerDoors): number | null {
    const linked = roster.linked()
    if (place.knockAt === null || place.claims.size > 0 || linked.length === 0) return null
    const target = Math.min(limits.doorsHeldTarget, linked.length + 1)
    if (knownHeld(place).size >= target) return null
    const inLine = linked.filter(
      (member) =>
        doorsAt(place.broker, member).length === 0 &&
        member.mailboxes.some(({ broker }) => broker === place.broker),
    )
    return inLine.filter(({ peer }) => peer < context.self).length
  }

  function claimAt(place: BrokerDoors): Millis | null {
    const ahead = turn(place)
    return ahead === null || place.lacking === null ? null : place.lacking.from + ahead * claimTurnMs
  }

  function attendKeeping(place: BrokerDoors): void {
    if (turn(place) === null) {
      place.lacking = null
      return
    }
    place.lacking ??= { from: context.now + randomBelow(context.random, claimSpreadMs) }
    const at = claimAt(place)
    if (at === null || context.now < at) return
    place.lacking = null
    claimFree(place)
  }

  /** Company changes how often we knock. */
  function attendCompany(): void {
    if (wasAlone === isAlone()) return
    wasAlone = isAlone()
    const wait = wasAlone ? limits.doorAnswerMs : jittered(context, limits.knockLinkedMs)
    for (const place of places) {
      if (place.knockAt !== null) place.knockAt = Math.max(context.now + wait, quietUntil)
    }
  }

  const placeOf = (broker: BrokerIndex): BrokerDoors | undefined => places[broker]

  return {
    brokerOnline(broker) {
      const place = placeOf(broker)
      if (place === undefined) return
      if (unopened.delete(place) && isAlone()) claim(place, 0)
      else knock(place, () => true)
      place.knockAt = context.now + limits.doorAnswerMs
    },
    brokerOffline(broker) {
      const place = placeOf(broker)
      if (place === undefined) return
      place.claims.clear()
      place.takenAt.clear()
      place.knockAt = null
      place.lacking = null
    },
    held: ({ broker, door }) => void placeOf(broker)?.claims.set(door, 'held'),
    taken({ broker, door }) {
      const place = placeOf(broker)
      if (place === undefined) return
      place.claims.delete(door)
      place.takenAt.set(door, context.now)
      const known = knownHeld(place)
      // A living holder answers a hello, a dead one that the broker still remembers does not.
      knock(place, (each) => each === door && !known.has(each))
      if (isAlone()) place.knockAt = context.now + limits.doorAnswerMs
    },
    lost({ broker, door }) {
      const place = placeOf(broker)
      place?.claims.delete(door)
      if (place !== undefined && place.knockAt !== null && isAlone()) place.knockAt = context.now
    },
    knockEverywhere() {
      for (const place of places) if (place.knockAt !== null) knock(place, () => true)
    },
    turnedAway() {
      quietUntil = context.now + limits.knockLinkedMs
    },
    ours: () =>
      places.flatMap(({ broker, claims }) =>
        [...claims].flatMap(([door, state]) => (state === 'held' ? [{ broker, door }] : [])),
      ),
    releaseAll() {
      for (const { broker, claims } of places) {
        for (const door of claims.keys()) emit({ type: 'releaseDoor', broker, door })
      }
    },
    attend() {
      attendCompany()
      for (const place of places) {
        attendKnock(place)
        attendKeeping(place)
      }
    },
    deadlines: () =>
      places.flatMap((place) => {
        const moments = [
          { at: place.knockAt, why: 'knock' },
          { at: claimAt(place), why: 'claim' },
        ]
        return moments.filter((moment): moment is Deadline => moment.at !== null)
      }),
  }
}
