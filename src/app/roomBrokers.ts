import type { BrokerIndex, RoomInput } from '../room/io.ts'
import type { Bytes } from '../shared/bytes.ts'
import type { Log } from '../shared/log.ts'
import type { Mailbox } from '../shared/mailboxes.ts'
import type { OpenSignaling, Signaling, SignalingState } from '../signaling/signaling.ts'
import type { Guard } from '../shared/guard.ts'

export interface RoomBrokersParts {
  readonly brokers: readonly OpenSignaling[]
  /** What the doors' mailboxes begin with. */
  readonly tag: string
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

  constructor(parts: RoomBrokersParts) {
    this.#parts = parts
    for (const [broker, open] of parts.brokers.entries()) {
      this.#states.push('connecting')
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

  post(broker: BrokerIndex, mailbox: Mailbox, sealed: Bytes): void {
    this.#brokers[broker]?.post(mailbox, sealed)
  }

  doorMailbox(door: number): Mailbox {
    return `${this.#parts.tag}-${door}`
  }

  claim(broker: BrokerIndex, door: number): void {
    this.#brokers[broker]?.claim(this.doorMailbox(door))
  }

  release(broker: BrokerIndex, door: number): void {
    this.#brokers[broker]?.release(this.doorMailbox(door))
  }

  readonly retryNow = (): void => this.#each((broker) => broker.retryNow())

  readonly close = (): void => this.#each((broker) => broker.close())

  /** One that throws keeps no other from its turn. */
  #each(act: (broker: Signaling) => void): void {
    for (const broker of this.#brokers) this.#parts.guard(act)(broker)
  }

  #open(broker: BrokerIndex, open: OpenSignaling): Signaling {
    const { guard, feed, log, sealedArrived } = this.#parts
    const doorTold = (type: 'doorHeld' | 'doorTaken' | 'doorLost') =>
      guard((mailbox: Mailbox) => {
        const door = Number(mailbox.slice(this.#parts.tag.length + 1))
        if (this.doorMailbox(door) !== mailbox) return
        log('info', type, { broker, door })
        feed({ type, broker, door })
      })
    return open({
      stateChanged: guard((state) => {
        log('info', 'broker', { broker, state })
        this.#states[broker] = state
        feed({ type: state === 'online' ? 'brokerOnline' : 'brokerOffline', broker })
      }),
      sealedSignalArrived: guard((sealed) => sealedArrived(sealed)),
      mailboxHeld: doorTold('doorHeld'),
      mailboxTaken: doorTold('doorTaken'),
      mailboxLost: doorTold('doorLost'),
    })
  }
}
