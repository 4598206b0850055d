import { Peer } from 'peerjs'
import { base64UrlFromBytes, type Bytes } from '../shared/bytes.ts'
import { randomMailbox, type Mailbox } from '../shared/mailboxes.ts'
import type { Random } from '../shared/random.ts'
import { peerjsOwn, refusalIn, signalIn } from './brokerWords.ts'
import {
  RegistrationSignaling,
  type Registration,
  type RegistrationEnd,
  type RegistrationListener,
} from './registrations.ts'
import type { OpenSignaling } from './signaling.ts'

/** Where a PeerServer is. */
export interface PeerjsConfig {
  readonly host: string
  readonly port: number
  readonly path: string
  /** Whether to speak TLS with it. */
  readonly secure: boolean
  /** PeerServer's own word for a realm; "peerjs" unless the server was told otherwise. */
  readonly key?: string
}

/**
 * A PeerServer as a broker. We use PeerJS for registering an id, for its errors and for its socket, and nothing else:
 * a sealed signal is an OFFER with our own payload, which a server passes on unchanged (checked against 1.0.2).
 */
export function peerjsSignaling(config: PeerjsConfig, random: Random): OpenSignaling {
  return (listener) => {
    // With the token of a connection that broke, the server takes us back at once instead of calling our id taken.
    const token = randomMailbox(random)
    return new RegistrationSignaling(
      (mailbox, registrationListener) => new PeerjsRegistration(config, mailbox, token, registrationListener),
      random,
      listener,
      { sharesClaims: false },
    )
  }
}

/** The part we use of what PeerJS 1.5.5 marks as internal: pinned by version and held by a test with a real server. */
interface BrokerSocket {
  on(event: 'message', listener: (message: unknown) => void): void
  removeAllListeners(event: 'message'): void
  listeners(event: 'message'): ((message: unknown) => void)[]
  send(message: { type: 'OFFER'; dst: Mailbox; payload: SignalPayload }): void
}

type SignalPayload =
  | { readonly type: 'swarmdrop'; readonly sealed: string }
  /** Sent to ourselves: what comes back proves that the broker has us. */
  | { readonly type: 'swarmdrop-echo' }

/** PeerJS pings as often, but a ping is not answered. */
const echoIntervalMs = 5000
/** Unanswered echoes, one an interval, after which the broker counts as lost. Covers a dial that hangs, too. */
const echoesMissedMax = 3

class PeerjsRegistration implements Registration {
  readonly #mailbox: Mailbox
  readonly #listener: RegistrationListener
  readonly #peer: Peer | null
  readonly #socket: BrokerSocket | null
  #echoTimer: ReturnType<typeof setInterval>
  #state: 'dialing' | 'held' | 'ended' = 'dialing'
  #echoesMissed = 0
  /** What the broker said of why it ends. */
  #refusal: 'full' | 'refusing' | null = null

  constructor(config: PeerjsConfig, mailbox: Mailbox, token: string, listener: RegistrationListener) {
    this.#mailbox = mailbox
    this.#listener = listener
    this.#echoTimer = this.#startEchoes()
    this.#peer = openPeer(config, mailbox, token)
    this.#socket = this.#peer && (this.#peer.socket as unknown as BrokerSocket)
    if (!this.#peer || !this.#socket) {
      queueMicrotask(() => this.#end('lost'))
      return
    }
    this.#peer.on('open', () => this.#held())
    this.#peer.on('error', (error) =>
      this.#end(error.type === 'unavailable-id' ? 'taken' : (this.#refusal ?? 'lost')),
    )
    this.#peer.on('disconnected', () => this.#end(this.#refusal ?? 'lost'))
    takeOver(
      this.#socket,
      (message) => this.#messageArrived(message),
      (refusal) => (this.#refusal = refusal),
    )
  }

  post(to: Mailbox, sealed: Bytes): void {
    this.#send(to, { type: 'swarmdrop', sealed: base64UrlFromBytes(sealed) })
  }

  check(): void {
    // What is dialed is being asked anyway; and where the last echo that counts is out, another would count it as missed.
    if (this.#state !== 'held' || this.#echoesMissed >= echoesMissedMax) return
    this.#echoesMissed = Math.max(this.#echoesMissed, echoesMissedMax - 1)
    clearInterval(this.#echoTimer)
    this.#echoTimer = this.#startEchoes()
    this.#echo()
  }

  close(): void {
    this.#state = 'ended'
    clearInterval(this.#echoTimer)
    this.#peer?.destroy()
  }

  #startEchoes(): ReturnType<typeof setInterval> {
    return setInterval(() => this.#echo(), echoIntervalMs)
  }

  /**
   * A server that still has our last connection, broken without its knowledge, takes us back without a word: the echo
   * tells us. It also notices a connection that died in silence.
   */
  #echo(): void {
    if (this.#echoesMissed >= echoesMissedMax) return this.#end('lost')
    this.#echoesMissed++
    this.#send(this.#mailbox, { type: 'swarmdrop-echo' })
  }

  #send(to: Mailbox, payload: SignalPayload): void {
    this.#socket?.send({ type: 'OFFER', dst: to, payload })
  }

  #messageArrived(message: unknown): void {
    if (this.#state === 'ended') return
    const signal = signalIn(message)
    if (signal === null) return
    const { src, payload } = signal
    if (payload.type === 'swarmdrop') {
      this.#listener.sealedSignalArrived(payload.sealed)
    } else if (src === this.#mailbox) {
      this.#echoesMissed = 0
      this.#held()
    }
  }

  #held(): void {
    if (this.#state !== 'dialing') return
    this.#state = 'held'
    this.#echoesMissed = 0
    this.#listener.held()
  }

  #end(why: RegistrationEnd): void {
    if (this.#state === 'ended') return
    this.close()
    this.#listener.ended(why)
  }
}

/** Null when the browser refuses the address outright, as it does a plain one on a page served over TLS. */
function openPeer(config: PeerjsConfig, mailbox: Mailbox, token: string): Peer | null {
  try {
    return new Peer(mailbox, { ...config, token, debug: 0 })
  } catch {
    return null
  }
}

/**
 * Puts us before PeerJS, which would open connections of its own, or keep messages for later, for whatever a hostile
 * broker sends. It gets only what it needs, rebuilt so that it cannot stumble over a missing field.
 */
function takeOver(
  socket: BrokerSocket,
  messageArrived: (message: unknown) => void,
  refused: (refusal: 'full' | 'refusing') => void,
): void {
  const peerjsListeners = socket.listeners('message')
  socket.removeAllListeners('message')
  socket.on('message', (message) => {
    const own = peerjsOwn(message)
    if (own === null) return messageArrived(message)
    const refusal = refusalIn(message)
    if (refusal !== null) refused(refusal)
    for (const listener of peerjsListeners) listener(own)
  })
}
