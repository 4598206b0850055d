import type { BrokerIndex, DoorAt, RoomInput } from '../room/io.ts'
import type { Bytes } from '../shared/bytes.ts'
import type { Log } from '../shared/log.ts'
import type { Mailbox } from '../shared/mailboxes.ts'
import type { BrokerTrouble, OpenSignaling, Signaling, SignalingState } from '../signaling/signaling.ts'
import type { Guard } from '../shared/guard.ts'
import type { BrokerView } from './view.ts'

export interface RoomBrokersParts {
  readonly brokers: readonly OpenSignaling[]
  readonly brokerNames: readonly string[]
  /** The mailbox of a door on a day. */
  readonly doorMailbox: (epoch: number, door: number) => Mailbox
  readonly log: Log
  readonly guard: Guard
  /** Hands the room machine an input. */
  readonly feed: (input: RoomInput) => void
  /** A sealed letter was left for us. */
  readonly sealedArrived: (sealed: Bytes) => void
}

/** The brokers of a room, and its doors at them. */
export class RoomBrokers {
  readonly #parts: RoomBrokersParts
  readonly #brokers: Signaling[] = []
  readonly #states: SignalingState[] = []
  /** Why each was last offline; null until it was. */
  readonly #troubles: (BrokerTrouble | null)[] = []
  /** Doors we ever asked for, by mailbox: a few a day. */
  readonly #claimed = new Map<Mailbox, Pick<DoorAt, 'door' | 'epoch'>>()

  constructor(parts: RoomBrokersParts) {
    this.#parts = parts
    for (const [broker, open] of parts.brokers.entries()) {
      this.#states.push('connecting')
      this.#troubles.push(null)
      this.#brokers.push(this.#open(broker, open))
    }
  }

  /** Our own mailbox at each. */
  mailboxes(): Mailbox[] {
    return this.#brokers.map((broker) => broker.mailbox)
  }

  /** The best that any broker is; offline when there is none. */
  state(): SignalingState {
    if (this.#states.includes('online')) return 'online'
    return this.#states.includes('connecting') ? 'connecting' : 'offline'
  }

  /** Each, in the order of the settings. */
  each(): readonly BrokerView[] {
    const { brokerNames } = this.#parts
    return this.#states.map((state, broker) => ({
      name: brokerNames[broker] ?? '',
      state,
      trouble: this.#troubles[broker] ?? null,
    }))
  }

  post(broker: BrokerIndex, mailbox: Mailbox, sealed: Bytes): void {
    this.#brokers[broker]?.post(mailbox, sealed)
  }

  postToDoor({ broker, door, epoch }: DoorAt, sealed: Bytes): void {
    this.post(broker, this.#parts.doorMailbox(epoch, door), sealed)
  }

  claim({ broker, door, epoch }: DoorAt): void {
    const mailbox = this.#parts.doorMailbox(epoch, door)
    this.#claimed.set(mailbox, { door, epoch })
    this.#brokers[broker]?.claim(mailbox)
  }

  release({ broker, door, epoch }: DoorAt): void {
    this.#brokers[broker]?.release(this.#parts.doorMailbox(epoch, door))
  }

  /** It carries nothing that we give it. */
  leave(broker: BrokerIndex): void {
    this.#parts.log('warning', 'a broker carries nothing', { broker })
    this.#brokers[broker]?.leave()
  }

  readonly retryNow = (): void => this.#each((broker) => broker.retryNow())

  readonly close = (): void => this.#each((broker) => broker.close())

  /** One that throws keeps no other from its turn. */
  #each(act: (broker: Signaling) => void): void {
    for (const broker of this.#brokers) this.#parts.guard(act)(broker)
  }

  #open(broker: BrokerIndex, open: OpenSignaling): Signaling {
    const { guard, feed, log, sealedArrived } = this.#parts
    const doorTold = (type: 'doorHeld' | 'doorShared' | 'doorTaken' | 'doorLost') =>
      guard((mailbox: Mailbox) => {
        const claimed = this.#claimed.get(mailbox)
        if (!claimed) return
        log('info', type, { broker, door: claimed.door })
        feed({ type, broker, ...claimed })
      })
    const opened = open({
      stateChanged: guard((state, trouble) => {
        log('info', 'broker', trouble === undefined ? { broker, state } : { broker, state, trouble })
        this.#states[broker] = state
        if (trouble !== undefined) this.#troubles[broker] = trouble
        feed({ type: state === 'online' ? 'brokerOnline' : 'brokerOffline', broker })
      }),
      sealedSignalArrived: guard((sealed) => sealedArrived(sealed)),
      mailboxHeld: (mailbox) => doorTold(opened.sharesClaims ? 'doorShared' : 'doorHeld')(mailbox),
      mailboxTaken: doorTold('doorTaken'),
      mailboxLost: doorTold('doorLost'),
    })
    return opened
  }
}
