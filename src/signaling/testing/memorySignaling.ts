import type { Bytes } from '../../shared/bytes.ts'
import { limits } from '../../shared/limits.ts'
import { isMailbox, randomMailbox, type Mailbox } from '../../shared/mailboxes.ts'
import type { Random } from '../../shared/random.ts'
import { assert } from '../../shared/result.ts'
import type {
  BrokerTrouble,
  OpenSignaling,
  Signaling,
  SignalingListener,
  SignalingState,
} from '../signaling.ts'

/** A broker inside the process, the twin of a real one. All it does it does by microtask, in the order asked. */
export class MemoryBroker {
  readonly sharesClaims: boolean
  #on = true
  readonly #clients = new Set<MemoryClient>()
  readonly #holders = new Map<Mailbox, Set<MemoryClient>>()

  /** The twin of a PeerServer, or, where claims are shared, of an MQTT broker. */
  constructor({ sharesClaims }: Pick<Signaling, 'sharesClaims'> = { sharesClaims: false }) {
    this.sharesClaims = sharesClaims
  }

  /** What a client of this broker opens it with. */
  signaling(random: Random): OpenSignaling {
    return (listener) => {
      const client = new MemoryClient(this, randomMailbox(random), listener)
      this.#clients.add(client)
      client.connect()
      return client
    }
  }

  /** Loses every client and every mailbox, and lets nobody in until it is switched on again. */
  switchOff(): void {
    this.#on = false
    for (const client of this.#clients) queueMicrotask(() => client.brokerSwitchedOff())
  }

  switchOn(): void {
    this.#on = true
    for (const client of this.#clients) client.retryNow()
  }

  get isOn(): boolean {
    return this.#on
  }

  /** Whether the mailbox is now that client's. */
  hold(mailbox: Mailbox, client: MemoryClient): boolean {
    const holders = this.#holders.get(mailbox) ?? new Set()
    if (!this.sharesClaims && holders.size > 0 && !holders.has(client)) return false
    this.#holders.set(mailbox, holders.add(client))
    return true
  }

  release(mailbox: Mailbox, client: MemoryClient): void {
    this.#holders.get(mailbox)?.delete(client)
  }

  forget(client: MemoryClient): void {
    this.#clients.delete(client)
  }

  deliver(to: Mailbox, sealed: Bytes): void {
    for (const holder of this.#holders.get(to) ?? []) holder.sealedSignalArrived(sealed.slice(), to)
  }
}

class MemoryClient implements Signaling {
  readonly mailbox: Mailbox
  readonly sharesClaims: boolean
  readonly #broker: MemoryBroker
  readonly #listener: SignalingListener
  readonly #claimed = new Set<Mailbox>()
  #state: SignalingState | 'closed' = 'connecting'

  constructor(broker: MemoryBroker, mailbox: Mailbox, listener: SignalingListener) {
    this.#broker = broker
    this.sharesClaims = broker.sharesClaims
    this.mailbox = mailbox
    this.#listener = listener
  }

  post(to: Mailbox, sealed: Bytes): void {
    if (this.#state !== 'online' || sealed.length > limits.signalSizeMaxBytes) return
    const copy = sealed.slice()
    queueMicrotask(() => this.#broker.deliver(to, copy))
  }

  claim(mailbox: Mailbox): void {
    assert(isMailbox(mailbox), `a mailbox every broker takes: ${mailbox}`)
    if (this.#state !== 'online') return
    queueMicrotask(() => {
      if (this.#state !== 'online') return
      if (!this.#broker.hold(mailbox, this)) return this.#listener.mailboxTaken(mailbox)
      this.#claimed.add(mailbox)
      this.#listener.mailboxHeld(mailbox)
    })
  }

  release(mailbox: Mailbox): void {
    queueMicrotask(() => {
      if (this.#claimed.delete(mailbox)) this.#broker.release(mailbox, this)
    })
  }

  leave(): void {
    this.#lose('silent')
  }

  retryNow(): void {
    if (this.#state !== 'offline') return
    this.#change('connecting')
    this.connect()
  }

  close(): void {
    this.#state = 'closed'
    this.#broker.release(this.mailbox, this)
    for (const mailbox of this.#claimed) this.#broker.release(mailbox, this)
    this.#broker.forget(this)
  }

  connect(): void {
    queueMicrotask(() => {
      if (this.#state !== 'connecting') return
      this.#change(this.#broker.isOn && this.#broker.hold(this.mailbox, this) ? 'online' : 'offline')
    })
  }

  brokerSwitchedOff(): void {
    this.#lose('unreachable')
  }

  #lose(trouble: BrokerTrouble): void {
    if (this.#state !== 'online') return
    this.#broker.release(this.mailbox, this)
    this.#change('offline', trouble)
    for (const mailbox of this.#claimed) {
      this.#broker.release(mailbox, this)
      this.#listener.mailboxLost(mailbox)
    }
    this.#claimed.clear()
  }

  sealedSignalArrived(sealed: Bytes, at: Mailbox): void {
    this.#listener.sealedSignalArrived(sealed, at)
  }

  #change(state: SignalingState, trouble: BrokerTrouble = 'unreachable'): void {
    this.#state = state
    if (state === 'offline') this.#listener.stateChanged(state, trouble)
    else this.#listener.stateChanged(state)
  }
}
