import type { Bytes } from '../shared/bytes.ts'
import { blockLength, pieceCount, pieceLength, pieceSizeFor } from '../shared/geometry.ts'
import type { Millis, PeerId, PieceIndex, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomBelow, randomPeerId, randomShareId, seededRandom, type Random } from '../shared/random.ts'
import { assert, unreachable } from '../shared/result.ts'
import { hashBytes } from '../swarm/hashList.ts'
import type { SwarmEffect, SwarmInput, SwarmMessage } from '../swarm/io.ts'
import { geometryOf, type Manifest } from '../swarm/manifest.ts'
import { createSwarm, type Swarm } from '../swarm/swarm.ts'
import { Events } from './events.ts'

/** A peer's access to the network. Rates in bytes a second; the delay counts once on each side of a link. */
export interface Access {
  readonly upBytesPerSecond: number
  readonly downBytesPerSecond: number
  readonly delayMs: Millis
}

export interface VirtualPeer {
  readonly id: PeerId
  readonly swarm: Swarm
  readonly access: Access
  /** Each link's number: what was sent on one that is gone does not arrive on the next. */
  readonly links: Map<PeerId, number>
  /** Sends blocks with a wrong byte: what it gives never passes a check. */
  readonly corrupt: boolean
  /** Takes requests and serves none. */
  readonly mute: boolean
  upFreeAt: Millis
  downFreeAt: Millis
  wake: number
  alive: boolean
  completedAt: Millis | null
  /** Pieces whose every block came uncorrupted and passed the check, or that its own files have. */
  readonly verified: Set<PieceIndex>
  /** Blocks being gathered: whether each piece got a corrupt one. */
  readonly gathered: Map<PieceIndex, { corrupt: boolean; bytes: number }>
  receivedBytes: number
}

export interface WorldOptions {
  readonly seed: number
  readonly sizeBytes: number
  readonly pieceSizeBytes?: number
  /** Hashing and writing a piece takes this long; 2 unless told otherwise. */
  readonly checkMs?: Millis
  /** One checked piece in so many finds the disk full, and stays gathered; none unless told otherwise. */
  readonly diskFullOneIn?: number
  /** Look over every peer after each event, and throw where something does not hold. */
  readonly check?: (world: World, peer: VirtualPeer) => void
}

/** Bytes of a message's header, and what SCTP, DTLS, UDP and IP add, as a share of the bytes. */
const headerBytes = 40
const packetOverhead = 1.05
/** Answers of the disk take this long. */
const diskMs = 2

/**
 * Peers made of real swarm machines in virtual time: links have a delay, hosts a first-in-first-out uplink and downlink. One
 * share. The same seed gives the same run.
 */
export class World {
  readonly random: Random
  readonly events = new Events()
  readonly peers = new Map<PeerId, VirtualPeer>()
  readonly manifest: Manifest
  readonly #check: WorldOptions['check']
  readonly #checkMs: Millis
  readonly #diskFullOneIn: number
  #linkCount = 0
  readonly #blockBytes: Bytes = new Uint8Array(limits.blockSizeBytes)

  constructor(options: WorldOptions) {
    this.random = seededRandom(options.seed)
    this.#check = options.check
    this.#checkMs = options.checkMs ?? diskMs
    this.#diskFullOneIn = options.diskFullOneIn ?? 0
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

  addPeer(access: Access, ways: { corrupt?: boolean; mute?: boolean } = {}): VirtualPeer {
    const peer: VirtualPeer = {
      id: randomPeerId(this.random),
      swarm: createSwarm({ random: seededRandom(this.random()), uploadLimitBytesPerSecond: 0 }),
      access,
      links: new Map(),
      corrupt: ways.corrupt ?? false,
      mute: ways.mute ?? false,
      upFreeAt: 0,
      downFreeAt: 0,
      wake: 0,
      alive: true,
      completedAt: null,
      verified: new Set(),
      gathered: new Map(),
      receivedBytes: 0,
    }
    this.peers.set(peer.id, peer)
    return peer
  }

  link(a: VirtualPeer, b: VirtualPeer): void {
    if (a === b || a.links.has(b.id)) return
    const link = this.#linkCount++
    a.links.set(b.id, link)
    b.links.set(a.id, link)
    this.input(a, { type: 'peerLinked', peer: b.id })
    this.input(b, { type: 'peerLinked', peer: a.id })
  }

  /** The link is gone, and both notice at once. */
  unlink(a: VirtualPeer, b: VirtualPeer): void {
    if (!a.links.delete(b.id)) return
    b.links.delete(a.id)
    this.input(a, { type: 'peerUnlinked', peer: b.id })
    this.input(b, { type: 'peerUnlinked', peer: a.id })
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
      other?.links.delete(peer.id)
      this.events.after(noticedAfterMs, () => {
        if (other?.alive === true) this.input(other, { type: 'peerUnlinked', peer: peer.id })
      })
    }
    peer.links.clear()
  }

  input(peer: VirtualPeer, input: SwarmInput): void {
    if (!peer.alive) return
    for (const effect of peer.swarm.handle(input, this.events.now)) this.#carryOut(peer, effect)
    this.#check?.(this, peer)
  }

  #carryOut(peer: VirtualPeer, effect: SwarmEffect): void {
    switch (effect.type) {
      case 'send':
        this.#send(peer, effect.peer, effect.message, messageLength(effect.message))
        return
      case 'openStore':
        return this.#soon(peer, { type: 'storeOpened', share: this.share })
      case 'closeStore':
        peer.verified.clear()
        return peer.gathered.clear()
      case 'keepBlock':
        return this.#keep(peer, effect.piece, effect.bytes)
      case 'checkPiece':
        return this.#checkPiece(peer, effect.piece, effect.hash)
      case 'dropPiece':
        peer.gathered.delete(effect.piece)
        return
      case 'uploadBlock':
        return this.#upload(peer, effect)
      case 'dropLink':
        return this.#drop(peer, effect.peer)
      case 'wakeAt': {
        const wake = ++peer.wake
        return this.events.after(Math.max(0, effect.at - this.events.now), () => {
          if (peer.wake === wake) this.input(peer, { type: 'woke' })
        })
      }
      case 'report':
        if (effect.report.type === 'shareCompleted') peer.completedAt ??= this.events.now
        return
      default:
        return unreachable(effect)
    }
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
    const sentAt = this.#send(
      peer,
      effect.peer,
      { type: 'block', share, piece, block, bytes },
      lengthBytes + headerBytes,
    )
    this.events.at(sentAt, () => this.input(peer, { type: 'blockUploaded', peer: effect.peer }))
  }

  /** When the last byte has left. */
  #send(from: VirtualPeer, toId: PeerId, message: SwarmMessage, lengthBytes: number): Millis {
    const { now } = this.events
    const wireBytes = lengthBytes * packetOverhead
    from.upFreeAt = Math.max(now, from.upFreeAt) + (1000 * wireBytes) / from.access.upBytesPerSecond
    const to = this.peers.get(toId)
    const link = from.links.get(toId)
    if (!to || link === undefined) return from.upFreeAt
    const arrivesAt = from.upFreeAt + from.access.delayMs + to.access.delayMs
    this.events.at(arrivesAt, () => {
      to.downFreeAt =
        Math.max(this.events.now, to.downFreeAt) + (1000 * wireBytes) / to.access.downBytesPerSecond
      this.events.at(to.downFreeAt, () => {
        if (!to.alive || to.links.get(from.id) !== link) return
        if (message.type === 'block') to.receivedBytes += message.bytes.length
        this.input(to, { type: 'messageArrived', peer: from.id, message })
      })
    })
    return from.upFreeAt
  }

  #drop(peer: VirtualPeer, otherId: PeerId): void {
    const other = this.peers.get(otherId)
    peer.links.delete(otherId)
    other?.links.delete(peer.id)
    this.#soon(peer, { type: 'peerUnlinked', peer: otherId })
    if (other) this.#soon(other, { type: 'peerUnlinked', peer: peer.id })
  }

  /** Runs until nothing is left to happen, `until` says stop, or this much virtual time has passed. */
  run(maxMs: Millis, until: () => boolean = () => false): void {
    while (!until() && this.events.now <= maxMs && this.events.step()) continue
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[randomBelow(this.random, items.length)]
    assert(item !== undefined, 'there is something to pick')
    return item
  }
}

function messageLength(message: SwarmMessage): number {
  const numberBytes = 4
  switch (message.type) {
    case 'offer':
      return 300
    case 'bitfield':
      return headerBytes + message.bits.length
    case 'have':
      return headerBytes + 2 * numberBytes * message.runs.length
    case 'hashes':
      return headerBytes + message.hashes.length
    case 'promise':
      return headerBytes + numberBytes * message.pieces.length
    case 'request':
    case 'cancel':
    case 'refuse':
      return headerBytes + 2 * numberBytes * message.blocks.length
    case 'block':
      return headerBytes + message.bytes.length
    case 'interested':
    case 'notInterested':
    case 'withdraw':
    case 'ignored':
      return headerBytes
  }
}

/** What stands for a piece's SHA-256 here. */
function hashOf(piece: PieceIndex): Uint8Array {
  const hash = new Uint8Array(hashBytes)
  new DataView(hash.buffer).setUint32(0, piece * 0x9e3779b1)
  return hash
}
