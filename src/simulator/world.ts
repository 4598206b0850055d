import type { Bytes } from '../shared/bytes.ts'
import { blockLength, pieceCount, pieceLength, pieceSizeFor } from '../shared/geometry.ts'
import type { Millis, PeerId, PieceIndex, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomBelow, randomShareId, seededRandom, type Random } from '../shared/random.ts'
import { assert, unreachable } from '../shared/result.ts'
import { hashBytes } from '../swarm/hashList.ts'
import type { SwarmEffect, SwarmInput, SwarmMessage } from '../swarm/io.ts'
import { geometryOf, type Manifest } from '../swarm/manifest.ts'
import { Events } from './events.ts'
import { messageLength } from './messageLength.ts'
import { LinkEnd } from './uplink.ts'
import {
  newVirtualPeer,
  ackPart,
  packetOverhead,
  type Access,
  type VirtualPeer,
  type Ways,
} from './virtualPeer.ts'

export interface WorldOptions {
  readonly seed: number
  readonly sizeBytes: number
  readonly pieceSizeBytes?: number
  /** Hashing and writing a piece takes this long; 2 unless told otherwise. */
  readonly checkMs?: Millis
  /** One checked piece in so many finds the disk full, and stays gathered; none unless told otherwise. */
  readonly diskFullOneIn?: number
  /** Who drops a link keeps the other out for this long; as in a room unless told otherwise. */
  readonly banMs?: Millis
  /** Look over every peer after each event, and throw where something does not hold. */
  readonly check?: (world: World, peer: VirtualPeer) => void
}

/** Answers of the disk take this long. */
const diskMs = 2
/** Timers of a hidden tab go off at whole multiples of this (Chrome, Firefox and Safari alike). */
const hiddenTimerMs = 1000

/**
 * Peers made of real swarm machines in virtual time: links have a delay and a window that follows it, hosts a
 * first-in-first-out uplink and downlink. One share. The same seed gives the same run.
 */
export class World {
  readonly random: Random
  readonly events = new Events()
  readonly peers = new Map<PeerId, VirtualPeer>()
  readonly manifest: Manifest
  readonly #check: WorldOptions['check']
  readonly #checkMs: Millis
  readonly #diskFullOneIn: number
  readonly #banMs: Millis
  readonly #blockBytes: Bytes = new Uint8Array(limits.blockSizeBytes)

  constructor(options: WorldOptions) {
    this.random = seededRandom(options.seed)
    this.#check = options.check
    this.#checkMs = options.checkMs ?? diskMs
    this.#diskFullOneIn = options.diskFullOneIn ?? 0
    this.#banMs = options.banMs ?? limits.banMs
    this.manifest = {
      version: 1,
      share: randomShareId(this.random),
      kind: 'file',
      name: 'film.mkv',
      sizeBytes: options.sizeBytes,
      treeSizeBytes: 0,
      fileCount: 1,
      pieceSizeBytes: options.pieceSizeBytes ?? pieceSizeFor(options.sizeBytes),
      modifiedMs: 0,
    }
  }

  get share(): ShareId {
    return this.manifest.share
  }

  addPeer(access: Access, ways: Ways = {}): VirtualPeer {
    const peer = newVirtualPeer(this.random, access, ways, this.events)
    this.peers.set(peer.id, peer)
    return peer
  }

  /** Links the two, unless one keeps the other out. */
  link(a: VirtualPeer, b: VirtualPeer): void {
    if (a === b || a.links.has(b.id) || this.#isBarred(a, b)) return
    a.links.set(b.id, new LinkEnd())
    b.links.set(a.id, new LinkEnd())
    this.input(a, { type: 'peerLinked', peer: b.id })
    this.input(b, { type: 'peerLinked', peer: a.id })
    this.#tellRoom(a, b)
    this.#tellRoom(b, a)
  }

  /** What the link to the other takes now, and all links of the peer together. */
  #tellRoom(peer: VirtualPeer, other: VirtualPeer): void {
    const end = peer.links.get(other.id)
    if (!end) return
    const roundTripMs = roundTripMsOf(peer, other)
    let [waitingBytes, linksInUse] = [0, 0]
    for (const one of peer.links.values()) {
      waitingBytes += one.waitingBytes
      if (one.outstandingBytes > 0) linksInUse++
    }
    const roomBytes = peer.uplink.linkRoomBytes(end, roundTripMs, linksInUse)
    const aheadBytes = peer.uplink.bytesPerMs * limits.uplinkAheadMs
    const uplinkRoomBytes = limits.uplinkAheadMinBytes + aheadBytes - waitingBytes
    this.input(peer, { type: 'linkHasRoom', peer: other.id, roomBytes, roundTripMs, uplinkRoomBytes })
  }

  /** Whether there was one. */
  #forgetLink(a: VirtualPeer, b: VirtualPeer): boolean {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const end = one.links.get(other.id)
      if (!end) return false
      one.uplink.forget(end)
      one.links.delete(other.id)
    }
    return true
  }

  #isBarred(a: VirtualPeer, b: VirtualPeer): boolean {
    const until = Math.max(a.barredUntil.get(b.id) ?? 0, b.barredUntil.get(a.id) ?? 0)
    return this.events.now < until
  }

  /** The link breaks, and both notice at once; for so long there is no way between them. */
  breakLink(a: VirtualPeer, b: VirtualPeer, noWayMs: Millis): void {
    if (!this.#forgetLink(a, b)) return
    a.barredUntil.set(b.id, this.events.now + noWayMs)
    this.input(a, { type: 'peerUnlinked', peer: b.id })
    this.input(b, { type: 'peerUnlinked', peer: a.id })
    this.#redial(a, b, limits.redialMinMs)
  }

  /** As in a room: a lost member is dialed after a while, and after twice that, until there is a link again. */
  #redial(a: VirtualPeer, b: VirtualPeer, waitMs: Millis): void {
    this.events.after(waitMs, () => {
      if (!a.alive || !b.alive) return
      this.link(a, b)
      if (!a.links.has(b.id)) this.#redial(a, b, Math.min(2 * waitMs, limits.redialMaxMs))
    })
  }

  linkEveryone(): void {
    const peers = [...this.peers.values()]
    for (const [at, peer] of peers.entries()) for (const other of peers.slice(at + 1)) this.link(peer, other)
  }

  /** The peer offers the share and hashes it at this rate. */
  offer(peer: VirtualPeer, hashBytesPerSecond: number): void {
    this.input(peer, { type: 'shareOffered', manifest: this.manifest })
    this.#hashOn(peer, 0, hashBytesPerSecond)
  }

  /** The peer has the same file and drops it too. */
  attach(peer: VirtualPeer, hashBytesPerSecond: number): void {
    this.input(peer, { type: 'sourceAttached', share: this.share })
    this.#hashOn(peer, 0, hashBytesPerSecond)
  }

  #hashOn(peer: VirtualPeer, piece: PieceIndex, hashBytesPerSecond: number): void {
    if (piece >= pieceCount(geometryOf(this.manifest))) return
    const spanMs = (1000 * pieceLength(geometryOf(this.manifest), piece)) / hashBytesPerSecond
    this.events.after(spanMs, () => {
      if (!peer.alive) return
      peer.verified.add(piece)
      this.input(peer, { type: 'pieceHashed', share: this.share, piece, hash: hashOf(piece) })
      this.#hashOn(peer, piece + 1, hashBytesPerSecond)
    })
  }

  /** The peer is gone at once; the others notice after the given time. */
  kill(peer: VirtualPeer, noticedAfterMs: Millis): void {
    peer.alive = false
    for (const id of peer.links.keys()) {
      const other = this.peers.get(id)
      if (!other) continue
      this.#forgetLink(peer, other)
      this.events.after(noticedAfterMs, () => {
        if (other.alive) this.input(other, { type: 'peerUnlinked', peer: peer.id })
      })
    }
  }

  input(peer: VirtualPeer, input: SwarmInput): void {
    if (!peer.alive) return
    if (input.type === 'downloadAsked') peer.askedAt ??= this.events.now
    for (const effect of peer.swarm.handle(input, this.events.now)) this.#carryOut(peer, effect)
    this.#check?.(this, peer)
  }

  #carryOut(peer: VirtualPeer, effect: SwarmEffect): void {
    switch (effect.type) {
      case 'send':
        return this.#send(peer, effect.peer, effect.message)
      case 'openStore':
        return this.#soon(peer, { type: 'storeOpened', share: this.share })
      case 'closeStore':
        peer.verified.clear()
        return peer.gathered.clear()
      case 'keepBlock':
        return this.#keep(peer, effect.piece, effect.bytes)
      case 'checkPiece':
        return this.#checkPiece(peer, effect.piece, effect.hash)
      case 'finishPiece':
        this.#keep(peer, effect.piece, effect.bytes)
        return this.#checkPiece(peer, effect.piece, effect.hash)
      case 'dropPiece':
        peer.gathered.delete(effect.piece)
        return
      case 'uploadBlock':
        return this.#upload(peer, effect)
      case 'dropLink':
        return this.#drop(peer, effect.peer)
      case 'wakeAt':
        return this.#wake(peer, effect.at)
      case 'report':
        if (effect.report.type === 'shareCompleted') peer.completedAt ??= this.events.now
        return
      default:
        return unreachable(effect)
    }
  }

  #wake(peer: VirtualPeer, at: Millis): void {
    const wake = ++peer.wake
    const firesAt = peer.hidden ? Math.ceil(at / hiddenTimerMs) * hiddenTimerMs : at
    this.events.at(Math.max(this.events.now, firesAt), () => {
      if (peer.wake === wake) this.input(peer, { type: 'woke' })
    })
  }

  #soon(peer: VirtualPeer, input: SwarmInput, afterMs = diskMs): void {
    this.events.after(afterMs, () => this.input(peer, input))
  }

  #keep(peer: VirtualPeer, piece: PieceIndex, bytes: Bytes): void {
    const gathered = peer.gathered.get(piece) ?? { corrupt: false, bytes: 0 }
    peer.gathered.set(piece, {
      corrupt: gathered.corrupt || bytes[0] !== 0,
      bytes: gathered.bytes + bytes.length,
    })
  }

  #checkPiece(peer: VirtualPeer, piece: PieceIndex, hash: Uint8Array): void {
    const gathered = peer.gathered.get(piece)
    assert(
      gathered?.bytes === pieceLength(geometryOf(this.manifest), piece),
      'a piece is checked when it is whole',
    )
    const { share } = this
    if (this.#diskFullOneIn > 0 && randomBelow(this.random, this.#diskFullOneIn) === 0)
      return this.#soon(peer, { type: 'pieceFaulted', share, piece, fault: { code: 'full' } })
    const right = !gathered.corrupt && hash[0] === hashOf(piece)[0]
    peer.gathered.delete(piece)
    if (right) peer.verified.add(piece)
    this.#soon(peer, { type: 'pieceChecked', share, piece, right }, this.#checkMs)
  }

  #upload(peer: VirtualPeer, effect: SwarmEffect & { type: 'uploadBlock' }): void {
    assert(peer.verified.has(effect.piece), 'only a checked piece is served')
    if (peer.mute) return
    const { piece, block, share, lengthBytes } = effect
    assert(lengthBytes === blockLength(geometryOf(this.manifest), piece, block), 'a block has its length')
    const bytes = peer.corrupt
      ? new Uint8Array(lengthBytes).fill(1)
      : this.#blockBytes.subarray(0, lengthBytes)
    this.#send(peer, effect.peer, { type: 'block', share, piece, block, bytes })
  }

  #send(from: VirtualPeer, toId: PeerId, message: SwarmMessage): void {
    const to = this.peers.get(toId)
    const fromEnd = from.links.get(toId)
    const toEnd = to?.links.get(from.id)
    if (!to || !fromEnd || !toEnd) return
    const lengthBytes = messageLength(message)
    const isBlock = message.type === 'block'
    const delayMs = from.access.delayMs + to.access.delayMs
    const spanMs = (1000 * lengthBytes * packetOverhead) / to.access.downBytesPerSecond
    from.uplink.send(fromEnd, lengthBytes, isBlock, (leftAt) => {
      this.events.at(leftAt + delayMs, () => {
        to.downFreeAt = Math.max(this.events.now, to.downFreeAt) + spanMs
        this.events.at(to.downFreeAt, () => {
          if (!to.alive || to.links.get(from.id) !== toEnd) return
          to.uplink.take(lengthBytes * ackPart)
          if (message.type === 'block') {
            to.receivedBytes += message.bytes.length
            this.events.after(delayMs, () => this.#echoed(from, to, fromEnd, lengthBytes))
          }
          this.input(to, { type: 'messageArrived', peer: from.id, message })
        })
      })
    })
  }

  /** The sender hears that so much has arrived. */
  #echoed(from: VirtualPeer, to: VirtualPeer, end: LinkEnd, lengthBytes: number): void {
    if (from.links.get(to.id) !== end) return
    end.outstandingBytes -= lengthBytes
    this.#tellRoom(from, to)
  }

  /** The peer wants no more of the other, and keeps it out for a while; the other does not know, and redials. */
  #drop(peer: VirtualPeer, otherId: PeerId): void {
    const other = this.peers.get(otherId)
    if (!other || !this.#forgetLink(peer, other)) return
    peer.barredUntil.set(otherId, this.events.now + this.#banMs)
    this.#soon(peer, { type: 'peerUnlinked', peer: otherId })
    this.#soon(other, { type: 'peerUnlinked', peer: peer.id })
    this.#redial(other, peer, limits.redialMinMs)
  }

  /** Runs until `isDone` says so, where the clock stops at once, or until the given moment, whether or not anything happens. */
  run(until: Millis, isDone: () => boolean = () => false): void {
    while (!isDone() && this.events.step(until)) continue
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[randomBelow(this.random, items.length)]
    assert(item !== undefined, 'there is something to pick')
    return item
  }
}

const roundTripMsOf = (a: VirtualPeer, b: VirtualPeer): Millis => 2 * (a.access.delayMs + b.access.delayMs)

/** What stands for a piece's SHA-256 here. */
function hashOf(piece: PieceIndex): Uint8Array {
  const hash = new Uint8Array(hashBytes)
  new DataView(hash.buffer).setUint32(0, piece * 0x9e3779b1)
  return hash
}
