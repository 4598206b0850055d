import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Random } from '../shared/random.ts'
import type { SwarmInput, SwarmMessage } from '../swarm/io.ts'
import type { Events } from '../shared/events.ts'
import { messageLength } from './messageLength.ts'
import { LinkEnd, packetBytes } from './uplink.ts'
import { ackPart, packetOverhead, type VirtualPeer } from './virtualPeer.ts'

export interface NetworkOptions {
  readonly events: Events
  readonly random: Random
  readonly peers: ReadonlyMap<PeerId, VirtualPeer>
  /** Who drops a link keeps the other out for this long. */
  readonly banMs: Millis
  readonly input: (peer: VirtualPeer, input: SwarmInput) => void
  /** A room says who is linked with whom: nothing is told or dialed here. */
  readonly hasRoom: boolean
}

/** A link's peer hears of its end so much later than it happens, where it is not the network that tells. */
const closingMs = 2

/** A roster is told so long after a link changed, and is heard at once: it is short. */
const rosterMs = 100

/** Links between peers: they come, break and come back, and carry messages from one uplink through a delay and losses to a downlink. */
export class Network {
  readonly #options: NetworkOptions
  /** Who has yet to tell whom it is linked with. */
  readonly #telling = new Set<VirtualPeer>()

  constructor(options: NetworkOptions) {
    this.#options = options
  }

  /** Links the two, unless one keeps the other out. */
  link(a: VirtualPeer, b: VirtualPeer): void {
    if (a === b || a.links.has(b.id) || this.#isBarred(a, b)) return
    const { input } = this.#options
    a.links.set(b.id, new LinkEnd())
    b.links.set(a.id, new LinkEnd())
    input(a, { type: 'peerLinked', peer: b.id })
    input(b, { type: 'peerLinked', peer: a.id })
    this.#tellRoom(a, b)
    this.#tellRoom(b, a)
    this.#tellNeighboursSoon(a)
    this.#tellNeighboursSoon(b)
  }

  /** There is no link between the two any more, and both know. */
  unlink(a: VirtualPeer, b: VirtualPeer): void {
    if (!this.#forget(a, b)) return
    this.#options.input(a, { type: 'peerUnlinked', peer: b.id })
    this.#options.input(b, { type: 'peerUnlinked', peer: a.id })
  }

  /** There is never a way between the two, as between two symmetric NATs. */
  keepApart(a: VirtualPeer, b: VirtualPeer): void {
    a.barredUntil.set(b.id, Infinity)
  }

  /** The link breaks, and both notice at once; for so long there is no way between them. */
  breakLink(a: VirtualPeer, b: VirtualPeer, noWayMs: Millis): void {
    if (!a.links.has(b.id)) return
    a.barredUntil.set(b.id, this.#options.events.now + noWayMs)
    this.unlink(a, b)
    this.#tellNeighboursSoon(a)
    this.#tellNeighboursSoon(b)
    this.#redial(a, b, limits.redialMinMs)
  }

  /** The peer wants no more of the other, and keeps it out for a while; the other does not know, and redials. */
  drop(peer: VirtualPeer, otherId: PeerId): void {
    const { peers, events, banMs, input } = this.#options
    const other = peers.get(otherId)
    if (!other || !this.#forget(peer, other)) return
    peer.barredUntil.set(otherId, events.now + banMs)
    events.after(closingMs, () => input(peer, { type: 'peerUnlinked', peer: otherId }))
    events.after(closingMs, () => input(other, { type: 'peerUnlinked', peer: peer.id }))
    this.#redial(other, peer, limits.redialMinMs)
  }

  /** The peer is gone at once; the others notice after the given time. */
  kill(peer: VirtualPeer, noticedAfterMs: Millis): void {
    const { peers, events, input } = this.#options
    peer.alive = false
    for (const id of peer.links.keys()) {
      const other = peers.get(id)
      if (!other) continue
      this.#forget(peer, other)
      events.after(noticedAfterMs, () => {
        if (!other.alive) return
        input(other, { type: 'peerUnlinked', peer: peer.id })
        this.#tellNeighboursSoon(other)
      })
    }
  }

  send(from: VirtualPeer, toId: PeerId, message: SwarmMessage): void {
    const { peers, events, input } = this.#options
    const to = peers.get(toId)
    const fromEnd = from.links.get(toId)
    const toEnd = to?.links.get(from.id)
    if (!to || !fromEnd || !toEnd) return
    const lengthBytes = messageLength(message)
    const isBlock = message.type === 'block'
    if (!isBlock) from.messagesSent++
    const delayMs = from.access.delayMs + to.access.delayMs
    const spanMs = (1000 * lengthBytes * packetOverhead) / to.access.downBytesPerSecond
    const lostPackets = this.#lostPackets(from, to, lengthBytes)
    from.uplink.send(fromEnd, lengthBytes, isBlock, (leftAt) => {
      // What is lost goes out again, and all behind it waits: a channel is in order.
      if (lostPackets > 0) from.uplink.take(lostPackets * packetBytes)
      const repeatedMs = lostPackets > 0 ? 2 * delayMs : 0
      events.at(leftAt + delayMs + repeatedMs, () => {
        to.downFreeAt = Math.max(events.now, to.downFreeAt) + spanMs
        events.at(to.downFreeAt, () => {
          if (!to.alive || to.links.get(from.id) !== toEnd) return
          to.uplink.take(lengthBytes * ackPart)
          if (message.type === 'block') {
            to.receivedBytes += message.bytes.length
            events.after(delayMs, () => this.#echoed(from, to, fromEnd, lengthBytes))
          }
          input(to, { type: 'messageArrived', peer: from.id, message })
        })
      })
    })
  }

  /** As in a room: who has another link, or one less, tells all others whom it is linked with, in batches. */
  #tellNeighboursSoon(peer: VirtualPeer): void {
    if (this.#options.hasRoom || this.#telling.has(peer)) return
    this.#telling.add(peer)
    const { events, peers, input } = this.#options
    events.after(rosterMs, () => {
      this.#telling.delete(peer)
      const neighbours = [...peer.links.keys()]
      for (const id of neighbours) {
        const other = peers.get(id)
        if (other) input(other, { type: 'neighboursHeard', peer: peer.id, neighbours })
      }
    })
  }

  #lostPackets(from: VirtualPeer, to: VirtualPeer, lengthBytes: number): number {
    const lossRatio = lossOf(from, to)
    if (lossRatio === 0) return 0
    let lost = 0
    for (let packets = Math.ceil(lengthBytes / packetBytes); packets > 0; packets--)
      if (this.#options.random() < lossRatio * 2 ** 32) lost++
    return lost
  }

  /** The sender hears that so much has arrived. */
  #echoed(from: VirtualPeer, to: VirtualPeer, end: LinkEnd, lengthBytes: number): void {
    if (from.links.get(to.id) !== end) return
    end.outstandingBytes -= lengthBytes
    this.#tellRoom(from, to)
  }

  /** What the link to the other takes now, and all links of the peer together. */
  #tellRoom(peer: VirtualPeer, other: VirtualPeer): void {
    const end = peer.links.get(other.id)
    if (!end) return
    const roundTripMs = 2 * (peer.access.delayMs + other.access.delayMs)
    let [waitingBytes, linksInUse] = [0, 0]
    for (const one of peer.links.values()) {
      waitingBytes += one.waitingBytes
      if (one.outstandingBytes > 0) linksInUse++
    }
    const aheadBytes = peer.uplink.bytesPerMs * limits.uplinkAheadMs
    this.#options.input(peer, {
      type: 'linkHasRoom',
      peer: other.id,
      roomBytes: peer.uplink.linkRoomBytes(end, roundTripMs, linksInUse, lossOf(peer, other)),
      roundTripMs,
      uplinkRoomBytes: limits.uplinkAheadMinBytes + aheadBytes - waitingBytes,
    })
  }

  /** Whether there was a link. */
  #forget(a: VirtualPeer, b: VirtualPeer): boolean {
    const [endOfA, endOfB] = [a.links.get(b.id), b.links.get(a.id)]
    if (!endOfA || !endOfB) return false
    a.uplink.forget(endOfA)
    b.uplink.forget(endOfB)
    a.links.delete(b.id)
    b.links.delete(a.id)
    return true
  }

  #isBarred(a: VirtualPeer, b: VirtualPeer): boolean {
    const until = Math.max(a.barredUntil.get(b.id) ?? 0, b.barredUntil.get(a.id) ?? 0)
    return this.#options.events.now < until
  }

  /** As in a room: a lost member is dialed after a while, and after twice that, until there is a link again. */
  #redial(a: VirtualPeer, b: VirtualPeer, waitMs: Millis): void {
    this.#options.events.after(waitMs, () => {
      if (!a.alive || !b.alive) return
      this.link(a, b)
      if (!a.links.has(b.id)) this.#redial(a, b, Math.min(2 * waitMs, limits.redialMaxMs))
    })
  }
}

function lossOf(a: VirtualPeer, b: VirtualPeer): number {
  const arriving = (1 - (a.access.lossRatio ?? 0)) * (1 - (b.access.lossRatio ?? 0))
  return 1 - arriving
}
