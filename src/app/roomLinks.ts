import type { Engine } from '../engine/engine.ts'
import type { IceSettings, Link, LinkFault, LinkOptions, LinkProof, OpenLink, Route } from '../link/link.ts'
import { lateProof, type HandEnd, type Owner } from './handEnds.ts'
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
  /** Of one that people bring about. */
  readonly hand: HandEnd | null
}

type Making = Pick<LinkOptions, 'initiator' | 'proof'> & { readonly session: LinkSession }

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
  /** Our ends whose offers people carry. */
  readonly #offered = new Map<LinkSession, { readonly opened: OpenedLink; meet(peer: PeerId): void }>()
  readonly #answering = new Map<LinkSession, HandEnd>()
  #lastNumber = 0

  constructor(parts: RoomLinksParts) {
    this.#parts = parts
  }

  open(peer: PeerId, session: LinkSession, initiator: boolean): void {
    assert(!this.#links.has(peer), 'one link a peer at a time')
    const proof = this.#parts.proofOf(peer, session, initiator)
    this.#links.set(peer, this.#make({ session, initiator, proof }, { peer }))
  }

  /** Makes our end of a link that people bring about: it is anybody's until they bring the answer (`openByHand`). */
  offerByHand(session: LinkSession, end: HandEnd): void {
    const owner: Owner = { peer: null }
    const { proof, bind } = lateProof()
    const opened = this.#make({ session, initiator: true, proof }, owner, end)
    const meet = (peer: PeerId): void => {
      owner.peer = peer
      bind(this.#parts.proofOf(peer, session, true))
    }
    this.#offered.set(session, { opened, meet })
  }

  /** Nobody is to take what was begun by hand. */
  withdrawByHand(session: LinkSession): void {
    this.#answering.delete(session)
    const offered = this.#offered.get(session)
    if (!offered) return
    this.#offered.delete(session)
    offered.opened.link.close()
    this.#parts.bulk.linkClosed(offered.opened.number)
  }

  /** What becomes of the link that is to answer in this session: its answer is for people to carry. */
  answerByHand(session: LinkSession, end: HandEnd): void {
    this.#answering.set(session, end)
  }

  /** Likewise `open`, for a link that people bring about. */
  openByHand(peer: PeerId, session: LinkSession, initiator: boolean): void {
    assert(!this.#links.has(peer), 'one link a peer at a time')
    const offered = this.#offered.get(session)
    const end = this.#answering.get(session)
    if (initiator && offered) {
      this.#offered.delete(session)
      offered.meet(peer)
      this.#links.set(peer, offered.opened)
    } else if (!initiator && end) {
      this.#answering.delete(session)
      const proof = this.#parts.proofOf(peer, session, false)
      this.#links.set(peer, this.#make({ session, initiator, proof }, { peer }, end))
    }
  }

  /** Whether the peer's link is that of this session. */
  has(peer: PeerId, session: LinkSession): boolean {
    return this.#links.get(peer)?.session === session
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
    if (!opened.isOpen) opened.hand?.failed(null)
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

  /** `hand`: of a link that people bring about. */
  #make({ session, initiator, proof }: Making, owner: Owner, hand: HandEnd | null = null): OpenedLink {
    const { openLink, ice, guard, feed, bulk } = this.#parts
    const number = ++this.#lastNumber
    let messageMaxBytes = 0
    /** What a link tells that is not the peer's any more is not heard. */
    const current = (act: (peer: PeerId) => void): void => {
      const { peer } = owner
      if (peer !== null && this.has(peer, session)) act(peer)
    }
    const link = openLink({
      initiator,
      ice,
      proof,
      byHand: hand !== null,
      handOver: guard((lane, channel) => bulk.addLane(number, lane, channel)),
      listener: {
        signaled: guard((kind, data) => {
          if (hand && kind !== 'restart') hand.described(data)
          else current((peer) => feed({ type: 'linkSignaled', peer, session, kind, data }))
        }),
        opened: guard((route, maxBytes) => {
          messageMaxBytes = maxBytes
          current((peer) => this.#opened(peer, session, route))
        }),
        rerouted: guard((route) => current((peer) => this.#rerouted(peer, session, route))),
        otherListens: guard(() => current(() => bulk.otherListens(number, messageMaxBytes))),
        lanesChanged: guard((count) => current((peer) => this.#lanesChanged(peer, count))),
        laneProven: guard((lane) => current(() => bulk.laneProven(number, lane))),
        laneClosed: guard((lane) => current(() => bulk.removeLane(number, lane))),
        pathLost: guard(() => current((peer) => this.#pathChanged('pathLost', peer, session))),
        pathFound: guard(() => current((peer) => this.#pathChanged('pathFound', peer, session))),
        messageArrived: guard((bytes) => current((peer) => this.#messageArrived(peer, bytes))),
        closed: guard((fault) => {
          if (owner.peer === null) this.#offerEnded(session, fault)
          else current((peer) => this.#closedByOthers(peer, session, fault))
        }),
      },
    })
    return { session, number, link, isOpen: false, isAnswered: false, lanes: 1, hand }
  }

  /** Before anybody has answered. */
  #offerEnded(session: LinkSession, fault: LinkFault | null): void {
    const offered = this.#offered.get(session)
    this.withdrawByHand(session)
    offered?.opened.hand?.failed(fault)
  }

  #withNumber(number: number): [PeerId, OpenedLink] | undefined {
    return [...this.#links].find(([, opened]) => opened.number === number)
  }

  #opened(peer: PeerId, session: LinkSession, route: Route): void {
    const opened = this.#links.get(peer)
    if (opened?.session !== session) return
    opened.isOpen = true
    this.#parts.log('info', 'link opened', { peer, route })
    opened.hand?.opened()
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
    if (!wasOpen) opened?.hand?.failed(fault)
    if (fault) this.#parts.log('warning', 'link failed', { peer, wasOpen, ...fault })
    else this.#parts.log('info', 'link closed by the other side', { peer, wasOpen })
    this.#forget(peer, session)
  }

  /** Who brings a link about by hand is told there. */
  #gaveUp(peer: PeerId, { isOpen, isAnswered, hand }: OpenedLink): void {
    if (!isOpen && isAnswered && hand === null) this.#parts.blocked(peer)
  }

  #forget(peer: PeerId, session: LinkSession): void {
    const opened = this.#links.get(peer)
    this.#links.delete(peer)
    this.#parts.feed({ type: 'linkClosed', peer, session })
    if (opened) this.#parts.bulk.linkClosed(opened.number)
  }
}
