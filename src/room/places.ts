import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Census } from './census.ts'
import type { RoomContext } from './context.ts'
import type { DoorChecks } from './doorChecks.ts'
import { turned } from './groups.ts'
import type { BrokerIndex, DoorAt } from './io.ts'
import type { Nonces } from './nonces.ts'
import type { Relaying } from './relaying.ts'

/** A door found taken by nobody we know is left alone for this long: the broker forgets dead holders in 60 to 90 s. */
const takenForgetMs: Millis = 2 * limits.knockLinkedMs

const allDoors = Array.from({ length: limits.doors }, (_, door) => door)

/** The doors of one broker as we see them. */
export interface Place {
  readonly broker: BrokerIndex
  /** Ours, asked for or held, alone or perhaps with others. */
  readonly claims: Map<number, 'claiming' | 'held' | 'shared'>
  readonly takenAt: Map<number, Millis>
  /** When to knock, or to claim if we are alone and hold nothing; null while the broker is offline. */
  knockAt: Millis | null
  /** The room lacks a door here. */
  lacking: Lacking | null
}

export interface Lacking {
  /** When our turn would come if we were first in line. */
  readonly from: Millis
  /** Members before us in it, as they were counted last. */
  readonly ahead: number
  readonly countedAt: Millis
}

/** The brokers' doors, and what can be done at them: knock and claim. */
export interface Places {
  readonly all: readonly Place[]
  at(broker: BrokerIndex): Place | undefined
  /** Doors that members have shown to hold. */
  knownHeld(place: Place): Set<number>
  /** Leaves one hello at each of the doors that pass, except at those that we hold or claim alone. */
  knock(place: Place, passes: (door: number) => boolean): void
  /** The same at all doors that nobody we know holds. */
  knockAtStrangers(place: Place): void
  /** The same at a few of them, chosen by chance. */
  knockAtSomeStrangers(place: Place): void
  /** A hello at the doors of yesterday and of tomorrow: a clock may be wrong. */
  knockNextEpochs(place: Place): void
  claim(place: Place, door: number): void
  /** Claims the lowest door that nobody seems to hold; false when all are taken. */
  claimFree(place: Place): boolean
  /** Doors we hold. */
  ours(): DoorAt[]
  releaseAll(): void
}

const isOursAlone = ({ claims }: Place, door: number): boolean => (claims.get(door) ?? 'shared') !== 'shared'

export function createPlaces(
  context: RoomContext,
  relaying: Relaying,
  nonces: Nonces,
  doorChecks: DoorChecks,
  census: Census,
): Places {
  const { emit } = context
  const all = context.brokers.map((_, broker): Place => ({
    broker,
    claims: new Map(),
    takenAt: new Map(),
    knockAt: null,
    lacking: null,
  }))

  function knownHeld({ broker }: Place): Set<number> {
    const held = doorChecks.heldAt(broker)
    for (const at of census.doorsElsewhere())
      if (at.broker === broker && at.epoch === context.epoch) held.add(at.door)
    return held
  }
  const at = ({ broker }: Place, door: number, epoch = context.epoch): DoorAt => ({ broker, door, epoch })

  const isTaken = ({ takenAt }: Place, door: number) =>
    context.now - (takenAt.get(door) ?? -Infinity) < takenForgetMs

  function knock(place: Place, passes: (door: number) => boolean): void {
    const others = allDoors.filter((door) => !isOursAlone(place, door) && passes(door))
    const doors = others.map((door) => at(place, door))
    relaying.sendToDoors(doors, { type: 'hello', nonce: nonces.forHello() })
  }

  function claim(place: Place, door: number): void {
    place.claims.set(door, 'claiming')
    emit({ type: 'claimDoor', ...at(place, door) })
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
    knockAtSomeStrangers(place) {
      const known = knownHeld(place)
      const strange = allDoors.filter((door) => !known.has(door) && !isOursAlone(place, door))
      const some = new Set(turned(context.random, strange).slice(0, limits.knockLinkedDoors))
      knock(place, (door) => some.has(door))
    },
    claim,
    claimFree(place) {
      const known = knownHeld(place)
      for (const door of allDoors) {
        if (place.claims.has(door) || known.has(door) || isTaken(place, door)) continue
        claim(place, door)
        return true
      }
      return false
    },
    knockNextEpochs(place) {
      const near = [context.epoch - 1, context.epoch + 1]
      const doors = near.flatMap((epoch) => allDoors.map((door) => at(place, door, epoch)))
      relaying.sendToDoors(doors, { type: 'hello', nonce: nonces.forHello() })
    },
    ours: () =>
      all.flatMap((place) =>
        [...place.claims].flatMap(([door, state]) => (state === 'claiming' ? [] : [at(place, door)])),
      ),
    releaseAll() {
      for (const place of all) {
        for (const door of place.claims.keys()) emit({ type: 'releaseDoor', ...at(place, door) })
      }
    },
  }
}
