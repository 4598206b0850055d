import { base64UrlFromBytes, bytesFromBase64Url, type Bytes } from '../shared/bytes.ts'
import { blockLength, pieceCount, pieceLength, pieceSizeFor } from '../shared/geometry.ts'
import { publicKeyBytes, type Millis, type PeerId, type PieceIndex, type ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { randomBelow, randomBytes, seededRandom, type Random } from '../shared/random.ts'
import { assert, unreachable } from '../shared/result.ts'
import { hashBytes } from '../swarm/hashList.ts'
import type { SwarmEffect, SwarmInput } from '../swarm/io.ts'
import { certified, geometryOf, saltBytes, type Manifest } from '../swarm/manifest.ts'
import { fakeSha256, fakeSign, fakeVerify, ofSomeDevice } from '../swarm/testing/fakeCrypto.ts'
import { Events } from '../shared/events.ts'
import { Network } from './network.ts'
import { copyOf, newVirtualPeer, type Access, type VirtualPeer, type Ways } from './virtualPeer.ts'

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
  /** Everyone takes a share as soon as it is heard of. */
  readonly takesAll?: boolean
  /** A room says who is linked with whom. */
  readonly hasRoom?: boolean
  /** Look over every peer after each event, and throw where something does not hold, or an honest peer is blamed. */
  readonly check?: (world: World, peer: VirtualPeer) => void
}

/** Answers of the disk take this long. */
const diskMs = 2
/** A signature, or its verification, takes this long. */
const signatureMs = 0.2
/** Timers of a hidden tab go off at whole multiples of this (Chrome, Firefox and Safari alike). */
const hiddenTimerMs = 1000

/**
 * Peers made of real swarm machines in virtual time: links have a delay, losses and a window that follows delay, hosts a first-in-first-out
 * uplink and downlink. One share and more. The same seed gives the same run.
 */
export class World {
  readonly random: Random
  readonly events = new Events()
  readonly peers = new Map<PeerId, VirtualPeer>()
  readonly network: Network
  /** The first share. */
  readonly manifest: Manifest
  readonly #manifests = new Map<ShareId, Manifest>()
  readonly #options: WorldOptions
  readonly #blockBytes: Bytes = new Uint8Array(limits.blockSizeBytes)

  constructor(options: WorldOptions) {
    this.#options = options
    this.random = seededRandom(options.seed)
    this.network = new Network({
      events: this.events,
      random: this.random,
      peers: this.peers,
      banMs: options.banMs ?? limits.banMs,
      hasRoom: options.hasRoom ?? false,
      input: (peer, input) => this.input(peer, input),
    })
    this.manifest = this.newShare(options.sizeBytes, options.pieceSizeBytes)
  }

  get share(): ShareId {
    return this.manifest.share
  }

  get shares(): Iterable<ShareId> {
    return this.#manifests.keys()
  }

  /** A share that somebody may offer. */
  newShare(sizeBytes: number, pieceSizeBytes = pieceSizeFor(sizeBytes)): Manifest {
    const fields = {
      version: 2,
      key: base64UrlFromBytes(randomBytes(this.random, publicKeyBytes)),
      salt: base64UrlFromBytes(randomBytes(this.random, saltBytes)),
      ...ofSomeDevice,
      kind: 'file',
      name: 'film.mkv',
      sizeBytes,
      treeSizeBytes: 0,
      fileCount: 1,
      pieceSizeBytes,
      modifiedMs: 0,
    } as const
    const manifest = certified(fields, fakeSha256)
    this.#manifests.set(manifest.share, manifest)
    return manifest
  }

  addPeer(access: Access, ways: Ways = {}): VirtualPeer {
    const peer = newVirtualPeer(this.random, access, ways, this.events)
    this.peers.set(peer.id, peer)
    return peer
  }

  linkEveryone(): void {
    const peers = [...this.peers.values()]
    for (const [at, peer] of peers.entries())
      for (const other of peers.slice(at + 1)) this.network.link(peer, other)
  }

  /** Links each with so many others drawn by lot, at most twice as many, and all in one ring, so that everyone is reached. */
  linkSome(peers: readonly VirtualPeer[], degree: number): void {
    for (const [at, peer] of peers.entries()) {
      this.network.link(peer, peers[(at + 1) % peers.length] ?? peer)
      for (let tries = 0; peer.links.size < degree && tries < 20 * degree; tries++) {
        const other = this.pick(peers)
        if (other.links.size < 2 * degree) this.network.link(peer, other)
      }
    }
  }

  /** The peer offers the share and hashes it at this rate. */
  offer(peer: VirtualPeer, hashBytesPerSecond: number, manifest = this.manifest): void {
    this.input(peer, { type: 'shareOffered', manifest })
    this.#hashOn(peer, manifest, 0, hashBytesPerSecond)
  }

  /** The peer has the same file and drops it too. */
  attach(peer: VirtualPeer, hashBytesPerSecond: number, manifest = this.manifest): void {
    this.input(peer, { type: 'sourceAttached', share: manifest.share })
    this.#hashOn(peer, manifest, 0, hashBytesPerSecond)
  }

  #hashOn(peer: VirtualPeer, manifest: Manifest, piece: PieceIndex, hashBytesPerSecond: number): void {
    if (piece >= pieceCount(geometryOf(manifest))) return
    const { share } = manifest
    const spanMs = (1000 * pieceLength(geometryOf(manifest), piece)) / hashBytesPerSecond
    this.events.after(spanMs, () => {
      if (!peer.alive) return
      copyOf(peer, share).verified.add(piece)
      this.input(peer, { type: 'pieceHashed', share, piece, hash: hashOf(piece) })
      this.#hashOn(peer, manifest, piece + 1, hashBytesPerSecond)
    })
  }

  input(peer: VirtualPeer, input: SwarmInput): void {
    if (!peer.alive) return
    if (input.type === 'downloadAsked') copyOf(peer, input.share).askedAt ??= this.events.now
    for (const effect of peer.swarm.handle(input, this.events.now)) this.#carryOut(peer, effect)
    this.#options.check?.(this, peer)
  }

  #carryOut(peer: VirtualPeer, effect: SwarmEffect): void {
    switch (effect.type) {
      case 'send':
        return this.network.send(peer, effect.peer, effect.message)
      case 'openStore':
        return this.#soon(peer, { type: 'storeOpened', share: effect.manifest.share })
      case 'openCarried':
        return
      case 'closeStore':
      case 'closeCarried': {
        const { verified, gathered } = copyOf(peer, effect.share)
        verified.clear()
        return gathered.clear()
      }
      case 'forgetCarried':
        copyOf(peer, effect.share).verified.delete(effect.piece)
        return
      case 'signPart':
        return this.#sign(peer, effect)
      case 'verifyPart':
        return this.#verify(peer, effect)
      case 'keepBlock':
        return this.#keep(peer, effect.share, effect.piece, effect.bytes)
      case 'checkPiece':
        return this.#checkPiece(peer, effect.share, effect.piece, effect.hash)
      case 'finishPiece':
        this.#keep(peer, effect.share, effect.piece, effect.bytes)
        return this.#checkPiece(peer, effect.share, effect.piece, effect.hash)
      case 'recheckPiece': {
        const { share, piece } = effect
        const right = copyOf(peer, share).verified.has(piece)
        return this.#soon(peer, { type: 'pieceRechecked', share, piece, right })
      }
      case 'dropPiece':
        copyOf(peer, effect.share).gathered.delete(effect.piece)
        return
      case 'uploadBlock':
        return this.#upload(peer, effect)
      case 'dropLink':
        return this.network.drop(peer, effect.peer)
      case 'wakeAt':
        return this.#wake(peer, effect.at)
      case 'report':
        return this.#reported(peer, effect.report)
      default:
        return unreachable(effect)
    }
  }

  #sign(peer: VirtualPeer, { share, part, bytes }: SwarmEffect & { type: 'signPart' }): void {
    const key = bytesFromBase64Url(this.#manifests.get(share)?.key ?? '')
    assert(key, 'a share has a key')
    this.#soon(peer, { type: 'partSigned', share, part, signature: fakeSign(key, bytes) }, signatureMs)
  }

  #verify(peer: VirtualPeer, { share, part, key, bytes }: SwarmEffect & { type: 'verifyPart' }): void {
    const right = fakeVerify(key, part.signature, bytes)
    this.#soon(peer, { type: 'partVerified', share, part, right }, signatureMs)
  }

  #reported(peer: VirtualPeer, report: (SwarmEffect & { type: 'report' })['report']): void {
    if (report.type === 'peerMisbehaved' && this.#options.check)
      assert(this.peers.get(report.peer)?.corrupt, `${report.peer} is blamed for ${report.why}`)
    if (report.type === 'shareCompleted') copyOf(peer, report.share).completedAt ??= this.events.now
    if (report.type === 'shareAppeared' && this.#options.takesAll === true)
      this.#soon(peer, { type: 'downloadAsked', share: report.share })
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

  #keep(peer: VirtualPeer, share: ShareId, piece: PieceIndex, bytes: Bytes): void {
    const { gathered } = copyOf(peer, share)
    const before = gathered.get(piece) ?? { corrupt: false, bytes: 0 }
    gathered.set(piece, {
      corrupt: before.corrupt || bytes[0] !== 0,
      bytes: before.bytes + bytes.length,
    })
  }

  #checkPiece(peer: VirtualPeer, share: ShareId, piece: PieceIndex, hash: Uint8Array): void {
    const { gathered, verified } = copyOf(peer, share)
    const { diskFullOneIn = 0, checkMs = diskMs } = this.#options
    const whole = gathered.get(piece)
    assert(whole?.bytes === pieceLength(this.#geometry(share), piece), 'a piece is checked when it is whole')
    if (diskFullOneIn > 0 && randomBelow(this.random, diskFullOneIn) === 0)
      return this.#soon(peer, { type: 'pieceFaulted', share, piece, fault: { code: 'full' } })
    const right = !whole.corrupt && hash[0] === hashOf(piece)[0]
    gathered.delete(piece)
    if (right) verified.add(piece)
    this.#soon(peer, { type: 'pieceChecked', share, piece, right }, checkMs)
  }

  #upload(peer: VirtualPeer, effect: SwarmEffect & { type: 'uploadBlock' }): void {
    const { piece, block, share, lengthBytes } = effect
    assert(copyOf(peer, share).verified.has(piece), 'only a checked piece is served')
    if (peer.mute) return
    assert(lengthBytes === blockLength(this.#geometry(share), piece, block), 'a block has its length')
    const bytes = peer.corrupt
      ? new Uint8Array(lengthBytes).fill(1)
      : this.#blockBytes.subarray(0, lengthBytes)
    this.network.send(peer, effect.peer, { type: 'block', share, piece, block, bytes })
  }

  #geometry(share: ShareId): ReturnType<typeof geometryOf> {
    return geometryOf(this.#manifests.get(share) ?? this.manifest)
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

/** What stands for a piece's SHA-256 here. */
function hashOf(piece: PieceIndex): Uint8Array {
  const hash = new Uint8Array(hashBytes)
  new DataView(hash.buffer).setUint32(0, piece * 0x9e3779b1)
  return hash
}
