import type { IClient } from 'peer'
import type { ServerLimits } from './serverLimits.ts'
import { SpanBudget } from './spanBudget.ts'

/** A client's connection, as far as its messages are judged. */
export interface Sender {
  readonly remoteAddress: string
  /** Bytes it was sent and has not taken. */
  readonly unsentBytes: number
}

/**
 * Judges what clients send before PeerServer sees it. PeerServer bounds none of this: it keeps messages for absent ones
 * as they come, lets any number wait for who does not read, and closes the connection of whoever is sent something that
 * it cannot write down again.
 */
export class BrokerMessages {
  readonly #limits: ServerLimits
  readonly #present = new Map<string, IClient>()
  readonly #forAbsent: SpanBudget

  constructor(limits: ServerLimits) {
    this.#limits = limits
    this.#forAbsent = new SpanBudget({
      spanMs: limits.brokerWaitingMs + limits.brokerWaitingCheckMs,
      perSpender: limits.brokerWaitingPerAddressMaxBytes,
      total: limits.brokerWaitingMaxBytes,
    })
  }

  arrived(client: IClient): void {
    this.#present.set(client.getId(), client)
  }

  left(client: IClient): void {
    if (this.#present.get(client.getId()) === client) this.#present.delete(client.getId())
  }

  /** Whether a message is passed on. */
  admits(text: string, sender: Sender, nowMs: number): boolean {
    const message = parse(text)
    if (message?.['type'] === 'HEARTBEAT') return true
    const to = message?.['dst']
    if (message === null || !passedOn.has(message['type']) || typeof to !== 'string') return false
    if (to.length > this.#limits.brokerIdLengthMax) return false
    if (!isShallow(message, this.#limits.brokerMessageDepthMax)) return false
    const receiver = this.#present.get(to)?.getSocket()
    if (receiver) return receiver.bufferedAmount <= this.#limits.brokerUnsentMaxBytes
    const costBytes = text.length + this.#limits.brokerWaitingOverheadBytes
    return this.#forAbsent.spend(sender.remoteAddress, costBytes, nowMs)
  }

  /** Whether a client takes too little of what it is sent: even answers to its own messages then pile up. */
  isStalled(sender: Sender): boolean {
    return sender.unsentBytes > this.#limits.brokerUnsentMaxBytes
  }
}

/** Not LEAVE, which strikes its sender off the list without a word, nor EXPIRE, which is the server's to say. */
const passedOn: ReadonlySet<unknown> = new Set(['OFFER', 'ANSWER', 'CANDIDATE'])

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function isShallow(value: unknown, depthMax: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depthMax > 0 && Object.values(value).every((part) => isShallow(part, depthMax - 1))
}
