import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { RoomContext } from './context.ts'
import type { BrokerIndex, DoorAt } from './io.ts'
import type { LinkedMember } from './member.ts'
import type { Nonces } from './nonces.ts'
import type { Relaying } from './relaying.ts'
import type { Roster } from './roster.ts'

/** A door found taken by nobody we know is left alone for this long: the broker forgets dead holders in 60 to 90 s. */
const takenForgetMs: Millis = 2 * limits.knockLinkedMs

/** The doors of one broker as we see them. */
export interface Place {
  readonly broker: BrokerIndex
  /** Ours, asked for or held. */
  readonly claims: Map<number, 'claiming' | 'held'>
  readonly takenAt: Map<number, Millis>
  /** When to knock, or to claim if we are alone and hold nothing; null while the broker is offline. */
  knockAt: Millis | null
  /** The room lacks a door here, and when our turn would come if we were first in line. */
  lacking: { readonly from: Millis } | null
}

/** The brokers' doors, and what can be done at them: knock and claim. */
export interface Places {
  readonly all: readonly Place[]
  at(broker: BrokerIndex): Place | undefined
  /** Doors that members we are linked with say they hold. */
  knownHeld(place: Place): Set<number>
  /** Leaves one hello at each of the doors that pass, our own excepted. */
  knock(place: Place, passes: (door: number) => boolean): void
  /** The same at all doors that nobody we know holds. */
  knockAtStrangers(place: Place): void
  claim(place: Place, door: number): void
  /** Claims the lowest door that nobody seems to hold; false when all are taken. */
  claimFree(place: Place): boolean
  /** Doors we hold. */
  ours(): DoorAt[]
  releaseAll(): void
}

export const doorsAt = (broker: BrokerIndex, { road }: LinkedMember): number[] =>
  road.doors.filter((at) => at.broker === broker).map(({ door }) => door)

export function createPlaces(
  context: RoomContext,
  roster: Roster,
  relaying: Relaying,
  nonces: Nonces,
): Places {
  const { emit } = context
  const all = context.brokers.map((_, broker): Place => ({
    broker,
    claims: new Map(),
    takenAt: new Map(),
    knockAt: null,
    lacking: null,
  }))

  const knownHeld = ({ broker }: Place) =>
    new Set(roster.linked().flatMap((member) => doorsAt(broker, member)))

  const isTaken = ({ takenAt }: Place, door: number) =>
    context.now - (takenAt.get(door) ?? -Infinity) < takenForgetMs

  function knock(place: Place, passes: (door: number) => boolean): void {
    const doors: DoorAt[] = []
    for (let door = 0; door < limits.doors; door++) {
      if (!place.claims.has(door) && passes(door)) doors.push({ broker: place.broker, door })
    }
    relaying.sendToDoors(doors, { type: 'hello', nonce: nonces.forHello() })
  }

  function claim(place: Place, door: number): void {
    place.claims.set(door, 'claiming')
    emit({ type: 'claimDoor', broker: place.broker, door })
  }

  return {
    all,
    at: (broker) => all[broker],
    knownHeld,
    knock,
    knockAtStrangers(place) {
      const known = knownHeld(place)
      knock(place, (door) => !known.has(door))
    },
    claim,
    claimFree(place) {
      const known = knownHeld(place)
      for (let door = 0; door < limits.doors; door++) {
        if (place.claims.has(door) || known.has(door) || isTaken(place, door)) continue
        claim(place, door)
        return true
      }
      return false
    },
    ours: () =>
      all.flatMap(({ broker, claims }) =>
        [...claims].flatMap(([door, state]) => (state === 'held' ? [{ broker, door }] : [])),
      ),
    releaseAll() {
      for (const { broker, claims } of all) {
        for (const door of claims.keys()) emit({ type: 'releaseDoor', broker, door })
      }
    },
  }
}
