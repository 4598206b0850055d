import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { jittered, type Deadline, type RoomContext } from './context.ts'
import type { BrokerIndex, DoorAt, Letter } from './io.ts'
import type { Nonces } from './nonces.ts'
import type { Relaying } from './relaying.ts'

/** In place of a door's number: our own mailbox. */
const ownMailbox = -1

/**
 * Whether brokers carry what they are given: a socket may be open to one that is being drained, or to a proxy that has lost it. We leave ourselves
 * a letter, at the door that we hold or else in our own mailbox, and see whether it comes back.
 */
export interface BrokerChecks {
  brokerOnline(broker: BrokerIndex): void
  brokerOffline(broker: BrokerIndex): void
  /** A letter of our own arrived. */
  cameBack(letter: Letter): void
  attend(): void
  deadlines(): Deadline[]
}

interface Check {
  at: Millis
  /** The letter that is out; null for none. */
  out: DoorAt | null
  missed: number
}

export function createBrokerChecks(
  context: RoomContext,
  relaying: Relaying,
  nonces: Nonces,
  heldDoors: () => DoorAt[],
): BrokerChecks {
  /** Of those that are online. */
  const checks = new Map<BrokerIndex, Check>()

  function leave(broker: BrokerIndex, check: Check): void {
    const door = heldDoors().find((at) => at.broker === broker)
    const at = door ?? { broker, door: ownMailbox, epoch: context.epoch }
    const signal = { type: 'probe', nonce: nonces.forDoor(context.self, at) } as const
    if (door) relaying.sendToDoors([door], signal)
    else relaying.sendToSelf(broker, signal)
    check.out = at
    check.at = context.now + limits.doorCheckMs
  }

  function attendBroker(broker: BrokerIndex, check: Check): void {
    if (context.now < check.at || context.card === null) return
    if (check.out !== null) check.missed++
    if (check.missed < limits.ownLettersMissedMax) return leave(broker, check)
    checks.delete(broker)
    context.emit({ type: 'brokerSilent', broker })
  }

  return {
    brokerOnline: (broker) =>
      void checks.set(broker, { at: context.now + limits.ownLetterFirstMs, out: null, missed: 0 }),
    brokerOffline: (broker) => void checks.delete(broker),
    cameBack({ signal }) {
      if (signal.type !== 'probe') return
      for (const check of checks.values()) {
        if (check.out === null || !nonces.isDoor(context.self, check.out, signal.nonce)) continue
        check.out = null
        check.missed = 0
        check.at = context.now + jittered(context, limits.ownLetterMs)
      }
    },
    attend() {
      for (const [broker, check] of checks) attendBroker(broker, check)
    },
    deadlines: () =>
      context.card === null ? [] : [...checks.values()].map(({ at }) => ({ at, why: 'ownLetter' })),
  }
}
