import type { Engine } from '../engine/engine.ts'
import type { IceSettings, Link, LinkFault, LinkProof, OpenLink, Route } from '../link/link.ts'
import type { CloseReason, RoomInput } from '../room/io.ts'
import { decodeRoomMessage } from '../room/messages.ts'
import { textFromUtf8, type Bytes } from '../shared/bytes.ts'
import type { LinkSession, PeerId } from '../shared/ids.ts'
import type { Log, LogLevel } from '../shared/log.ts'
import { assert } from '../shared/result.ts'
import type { Guard } from '../shared/guard.ts'

/** Who moves bytes over the links' bulk channels: what the engine takes of links. */
export type BulkHost = Pick<
  Engine,
  | 'sentElsewhere'
  | 'neighboursHeard'
  | 'shareHeard'
  | 'shareUnheard'
  | 'addLane'
  | 'laneProven'
  | 'removeLane'
  | 'otherListens'
  | 'linkAdmitted'
  | 'linkClosed'
>

export interface RoomLinksParts {
  readonly openLink: OpenLink
  readonly ice: () => IceSettings
  /** Shows that a link leads to this peer. */
  readonly proofOf: (peer: PeerId, session: LinkSession, initiator: boolean) => LinkProof
  readonly log: Log
  readonly guard: Guard
  /** Hands the room machine an input. */
  readonly feed: (input: RoomInput) => void
  readonly bulk: BulkHost
  /** The peer answered, and no way was found to it. */
  readonly blocked: (peer: PeerId) => void
}

interface OpenedLink {
  readonly session: LinkSession
  readonly number: number
  readonly link: Link
  isOpen: boolean
  /** The other side has signaled something. */
  isAnswered: boolean
  /** How many connections carry it. */
  lanes: number
}

/** How much each reason to close a link is worth a look later. */
const closeLevels: Readonly<Record<CloseReason, LogLevel>> = {
  superseded: 'debug',
  left: 'debug',
  gaveWay: 'debug',
  openTimeout: 'info',
  silent: 'info',
  misbehaved: 'warning',
}

/** The links that the room machine ordered, one a peer. The room's words go over them; what is bulk is handed over. */
export class RoomLinks {
  readonly #parts: RoomLinksParts
  readonly #links = new Map<PeerId, OpenedLink>()
  #lastNumber = 0

  constructor(parts: RoomLinksParts) {
    this.#parts = parts
  }

  open(peer: PeerId, session: LinkSession, initiator: boolean): void {
    const { openLink, ice, proofOf, guard, feed, bulk } = this.#parts
    const isCurrent = (): boolean => this.#links.get(peer)?.session === session
    assert(!this.#links.has(peer), 'one link a peer at a time')
    const number = ++this.#lastNumber
    let messageMaxBytes = 0
    const link = openLink({
      initiator,
      ice,
      proof: proofOf(peer, session, initiator),
      handOver: guard((lane, channel) => bulk.addLane(number, lane, channel)),
      listener: {
        signaled: guard((kind, data) => {
          if (isCurrent()) feed({ type: 'linkSignaled', peer, session, kind, data })
        }),
        opened: guard((route, maxBytes) => {
          messageMaxBytes = maxBytes
          this.#opened(peer, session, route)
        }),
        rerouted: guard((route) => {
          if (isCurrent()) this.#rerouted(peer, session, route)
        }),
        otherListens: guard(() => {
          if (isCurrent()) bulk.otherListens(number, messageMaxBytes)
        }),
        lanesChanged: guard((count) => {
          if (isCurrent()) this.#lanesChanged(peer, count)
        }),
        laneProven: guard((lane) => {
          if (isCurrent()) bulk.laneProven(number, lane)
        }),
        laneClosed: guard((lane) => {
          if (isCurrent()) bulk.removeLane(number, lane)
        }),
        pathLost: guard(() => {
          if (isCurrent()) this.#pathChanged('pathLost', peer, session)
        }),
        pathFound: guard(() => {
          if (isCurrent()) this.#pathChanged('pathFound', peer, session)
        }),
        messageArrived: guard((bytes) => {
          if (isCurrent()) this.#messageArrived(peer, bytes)
        }),
        closed: guard((fault) => {
          if (isCurrent()) this.#closedByOthers(peer, session, fault)
        }),
      },
    })
    this.#links.set(peer, { session, number, link, isOpen: false, isAnswered: false, lanes: 1 })
  }

  signal(peer: PeerId, session: LinkSession, data: string): void {
    const opened = this.#links.get(peer)
    if (opened?.session !== session) return
    opened.isAnswered = true
    opened.link.signal(data)
  }

  /** Looks for another path. */
  restart(peer: PeerId, session: LinkSession): void {
    const opened = this.#links.get(peer)
    if (opened?.session !== session) return
    this.#parts.log('info', 'another path is looked for', { peer })
    opened.link.restart()
  }

  close(peer: PeerId, session: LinkSession, reason: CloseReason): void {
    const opened = this.#links.get(peer)
    if (opened?.session !== session) return
    this.#parts.log(closeLevels[reason], 'link closed', { peer, reason, wasOpen: opened.isOpen })
    if (reason === 'openTimeout') this.#gaveUp(peer, opened)
    this.#forget(peer, session)
    opened.link.close()
  }

  send(peer: PeerId, bytes: Bytes): void {
    const opened = this.#links.get(peer)
    if (opened?.isOpen === true) opened.link.send(bytes)
  }

  /** Bytes waiting to leave on the peer's link; 0 when there is none. */
  waitingBytes(peer: PeerId): number {
    return this.#links.get(peer)?.link.waitingBytes ?? 0
  }

  /** Connections that carry the link to the peer; 0 when there is none. */
  lanes(peer: PeerId): number {
    return this.#links.get(peer)?.lanes ?? 0
  }

  /** Whoever has the link's bulk channel listens there. */
  listening(link: number): void {
    this.#withNumber(link)?.[1].link.tellListening()
  }

  openLane(link: number): void {
    this.#withNumber(link)?.[1].link.openLane()
  }

  closeLane(link: number, lane: number): void {
    this.#withNumber(link)?.[1].link.closeLane(lane)
  }

  /** The bulk channel is gone, or the other side sent on it what no honest one sends: the link is of no use. */
  bulkFailed(link: number, detail: string): void {
    const found = this.#withNumber(link)
    if (!found) return
    const [peer, opened] = found
    this.#closedByOthers(peer, opened.session, { code: 'channelFailed', detail })
    opened.link.close()
  }

  #withNumber(number: number): [PeerId, OpenedLink] | undefined {
    return [...this.#links].find(([, opened]) => opened.number === number)
  }

  #opened(peer: PeerId, session: LinkSession, route: Route): void {
    const opened = this.#links.get(peer)
    if (opened?.session !== session) return
    opened.isOpen = true
    this.#parts.log('info', 'link opened', { peer, route })
    this.#parts.feed({ type: 'linkOpened', peer, session, route })
    // The room may have turned the peer away at once.
    if (this.#links.get(peer) === opened) this.#parts.bulk.linkAdmitted(opened.number, peer)
  }

  #rerouted(peer: PeerId, session: LinkSession, route: Route): void {
    this.#parts.log('info', 'a link goes another way', { peer, route })
    this.#parts.feed({ type: 'linkRerouted', peer, session, route })
  }

  #pathChanged(type: 'pathLost' | 'pathFound', peer: PeerId, session: LinkSession): void {
    this.#parts.log('info', type, { peer })
    this.#parts.feed({ type, peer, session })
  }

  #lanesChanged(peer: PeerId, count: number): void {
    const opened = this.#links.get(peer)
    if (!opened) return
    opened.lanes = count
    this.#parts.log('debug', 'lanes of a link', { peer, count })
  }

  #messageArrived(peer: PeerId, bytes: Bytes): void {
    const { feed } = this.#parts
    const text = textFromUtf8(bytes)
    const message = text === null ? null : decodeRoomMessage(text)
    if (message?.ok === true) return feed({ type: 'messageArrived', peer, message: message.value })
    const fault = message?.fault.code ?? 'not text'
    this.#parts.log('info', 'a room message that does not parse', { peer, fault })
    feed({ type: 'messageFaulted', peer, fault })
  }

  #closedByOthers(peer: PeerId, session: LinkSession, fault: LinkFault | null): void {
    const opened = this.#links.get(peer)
    const wasOpen = opened?.isOpen ?? false
    if (opened && fault?.code === 'connectionFailed') this.#gaveUp(peer, opened)
    if (fault) this.#parts.log('warning', 'link failed', { peer, wasOpen, ...fault })
    else this.#parts.log('info', 'link closed by the other side', { peer, wasOpen })
    this.#forget(peer, session)
  }

  #gaveUp(peer: PeerId, { isOpen, isAnswered }: OpenedLink): void {
    if (!isOpen && isAnswered) this.#parts.blocked(peer)
  }

  #forget(peer: PeerId, session: LinkSession): void {
    const opened = this.#links.get(peer)
    this.#links.delete(peer)
    this.#parts.feed({ type: 'linkClosed', peer, session })
    if (opened) this.#parts.bulk.linkClosed(opened.number)
  }
}
