import type { RoomKeys } from '../crypto/crypto.ts'
import type { IceServer, Link, OpenLink } from '../link/link.ts'
import { decodeLetter, encodeLetter } from '../room/letters.ts'
import { decodeRoomMessage, encodeRoomMessage } from '../room/messages.ts'
import type { Letter, MemberSnapshot, Profile, RoomEffect, RoomInput, RoomReport } from '../room/io.ts'
import { createRoom, type Room } from '../room/room.ts'
import {
  base64UrlFromBytes,
  bytesFromBase64Url,
  textFromUtf8,
  utf8FromText,
  type Bytes,
} from '../shared/bytes.ts'
import type { LinkSession, PeerId } from '../shared/ids.ts'
import type { Log } from '../shared/log.ts'
import { limits } from '../shared/limits.ts'
import type { Random } from '../shared/random.ts'
import { assert, unreachable } from '../shared/result.ts'
import type { Mailbox, OpenSignaling, Signaling, SignalingState } from '../signaling/signaling.ts'
import { Alarm, type Clock } from './clock.ts'
import { inOrder } from './inOrder.ts'

export interface RoomDriverOptions {
  readonly self: PeerId
  readonly profile: Profile
  readonly fresh: boolean
  readonly random: Random
  readonly clock: Clock
  readonly keys: RoomKeys
  readonly brokers: readonly OpenSignaling[]
  readonly openLink: OpenLink
  readonly iceServers: readonly IceServer[]
  readonly log: Log
  /** Something threw that only a bug can make throw. */
  readonly bugFound: (error: unknown) => void
  readonly listener: RoomDriverListener
}

/** What the rest of the session gets to know of the room. */
export interface RoomDriverListener {
  peerLinked(peer: PeerId): void
  peerUnlinked(peer: PeerId): void
  /** A message that is not the room's own. */
  messageArrived(peer: PeerId, bytes: Bytes): void
  /** What waits on the peer's link has fallen to where more may be sent. */
  drained(peer: PeerId): void
  reported(report: RoomReport): void
  /** Members or brokers look different now. */
  changed(): void
}

interface OpenedLink {
  readonly session: LinkSession
  readonly link: Link
  /** `open` for the room alone, which may turn the peer away at once; `shared` once the rest of the session knows of it. */
  state: 'opening' | 'open' | 'shared'
}

/** A room message is JSON, a swarm message begins with a type below this. */
const jsonStart = '{'.charCodeAt(0)

/** Carries out what the room machine orders: seals and opens letters, posts them, opens and closes links. */
export class RoomDriver {
  readonly #options: RoomDriverOptions
  readonly #room: Room
  readonly #alarm: Alarm
  readonly #brokers: Signaling[] = []
  readonly #brokerStates: SignalingState[] = []
  readonly #links = new Map<PeerId, OpenedLink>()

  constructor(options: RoomDriverOptions) {
    this.#options = options
    this.#room = createRoom({ self: options.self, random: options.random })
    this.#alarm = new Alarm(options.clock)
    for (const [broker, open] of options.brokers.entries()) {
      this.#brokerStates.push('connecting')
      this.#brokers.push(this.#openBroker(broker, open))
    }
    this.handle({
      type: 'started',
      fresh: options.fresh,
      profile: options.profile,
      brokers: this.#brokers.map((broker) => broker.mailbox),
    })
  }

  members(): MemberSnapshot[] {
    return this.#room.members()
  }

  /** The best that any broker is; offline when there is none. */
  signalingState(): SignalingState {
    const states = this.#brokerStates
    return states.includes('online') ? 'online' : states.includes('connecting') ? 'connecting' : 'offline'
  }

  send(peer: PeerId, bytes: Bytes): void {
    const opened = this.#links.get(peer)
    if (opened && opened.state !== 'opening') opened.link.send(bytes)
  }

  /** Bytes waiting to leave on the peer's link; 0 when there is none. */
  waitingBytes(peer: PeerId): number {
    return this.#links.get(peer)?.link.waitingBytes ?? 0
  }

  ban(peer: PeerId, reason: 'badPieces' | 'misbehaved'): void {
    this.#options.log('warning', 'a peer is banned', { peer, reason })
    const opened = this.#links.get(peer)
    if (opened) this.#closeLink(peer, opened.session)
  }

  /** The page woke, came back to the front, or got a network. */
  resume(): void {
    for (const broker of this.#brokers) broker.retryNow()
    this.handle({ type: 'resumed' })
  }

  leave(): void {
    this.handle({ type: 'left' })
    this.#alarm.stop()
    for (const broker of this.#brokers) broker.close()
  }

  /** Hands the machine an input and carries out what it orders. */
  readonly handle = inOrder<RoomInput>(
    (input) => {
      for (const effect of this.#room.handle(input, this.#options.clock.now())) this.#carryOut(effect)
    },
    () => this.#options.listener.changed(),
    (error) => this.#options.bugFound(error),
  )

  #carryOut(effect: RoomEffect): void {
    switch (effect.type) {
      case 'openLink':
        return this.#openLink(effect.peer, effect.session, effect.initiator)
      case 'signalLink': {
        const opened = this.#links.get(effect.peer)
        if (opened?.session === effect.session) opened.link.signal(effect.data)
        return
      }
      case 'closeLink':
        return this.#closeLink(effect.peer, effect.session)
      case 'send':
        return this.send(effect.peer, utf8FromText(encodeRoomMessage(effect.message)))
      case 'post':
        return void this.#post(effect.broker, effect.mailbox, effect.letter)
      case 'postToDoor':
        return void this.#post(effect.broker, this.#doorMailbox(effect.door), effect.letter)
      case 'relay':
        return void this.#relay(effect)
      case 'openSealed':
        return void this.#openSealed(bytesFromBase64Url(effect.sealed))
      case 'claimDoor':
        return this.#brokers[effect.broker]?.claim(this.#doorMailbox(effect.door))
      case 'releaseDoor':
        return this.#brokers[effect.broker]?.release(this.#doorMailbox(effect.door))
      case 'wakeAt':
        return this.#alarm.setAt(effect.at, () => this.handle({ type: 'woke' }))
      case 'report':
        return this.#options.listener.reported(effect.report)
      default:
        return unreachable(effect)
    }
  }

  #doorMailbox(door: number): Mailbox {
    return `${this.#options.keys.tag}-${door}`
  }

  #openBroker(broker: number, open: OpenSignaling): Signaling {
    const doorAt = (mailbox: Mailbox, then: (door: number) => void): void => {
      const door = Number(mailbox.slice(this.#options.keys.tag.length + 1))
      if (this.#doorMailbox(door) === mailbox) then(door)
    }
    return open({
      stateChanged: (state) => {
        this.#brokerStates[broker] = state
        this.handle({ type: state === 'online' ? 'brokerOnline' : 'brokerOffline', broker })
      },
      sealedSignalArrived: (sealed) => void this.#openSealed(sealed),
      mailboxHeld: (mailbox) => doorAt(mailbox, (door) => this.handle({ type: 'doorHeld', broker, door })),
      mailboxTaken: (mailbox) => doorAt(mailbox, (door) => this.handle({ type: 'doorTaken', broker, door })),
      mailboxLost: (mailbox) => doorAt(mailbox, (door) => this.handle({ type: 'doorLost', broker, door })),
    })
  }

  async #seal(letter: Letter): Promise<Bytes> {
    return this.#options.keys.seal(utf8FromText(encodeLetter(letter)))
  }

  async #post(broker: number, mailbox: Mailbox, letter: Letter): Promise<void> {
    const sealed = await this.#seal(letter)
    this.#brokers[broker]?.post(mailbox, sealed)
  }

  async #relay({ via, to, letter }: RoomEffect & { type: 'relay' }): Promise<void> {
    const sealed = base64UrlFromBytes(await this.#seal(letter))
    const message = { type: 'relay', id: letter.id, to, hops: limits.relayHopsMax, sealed } as const
    for (const peer of via) this.send(peer, utf8FromText(encodeRoomMessage(message)))
  }

  async #openSealed(sealed: Bytes | null): Promise<void> {
    const plain = sealed && (await this.#options.keys.open(sealed))
    const text = plain && textFromUtf8(plain)
    const letter = text ? decodeLetter(text) : null
    if (letter?.ok === true) this.handle({ type: 'letterArrived', letter: letter.value })
  }

  #openLink(peer: PeerId, session: LinkSession, initiator: boolean): void {
    const { openLink, iceServers, listener } = this.#options
    const isCurrent = (): boolean => this.#links.get(peer)?.session === session
    const link = openLink({
      initiator,
      iceServers,
      listener: {
        signaled: (data) => {
          const kind = signalKind(data)
          if (isCurrent() && kind) this.handle({ type: 'linkSignaled', peer, session, kind, data })
        },
        opened: (route) => {
          const opened = this.#links.get(peer)
          if (opened?.session !== session) return
          opened.state = 'open'
          this.handle({ type: 'linkOpened', peer, session, route })
          if (!isCurrent()) return
          opened.state = 'shared'
          listener.peerLinked(peer)
        },
        messageArrived: (bytes) => {
          if (isCurrent()) this.#messageArrived(peer, bytes)
        },
        drained: () => {
          if (isCurrent()) listener.drained(peer)
        },
        closed: () => {
          if (isCurrent()) this.#linkClosed(peer, session)
        },
      },
    })
    assert(!this.#links.has(peer), 'one link a peer at a time')
    this.#links.set(peer, { session, link, state: 'opening' })
  }

  #messageArrived(peer: PeerId, bytes: Bytes): void {
    if (bytes[0] !== jsonStart) {
      this.handle({ type: 'peerHeard', peer })
      return this.#options.listener.messageArrived(peer, bytes)
    }
    const text = textFromUtf8(bytes)
    const message = text === null ? null : decodeRoomMessage(text)
    if (message?.ok === true) this.handle({ type: 'messageArrived', peer, message: message.value })
    else this.handle({ type: 'messageFaulted', peer, fault: message?.fault.code ?? 'not text' })
  }

  #closeLink(peer: PeerId, session: LinkSession): void {
    const opened = this.#links.get(peer)
    if (opened?.session !== session) return
    this.#linkClosed(peer, session)
    opened.link.close()
  }

  #linkClosed(peer: PeerId, session: LinkSession): void {
    const wasShared = this.#links.get(peer)?.state === 'shared'
    this.#links.delete(peer)
    this.handle({ type: 'linkClosed', peer, session })
    if (wasShared) this.#options.listener.peerUnlinked(peer)
  }
}

/** What kind of signal our own link made; null for what is of no use to the other side. */
function signalKind(data: string): 'offer' | 'answer' | 'candidate' | null {
  const { type } = JSON.parse(data) as { type?: unknown }
  return type === 'offer' || type === 'answer' || type === 'candidate' ? type : null
}
