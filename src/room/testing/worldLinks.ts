import type { LinkSession, PeerId } from '../../shared/ids.ts'
import type { Random } from '../../shared/random.ts'
import { randomBelow } from '../../shared/random.ts'
import { assert } from '../../shared/result.ts'
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
  isCut: boolean
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
  /** Whether both have an end of one and the same open link. */
  areJoined(a: PeerId, b: PeerId): boolean
  /** Ends a tab has open or is opening. */
  endCount(owner: LinkOwner): number
  /** Ends it ever opened. */
  openedBy(owner: LinkOwner): number
}

const pairKey = (a: PeerId, b: PeerId) => [a, b].toSorted().join()

export function createWorldLinks(clock: WorldClock, random: Random): WorldLinks {
  const ends: End[] = []
  const latencies = new Map<string, number>()
  const blocked = new Set<string>()
  const openedBy = new Map<PeerId, number>()

  const endOf = (owner: LinkOwner, session: LinkSession) =>
    ends.find((end) => end.owner === owner && end.session === session)
  const otherEnd = (end: End) =>
    ends.find(({ session, owner }) => session === end.session && owner.peer === end.peer)
  const endsBetween = (a: PeerId, b: PeerId) =>
    ends.filter(({ owner, peer }) => pairKey(owner.peer, peer) === pairKey(a, b))
  const openEnd = (owner: LinkOwner, peer: PeerId) =>
    ends.find((end) => end.owner === owner && end.peer === peer && end.isOpen)

  function latency(end: End): number {
    const key = pairKey(end.owner.peer, end.peer)
    const ms = latencies.get(key) ?? 5 + randomBelow(random, 60)
    latencies.set(key, ms)
    return ms
  }

  function remove(end: End): void {
    const at = ends.indexOf(end)
    if (at >= 0) ends.splice(at, 1)
  }

  function say(end: End, kind: LinkSignalKind, afterMs: number, data: string = kind): void {
    clock.after(afterMs, () => {
      if (!ends.includes(end)) return
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
    if (other === undefined || blocked.has(pairKey(end.owner.peer, end.peer))) return
    if (![end, other].every((each) => each.heardDescription && each.heardCandidate && !each.isOpen)) return
    for (const each of [end, other]) {
      each.isOpen = true
      clock.after(latency(each), () => {
        if (!ends.includes(each)) return
        each.owner.feed({ type: 'linkOpened', peer: each.peer, session: each.session, route: 'direct' })
        const openCount = ends.filter(
          (one) => one.owner === each.owner && one.peer === each.peer && one.isOpen,
        )
        assert(openCount.length <= 1, 'a tab keeps two links open to one peer')
      })
    }
  }

  function restartHeard(end: End, data: string): void {
    if (data === 'restart wanted') return say(end, 'restart', 5, 'restart offer')
    const other = otherEnd(end)
    if (data === 'restart offer') return say(end, 'restart', 5, 'restart answer')
    if (other === undefined || blocked.has(pairKey(end.owner.peer, end.peer))) return
    for (const { owner, peer, session } of [end, other]) {
      for (const each of endsBetween(owner.peer, peer)) each.isCut = false
      owner.feed({ type: 'pathFound', peer, session })
    }
  }

  function closed(end: End): void {
    if (!ends.includes(end)) return
    remove(end)
    end.owner.feed({ type: 'linkClosed', peer: end.peer, session: end.session })
  }

  function deliver(to: End, text: string): void {
    if (!ends.includes(to) || to.isCut) return
    const { owner, peer } = to
    owner.feed({ type: 'peerHeard', peer })
    const decoded = decodeRoomMessage(text)
    if (decoded.ok) owner.feed({ type: 'messageArrived', peer, message: decoded.value })
    else owner.feed({ type: 'messageFaulted', peer, fault: decoded.fault.code })
  }

  function sendText(owner: LinkOwner, peer: PeerId, text: string): void {
    const end = openEnd(owner, peer)
    const other = end === undefined ? undefined : otherEnd(end)
    if (end === undefined || other === undefined || end.isCut) return
    clock.after(latency(end), () => deliver(other, text))
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
        isCut: false,
      }
      ends.push(end)
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
    send: (owner, peer, message) => sendText(owner, peer, encodeRoomMessage(message)),
    close(owner, session) {
      const end = endOf(owner, session)
      if (end === undefined) return
      const other = otherEnd(end)
      remove(end)
      if (other !== undefined && end.isOpen && !end.isCut) clock.after(latency(end), () => closed(other))
    },
    vanish(owner) {
      for (const end of ends.filter((each) => each.owner === owner)) remove(end)
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
    block: (a, b) => void blocked.add(pairKey(a, b)),
    areJoined(a, b) {
      const [one, two, ...more] = endsBetween(a, b)
      if (one === undefined || two === undefined || more.length > 0) return false
      return one.session === two.session && [one, two].every(({ isOpen, isCut }) => isOpen && !isCut)
    },
    openedBy: ({ peer }) => openedBy.get(peer) ?? 0,
    endCount: (owner) => ends.filter((end) => end.owner === owner).length,
  }
}
