import type { IceServer, Link, LinkFault, OpenLink } from '../link/link.ts'
import type { CloseReason, RoomInput } from '../room/io.ts'
import { decodeRoomMessage } from '../room/messages.ts'
import { textFromUtf8, type Bytes } from '../shared/bytes.ts'
import type { LinkSession, PeerId } from '../shared/ids.ts'
import type { Log, LogLevel } from '../shared/log.ts'
import { assert } from '../shared/result.ts'
import type { Guard } from './guard.ts'

/** What the rest of the session gets to know of links. */
export interface LinksListener {
  peerLinked(peer: PeerId): void
  peerUnlinked(peer: PeerId): void
  /** A message that is not the room's own. */
  messageArrived(peer: PeerId, bytes: Bytes): void
  /** What waits on the peer's link has fallen to where more may be sent. */
  drained(peer: PeerId): void
}

export interface RoomLinksParts {
  readonly openLink: OpenLink
  readonly iceServers: readonly IceServer[]
  readonly log: Log
  readonly guard: Guard
  /** Hands the room machine an input. */
  readonly feed: (input: RoomInput) => void
  readonly listener: LinksListener
}

interface OpenedLink {
  readonly session: LinkSession
  readonly link: Link
  /** `open` for the room alone, which may turn the peer away at once; `shared` once the rest of the session knows of it. */
  state: 'opening' | 'open' | 'shared'
}

/** A room message is JSON, a swarm message begins with a type below this. */
const jsonStart = '{'.charCodeAt(0)

/** How much each reason to close a link is worth a look later. */
const closeLevels: Readonly<Record<CloseReason, LogLevel>> = {
  superseded: 'debug',
  left: 'debug',
  roomFull: 'info',
  openTimeout: 'info',
  silent: 'info',
  misbehaved: 'warning',
}

/** The links that the room machine ordered, one a peer. Tells apart whom a message is for, the room or the swarm. */
export class RoomLinks {
  readonly #parts: RoomLinksParts
  readonly #links = new Map<PeerId, OpenedLink>()

  constructor(parts: RoomLinksParts) {
    this.#parts = parts
  }

  open(peer: PeerId, session: LinkSession, initiator: boolean): void {
    const { openLink, iceServers, guard, feed, listener } = this.#parts
    const isCurrent = (): boolean => this.#links.get(peer)?.session === session
    assert(!this.#links.has(peer), 'one link a peer at a time')
    const link = openLink({
      initiator,
      iceServers,
      listener: {
        signaled: guard((kind, data) => {
          if (isCurrent()) feed({ type: 'linkSignaled', peer, session, kind, data })
        }),
        opened: guard((route) => this.#opened(peer, session, route)),
        messageArrived: guard((bytes) => {
          if (isCurrent()) this.#messageArrived(peer, bytes)
        }),
        drained: guard(() => {
          if (isCurrent()) listener.drained(peer)
        }),
        closed: guard((fault) => {
          if (isCurrent()) this.#closedByOthers(peer, session, fault)
        }),
      },
    })
    this.#links.set(peer, { session, link, state: 'opening' })
  }

  signal(peer: PeerId, session: LinkSession, data: string): void {
    const opened = this.#links.get(peer)
    if (opened?.session === session) opened.link.signal(data)
  }

  close(peer: PeerId, session: LinkSession, reason: CloseReason): void {
    const opened = this.#links.get(peer)
    if (opened?.session !== session) return
    this.#parts.log(closeLevels[reason], 'link closed', { peer, reason, was: opened.state })
    this.#forget(peer, session)
    opened.link.close()
  }

  send(peer: PeerId, bytes: Bytes): void {
    const opened = this.#links.get(peer)
    if (opened && opened.state !== 'opening') opened.link.send(bytes)
  }

  /** Bytes waiting to leave on the peer's link; 0 when there is none. */
  waitingBytes(peer: PeerId): number {
    return this.#links.get(peer)?.link.waitingBytes ?? 0
  }

  #opened(peer: PeerId, session: LinkSession, route: 'direct' | 'relayed'): void {
    const opened = this.#links.get(peer)
    if (opened?.session !== session) return
    opened.state = 'open'
    this.#parts.log('info', 'link opened', { peer, route })
    this.#parts.feed({ type: 'linkOpened', peer, session, route })
    if (this.#links.get(peer) !== opened) return
    opened.state = 'shared'
    this.#parts.listener.peerLinked(peer)
  }

  #messageArrived(peer: PeerId, bytes: Bytes): void {
    const { feed, listener } = this.#parts
    if (bytes[0] !== jsonStart) {
      feed({ type: 'peerHeard', peer })
      return listener.messageArrived(peer, bytes)
    }
    const text = textFromUtf8(bytes)
    const message = text === null ? null : decodeRoomMessage(text)
    if (message?.ok === true) return feed({ type: 'messageArrived', peer, message: message.value })
    const fault = message?.fault.code ?? 'not text'
    this.#parts.log('info', 'a room message that does not parse', { peer, fault })
    feed({ type: 'messageFaulted', peer, fault })
  }

  #closedByOthers(peer: PeerId, session: LinkSession, fault: LinkFault | null): void {
    const was = this.#links.get(peer)?.state ?? 'opening'
    if (fault) this.#parts.log('warning', 'link failed', { peer, was, ...fault })
    else this.#parts.log('info', 'link closed by the other side', { peer, was })
    this.#forget(peer, session)
  }

  #forget(peer: PeerId, session: LinkSession): void {
    const wasShared = this.#links.get(peer)?.state === 'shared'
    this.#links.delete(peer)
    this.#parts.feed({ type: 'linkClosed', peer, session })
    if (wasShared) this.#parts.listener.peerUnlinked(peer)
  }
}
