import type { LinkSession, PeerId } from '../../shared/ids.ts'
import type { Random } from '../../shared/random.ts'
import { randomBelow } from '../../shared/random.ts'
import { assert, ok } from '../../shared/result.ts'
import type { LinkSignalKind, RoomInput, RoomMessage } from '../io.ts'
import { decodeRoomMessage, encodeRoomMessage } from '../messages.ts'
import type { WorldClock } from './worldClock.ts'

/** A tab as its links see it. */
export interface LinkOwner {
  readonly peer: PeerId
  feed(input: RoomInput): void
}

interface End {
  readonly owner: LinkOwner
  readonly peer: PeerId
  readonly session: LinkSession
  readonly initiator: boolean
  /** The offer at the one end, the answer at the other. */
  heardDescription: boolean
  heardCandidate: boolean
  isOpen: boolean
  /** Its owner knows that it is open. */
  isTold: boolean
  isCut: boolean
  /** What arrives once there is a path again: SCTP sends it until then. */
  readonly held: (() => void)[]
}

/**
 * WebRTC in virtual time: a link opens when both ends have heard a description and a candidate of the other, a latency
 * drawn once for each pair carries its messages in order, and a closed end tells the other only if the link was open.
 */
export interface WorldLinks {
  open(owner: LinkOwner, peer: PeerId, session: LinkSession, initiator: boolean): void
  signal(owner: LinkOwner, session: LinkSession, data: string): void
  send(owner: LinkOwner, peer: PeerId, message: RoomMessage): void
  /** As `send`, for what no decent peer says. */
  sendText(owner: LinkOwner, peer: PeerId, text: string): void
  /** Looks for another path, as far as signals reach the other end. */
  restart(owner: LinkOwner, session: LinkSession): void
  close(owner: LinkOwner, session: LinkSession): void
  /** All ends of a tab vanish without a word. */
  vanish(owner: LinkOwner): void
  /** The link between two falls silent; neither is told. */
  cut(a: PeerId, b: PeerId): void
  /** The path between two is gone, and both browsers see it; what they restart finds another. */
  losePath(a: PeerId, b: PeerId): void
  /** The link between two breaks; both are told. */
  sever(a: PeerId, b: PeerId): void
  /** No link between the two opens from now on, and none that is open finds another path. */
  block(a: PeerId, b: PeerId): void
  /** Nothing gets from the one side to the other, and no link between them opens, until the way is opened again. */
  part(oneSide: ReadonlySet<PeerId>): void
  unite(): void
  /** Whether both have an end of one and the same open link. */
  areJoined(a: PeerId, b: PeerId): boolean
  /** Ends a tab has open or is opening. */
  endCount(owner: LinkOwner): number
  /** Ends it ever opened. */
  openedBy(owner: LinkOwner): number
  /** Said so far over all links together. */
  said(): { readonly messages: number; readonly bytes: number }
  /** Bytes that one tab has said so far. */
  saidBytesOf(owner: LinkOwner): number
}

/** Who moves bytes over the same links. */
export interface LinkListener {
  /** Both ends are open, or there is a path again. */
  linked(a: PeerId, b: PeerId): void
  /** One of them is gone, or the path between them. */
  unlinked(a: PeerId, b: PeerId): void
  /** The room's own words took so many bytes. */
  said(from: PeerId, bytes: number): void
}

/** What the other end makes of a message. */
type Reading = () => ReturnType<typeof decodeRoomMessage>

const deaf: LinkListener = { linked: () => undefined, unlinked: () => undefined, said: () => undefined }

const pairKey = (a: PeerId, b: PeerId) => [a, b].toSorted().join()

export function createWorldLinks(
  clock: WorldClock,
  random: Random,
  isVast: boolean,
  { linked, unlinked, said: told }: LinkListener = deaf,
): WorldLinks {
  /** By owner, in the order they were made. */
  const ends = new Map<PeerId, Set<End>>()
  const latencies = new Map<string, number>()
  const blocked = new Set<string>()
  const openedBy = new Map<PeerId, number>()
  const said = { messages: 0, bytes: 0 }
  const saidBytes = new Map<PeerId, number>()
  let oneSide: ReadonlySet<PeerId> = new Set()

  const endsOf = (peer: PeerId): End[] => [...(ends.get(peer) ?? [])]
  const isThere = (end: End): boolean => ends.get(end.owner.peer)?.has(end) === true
  const endOf = (owner: LinkOwner, session: LinkSession) =>
    endsOf(owner.peer).find((end) => end.session === session)
  const otherEnd = (end: End) => endsOf(end.peer).find(({ session }) => session === end.session)
  const endsBetween = (a: PeerId, b: PeerId) => [
    ...endsOf(a).filter(({ peer }) => peer === b),
    ...endsOf(b).filter(({ peer }) => peer === a),
  ]
  const openEnd = (owner: LinkOwner, peer: PeerId) =>
    endsOf(owner.peer).find((end) => end.peer === peer && end.isOpen)

  const isAcross = (a: PeerId, b: PeerId): boolean => oneSide.has(a) !== oneSide.has(b)
  const isBarred = ({ owner, peer }: End): boolean =>
    blocked.has(pairKey(owner.peer, peer)) || isAcross(owner.peer, peer)

  function latency(end: End): number {
    const key = pairKey(end.owner.peer, end.peer)
    const ms = latencies.get(key) ?? 5 + randomBelow(random, 60)
    latencies.set(key, ms)
    return ms
  }

  function remove(end: End): void {
    ends.get(end.owner.peer)?.delete(end)
    if (end.isOpen) unlinked(end.owner.peer, end.peer)
  }

  function say(end: End, kind: LinkSignalKind, afterMs: number, data: string = kind): void {
    clock.after(afterMs, () => {
      if (!isThere(end)) return
      end.owner.feed({ type: 'linkSignaled', peer: end.peer, session: end.session, kind, data })
    })
  }

  function sayAll(end: End): void {
    say(end, end.initiator ? 'offer' : 'answer', 5)
    say(end, 'candidate', 6)
    say(end, 'candidate', 30)
  }

  function openIfReady(end: End): void {
    const other = otherEnd(end)
    if (other === undefined || isBarred(end)) return
    if (![end, other].every((each) => each.heardDescription && each.heardCandidate && !each.isOpen)) return
    for (const each of [end, other]) {
      each.isOpen = true
      clock.after(latency(each), () => {
        if (!isThere(each)) return
        each.owner.feed({ type: 'linkOpened', peer: each.peer, session: each.session, route: 'direct' })
        const open = endsOf(each.owner.peer).filter(({ peer, isOpen }) => peer === each.peer && isOpen)
        assert(open.length <= 1, 'a tab keeps two links open to one peer')
        each.isTold = true
        if (otherEnd(each)?.isTold === true) linked(each.owner.peer, each.peer)
      })
    }
  }

  function restartHeard(end: End, data: string): void {
    if (data === 'restart wanted') return say(end, 'restart', 5, 'restart offer')
    const other = otherEnd(end)
    if (data === 'restart offer') return say(end, 'restart', 5, 'restart answer')
    if (other === undefined || isBarred(end)) return
    for (const { owner, peer, session } of [end, other]) {
      for (const each of endsBetween(owner.peer, peer)) each.isCut = false
      owner.feed({ type: 'pathFound', peer, session })
    }
    for (const each of [end, other]) for (const arrive of each.held.splice(0)) arrive()
    linked(end.owner.peer, end.peer)
  }

  function closed(end: End): void {
    if (!isThere(end)) return
    remove(end)
    end.owner.feed({ type: 'linkClosed', peer: end.peer, session: end.session })
  }

  function deliver(to: End, read: Reading): void {
    if (!isThere(to)) return
    if (to.isCut) return void to.held.push(() => deliver(to, read))
    const { owner, peer } = to
    owner.feed({ type: 'peerHeard', peer })
    const decoded = read()
    if (decoded.ok) owner.feed({ type: 'messageArrived', peer, message: decoded.value })
    else owner.feed({ type: 'messageFaulted', peer, fault: decoded.fault.code })
  }

  function bring(owner: LinkOwner, peer: PeerId, bytes: number, read: Reading): void {
    const end = openEnd(owner, peer)
    const other = end === undefined ? undefined : otherEnd(end)
    if (end === undefined || other === undefined) return
    said.messages++
    said.bytes += bytes
    saidBytes.set(owner.peer, (saidBytes.get(owner.peer) ?? 0) + bytes)
    told(owner.peer, bytes)
    clock.after(latency(end), () => deliver(other, read))
  }

  const sendText = (owner: LinkOwner, peer: PeerId, text: string): void =>
    bring(owner, peer, text.length, () => decodeRoomMessage(text))

  function send(owner: LinkOwner, peer: PeerId, message: RoomMessage): void {
    const text = encodeRoomMessage(message)
    if (isVast) bring(owner, peer, text.length, () => ok(message))
    else sendText(owner, peer, text)
  }

  return {
    open(owner, peer, session, initiator) {
      assert(endOf(owner, session) === undefined, 'a session is opened once')
      const end: End = {
        owner,
        peer,
        session,
        initiator,
        heardDescription: false,
        heardCandidate: false,
        isOpen: false,
        isTold: false,
        isCut: false,
        held: [],
      }
      const own = ends.get(owner.peer) ?? new Set()
      ends.set(owner.peer, own.add(end))
      openedBy.set(owner.peer, (openedBy.get(owner.peer) ?? 0) + 1)
      if (initiator) sayAll(end)
    },
    signal(owner, session, data) {
      const end = endOf(owner, session)
      if (end === undefined) return
      if (data.startsWith('restart ')) return restartHeard(end, data)
      if (data === 'candidate') end.heardCandidate = true
      else end.heardDescription = true
      if (data === 'offer') sayAll(end)
      openIfReady(end)
    },
    restart(owner, session) {
      const end = endOf(owner, session)
      if (end !== undefined) say(end, 'restart', 5, end.initiator ? 'restart offer' : 'restart wanted')
    },
    sendText,
    send,
    close(owner, session) {
      const end = endOf(owner, session)
      if (end === undefined) return
      const other = otherEnd(end)
      remove(end)
      if (other !== undefined && end.isOpen && !end.isCut) clock.after(latency(end), () => closed(other))
    },
    vanish(owner) {
      for (const end of endsOf(owner.peer)) remove(end)
    },
    cut(a, b) {
      for (const end of endsBetween(a, b)) end.isCut = true
    },
    losePath(a, b) {
      for (const end of endsBetween(a, b)) {
        end.isCut = true
        end.owner.feed({ type: 'pathLost', peer: end.peer, session: end.session })
      }
    },
    sever(a, b) {
      for (const end of endsBetween(a, b)) closed(end)
    },
    part(side) {
      oneSide = side
      for (const own of ends.values())
        for (const end of own) {
          if (!isAcross(end.owner.peer, end.peer)) continue
          end.isCut = true
          unlinked(end.owner.peer, end.peer)
        }
    },
    unite: () => void (oneSide = new Set()),
    said: () => ({ ...said }),
    saidBytesOf: ({ peer }) => saidBytes.get(peer) ?? 0,
    block: (a, b) => void blocked.add(pairKey(a, b)),
    areJoined(a, b) {
      const [one, two, ...more] = endsBetween(a, b)
      if (one === undefined || two === undefined || more.length > 0) return false
      return one.session === two.session && [one, two].every(({ isOpen, isCut }) => isOpen && !isCut)
    },
    openedBy: ({ peer }) => openedBy.get(peer) ?? 0,
    endCount: ({ peer }) => endsOf(peer).length,
  }
}
