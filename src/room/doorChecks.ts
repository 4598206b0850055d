import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Deadline, RoomContext } from './context.ts'
import type { BrokerIndex, DoorAt, Nonce } from './io.ts'
import type { LinkedMember, ToldDoor } from './member.ts'
import type { Nonces } from './nonces.ts'
import type { Relaying } from './relaying.ts'
import type { Roster } from './roster.ts'

/** Whether members hold the doors that they say they hold: each is asked through the door itself, and answers over its link. */
export interface DoorChecks {
  /** A member tells which doors it holds. */
  told(member: LinkedMember, doors: readonly DoorAt[]): void
  /** A member has read what we left at its door. */
  answered(member: LinkedMember, nonce: Nonce): void
  /** Doors of a broker that members we are linked with have shown to hold. */
  heldAt(broker: BrokerIndex): Set<number>
  /** Whether the member has shown to hold one there. */
  isHolder(member: LinkedMember, broker: BrokerIndex): boolean
  attend(): void
  deadlines(): Deadline[]
}

export function createDoorChecks(
  context: RoomContext,
  roster: Roster,
  relaying: Relaying,
  nonces: Nonces,
): DoorChecks {
  const isNow = ({ at, provenAt }: ToldDoor): boolean =>
    at.epoch === context.epoch &&
    provenAt !== null &&
    context.now - provenAt < limits.doorProvenMs + limits.doorCheckMs

  function checkAt({ at, provenAt, askedAt, waitMs }: ToldDoor): Millis | null {
    if (at.epoch !== context.epoch || context.brokers[at.broker]?.online !== true) return null
    return Math.max((provenAt ?? -Infinity) + limits.doorProvenMs, (askedAt ?? -Infinity) + waitMs)
  }

  function ask(member: LinkedMember, told: ToldDoor): void {
    told.waitMs = told.askedAt === null ? limits.doorCheckMs : Math.min(2 * told.waitMs, limits.doorProvenMs)
    told.askedAt = context.now
    relaying.sendToDoors([told.at], { type: 'probe', nonce: nonces.forDoor(member.peer, told.at) })
  }

  return {
    told(member, doors) {
      const before = member.road.doors
      member.road.doors = firstOfEach(doors).map(
        (at) =>
          before.find((told) => isSame(told.at, at)) ?? {
            at,
            provenAt: null,
            askedAt: null,
            waitMs: limits.doorCheckMs,
          },
      )
    },
    answered(member, nonce) {
      for (const told of member.road.doors)
        if (nonces.isDoor(member.peer, told.at, nonce)) told.provenAt = context.now
    },
    heldAt: (broker) =>
      new Set(
        roster
          .linked()
          .flatMap(({ road }) => road.doors)
          .flatMap((told) => (told.at.broker === broker && isNow(told) ? [told.at.door] : [])),
      ),
    isHolder: ({ road }, broker) => road.doors.some((told) => told.at.broker === broker && isNow(told)),
    attend() {
      for (const member of roster.linked()) {
        for (const told of member.road.doors) {
          const due = checkAt(told)
          if (due !== null && context.now >= due) ask(member, told)
        }
      }
    },
    deadlines: () =>
      roster
        .linked()
        .flatMap(({ road }) => road.doors)
        .flatMap((told) => {
          const at = checkAt(told)
          return at === null ? [] : [{ at, why: 'doorCheck' }]
        }),
  }
}

const isSame = (a: DoorAt, b: DoorAt): boolean =>
  a.broker === b.broker && a.door === b.door && a.epoch === b.epoch

/** An honest member holds one door at a broker at most: what else it tells counts for nothing, and costs nothing. */
const firstOfEach = (doors: readonly DoorAt[]): DoorAt[] =>
  doors.filter((at, place) => doors.findIndex(({ broker }) => broker === at.broker) === place)
