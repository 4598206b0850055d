// oxlint-disable-next-line typescript/triple-slash-reference -- declares a package without types of its own for browsers
/// <reference path="./mqtt.d.ts" />
import type { MqttClient } from 'mqtt/dist/mqtt.esm'
import type { Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { randomMailbox, type Mailbox } from '../shared/mailboxes.ts'
import type { Random } from '../shared/random.ts'
import {
  RegistrationSignaling,
  type Registration,
  type RegistrationEnd,
  type RegistrationListener,
} from './registrations.ts'
import type { OpenSignaling } from './signaling.ts'

/** Where an MQTT broker takes WebSockets: a ws or wss address, with a name and password in it where the broker wants them. */
export interface MqttConfig {
  readonly url: string
}

/**
 * An MQTT broker. A mailbox is a topic, and to hold it is to have subscribed to it over the one connection that there is; so several may
 * hold a door. Letters are messages as they are: sent once (QoS 0), kept by nobody.
 */
export function mqttSignaling(config: MqttConfig, random: Random): OpenSignaling {
  return (listener) => {
    // A broker ends the connection of an older client of that id: our own that broke, and nobody else's, as nobody is told it.
    const clientId = randomMailbox(random).slice(0, clientIdLengthMax)
    let connection: MqttConnection | null = null
    return new RegistrationSignaling(
      (mailbox, registrationListener) => {
        if (connection?.isOpen) return connection.hold(mailbox, registrationListener)
        return (connection = new MqttConnection(config, clientId, mailbox, registrationListener))
      },
      random,
      listener,
      { sharesClaims: true },
    )
  }
}

/** Longer ones a broker need not take (MQTT 5, section 3.1.3.1). */
const clientIdLengthMax = 23
/** All that a message has besides the letter in it: a topic, and what a broker may add. */
const headLengthMax = 1024
/** From the first word until our mailbox is ours. */
const dialMaxMs = 15_000
const pingIntervalMs = 15_000
/** A broker that says nothing for so long after a ping is lost. */
const answerMaxMs = 10_000
/** The broker waits half as long again. Hidden pages may be late: their timers go off once a minute. */
const keepaliveSeconds = 90

/** Reason codes (MQTT 5, section 2.4; 3 is that of 3.1.1) by which a broker says that it has no room for us now. */
const fullCodes: ReadonlySet<number> = new Set([3, 0x88, 0x89, 0x97, 0x9f])
/** Those of a connection it ends that say that it does not want us: not authorized, banned, an administrator's doing. */
const unwantedCodes: ReadonlySet<number> = new Set([0x87, 0x8a, 0x98])

const refusal = (code: number): 'full' | 'refusing' => (fullCodes.has(code) ? 'full' : 'refusing')

const topicOf = (mailbox: Mailbox): string => `swarmdrop/${mailbox}`

/** The connection, and the registration of our own mailbox: one ends with the other. */
class MqttConnection implements Registration {
  readonly #mailbox: Mailbox
  readonly #listener: RegistrationListener
  readonly #holders = new Map<string, RegistrationListener>()
  readonly #dialing: ReturnType<typeof setTimeout>
  #client: MqttClient | null = null
  #pinging: ReturnType<typeof setInterval> | undefined
  #answering: ReturnType<typeof setTimeout> | undefined
  #state: 'dialing' | 'held' | 'ended' = 'dialing'

  constructor(config: MqttConfig, clientId: string, mailbox: Mailbox, listener: RegistrationListener) {
    this.#mailbox = mailbox
    this.#listener = listener
    this.#dialing = setTimeout(() => this.#end('lost'), dialMaxMs)
    // The library could not be loaded, or the browser refuses the address outright, as it does a plain one on a page served over TLS.
    this.#dial(config, clientId).catch(() => this.#end('lost'))
  }

  get isOpen(): boolean {
    return this.#state === 'held'
  }

  /** One more mailbox on the same connection. */
  hold(mailbox: Mailbox, listener: RegistrationListener): Registration {
    const topic = topicOf(mailbox)
    this.#subscribe(topic, listener, (why) => {
      this.#holders.delete(topic)
      listener.ended(why)
    })
    return {
      post: (to, sealed) => this.post(to, sealed),
      // The connection is, and all it holds ends with it.
      check() {},
      close: () => {
        if (this.#holders.get(topic) !== listener) return
        this.#holders.delete(topic)
        this.#client?.unsubscribe(topic)
      },
    }
  }

  post(to: Mailbox, sealed: Bytes): void {
    this.#client?.publish(topicOf(to), sealed)
  }

  check(): void {
    if (this.#state === 'held') this.#ping()
  }

  close(): void {
    this.#state = 'ended'
    this.#holders.clear()
    clearTimeout(this.#dialing)
    clearInterval(this.#pinging)
    clearTimeout(this.#answering)
    this.#client?.end(true)
  }

  async #dial({ url }: MqttConfig, clientId: string): Promise<void> {
    const { default: mqtt } = await import('mqtt/dist/mqtt.esm')
    if (this.#state === 'ended') return
    const address = new URL(url)
    const [username, password] = [address.username, address.password].map(decodeURIComponent)
    address.username = ''
    address.password = ''
    const client = mqtt.connect({
      protocol: address.protocol === 'wss:' ? 'wss' : 'ws',
      hostname: address.hostname,
      // What the library puts together from its parts is no address where the host is an IPv6 one.
      transformWsUrl: () => address.href,
      forceNativeWebSocket: true,
      protocolVersion: 5,
      clientId,
      username: username === '' ? undefined : username,
      password: password === '' ? undefined : password,
      keepalive: keepaliveSeconds,
      // We ping ourselves: its own timers give hidden pages up, or need a worker that the page's policy forbids.
      timerVariant: { set: () => 0, clear() {} },
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      writeCache: false,
      properties: { maximumPacketSize: limits.signalSizeMaxBytes + headLengthMax, receiveMaximum: 1 },
    })
    this.#client = client
    client.on('connect', () => this.#connected())
    client.on('packetreceive', () => this.#heard())
    client.on('message', (topic, payload) => this.#messageArrived(topic, payload))
    client.on('disconnect', ({ reasonCode = 0 }) => {
      const isUnwanted = unwantedCodes.has(reasonCode) || fullCodes.has(reasonCode)
      this.#end(isUnwanted ? refusal(reasonCode) : 'lost')
    })
    client.on('error', ({ code }) => {
      this.#end(this.#state === 'dialing' && typeof code === 'number' ? refusal(code) : 'lost')
    })
    client.on('close', () => this.#end('lost'))
  }

  #connected(): void {
    this.#subscribe(topicOf(this.#mailbox), this.#listener, (why) => this.#end(why))
  }

  #subscribe(
    topic: string,
    listener: RegistrationListener,
    refused: (why: 'full' | 'refusing') => void,
  ): void {
    this.#holders.set(topic, listener)
    // Where something is kept at a topic all the same, we do not want it.
    this.#client?.subscribe(topic, { qos: 0, rh: 2 }, (error, _, answer) => {
      if (this.#holders.get(topic) !== listener) return
      const code = answer?.granted?.[0]
      if (error === null) this.#held(listener)
      else if (code !== undefined) refused(refusal(code))
    })
  }

  #held(listener: RegistrationListener): void {
    if (listener === this.#listener) {
      this.#state = 'held'
      clearTimeout(this.#dialing)
      this.#pinging = setInterval(() => this.#ping(), pingIntervalMs)
    }
    listener.held()
  }

  /** Asked anew while an answer is still out, the broker gets no less time for it. */
  #ping(): void {
    this.#client?.sendPing()
    this.#answering ??= setTimeout(() => this.#end('lost'), answerMaxMs)
  }

  #heard(): void {
    clearTimeout(this.#answering)
    this.#answering = undefined
  }

  #messageArrived(topic: string, payload: Uint8Array): void {
    if (payload.length > limits.signalSizeMaxBytes) return
    this.#holders.get(topic)?.sealedSignalArrived(new Uint8Array(payload))
  }

  #end(why: RegistrationEnd): void {
    if (this.#state === 'ended') return
    this.close()
    this.#listener.ended(why)
  }
}
