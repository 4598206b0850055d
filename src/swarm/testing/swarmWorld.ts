import { pieceCount, pieceLength, pieceSizeFor } from '../../shared/geometry.ts'
import type { Millis, PeerId, PieceIndex, ShareId } from '../../shared/ids.ts'
import { limits } from '../../shared/limits.ts'
import { randomPeerId, randomShareId, seededRandom } from '../../shared/random.ts'
import { assert, unreachable } from '../../shared/result.ts'
import { Bitfield } from '../bitfield.ts'
import { decodeMessage, encodeMessage } from '../codec.ts'
import { hashBytes } from '../hashList.ts'
import type { SwarmEffect, SwarmInput, SwarmMessage } from '../io.ts'
import { geometryOf, type Manifest } from '../manifest.ts'
import { createSwarm, type Swarm } from '../swarm.ts'

/* Machines to test with: one alone among peers that the test plays, and several joined directly, with no network between. */

const random = seededRandom(1)

export const newPeerId = (): PeerId => randomPeerId(random)

/** A file of so many pieces of one block each, unless told otherwise. */
export function newManifest(pieces: number, change: Partial<Manifest> = {}): Manifest {
  const pieceSizeBytes = change.pieceSizeBytes ?? limits.blockSizeBytes
  return {
    version: 1,
    share: randomShareId(random),
    kind: 'file',
    name: 'film.mkv',
    sizeBytes: pieces * pieceSizeBytes,
    treeSizeBytes: 0,
    fileCount: 1,
    pieceSizeBytes,
    modifiedMs: 0,
    ...change,
  }
}

/** A file of so many bytes, cut as the app cuts it. */
export const fileManifest = (sizeBytes: number): Manifest =>
  newManifest(1, { sizeBytes, pieceSizeBytes: pieceSizeFor(sizeBytes) })

/** What stands for a piece's SHA-256. */
export function hashOf(piece: PieceIndex): Uint8Array {
  const hash = new Uint8Array(hashBytes)
  new DataView(hash.buffer).setUint32(0, piece + 1)
  return hash
}

export function hashesOf(first: PieceIndex, end: PieceIndex): Uint8Array {
  const hashes = new Uint8Array((end - first) * hashBytes)
  for (let piece = first; piece < end; piece++) hashes.set(hashOf(piece), (piece - first) * hashBytes)
  return hashes
}

export function bitsOf(pieceCountOfShare: number, pieces: readonly PieceIndex[]): Uint8Array {
  const bits = new Bitfield(pieceCountOfShare)
  for (const piece of pieces) bits.add(piece)
  return bits.bytes
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at)

type Sent<Type extends SwarmMessage['type']> = SwarmMessage & { readonly type: Type }
type Ordered<Type extends SwarmEffect['type']> = SwarmEffect & { readonly type: Type }

/** Every message of one type to a peer among these effects. */
export const sentTo = <Type extends SwarmMessage['type']>(
  effects: readonly SwarmEffect[],
  peer: PeerId,
  type: Type,
): Sent<Type>[] =>
  effects.flatMap((effect) =>
    effect.type === 'send' && effect.peer === peer && effect.message.type === type
      ? [effect.message as Sent<Type>]
      : [],
  )

export const ordered = <Type extends SwarmEffect['type']>(
  effects: readonly SwarmEffect[],
  type: Type,
): Ordered<Type>[] => effects.filter((effect): effect is Ordered<Type> => effect.type === type)

/** The blocks that are to be kept among these effects, as [piece, block]. */
export const keptBlocks = (effects: readonly SwarmEffect[]): [PieceIndex, number][] =>
  effects.flatMap((effect) =>
    effect.type === 'keepBlock' || effect.type === 'finishPiece' ? [[effect.piece, effect.block]] : [],
  )

/** The pieces asked of a peer among these effects, one for each block. */
export const askedOf = (effects: readonly SwarmEffect[], peer: PeerId): PieceIndex[] =>
  sentTo(effects, peer, 'request').flatMap(({ blocks }) => blocks.map(({ piece }) => piece))

/** One machine, its clock, and the peers that the test plays. */
export class Machine {
  readonly peer: PeerId = newPeerId()
  readonly swarm: Swarm
  now: Millis = 0
  /** What all its links together may be given. */
  uplinkRoomBytes = Infinity
  /** When it wants to be woken. */
  wakeAt: Millis = Infinity

  constructor(options: { uploadLimitBytesPerSecond?: number } = {}) {
    this.swarm = createSwarm({
      random: seededRandom(random()),
      uploadLimitBytesPerSecond: options.uploadLimitBytesPerSecond ?? 0,
    })
  }

  feed(input: SwarmInput): SwarmEffect[] {
    const effects = this.swarm.handle(input, this.now)
    for (const effect of effects) if (effect.type === 'wakeAt') this.wakeAt = effect.at
    return effects
  }

  link(peer: PeerId = newPeerId()): PeerId {
    this.feed({ type: 'peerLinked', peer })
    return peer
  }

  /** The link to the peer takes so many blocks now. */
  room(peer: PeerId, blocks: number, roundTripMs: Millis | null = null): SwarmEffect[] {
    return this.feed({
      type: 'linkHasRoom',
      peer,
      roomBytes: blocks * limits.blockSizeBytes,
      roundTripMs,
      uplinkRoomBytes: this.uplinkRoomBytes,
    })
  }

  hear(peer: PeerId, message: SwarmMessage): SwarmEffect[] {
    return this.feed({ type: 'messageArrived', peer, message })
  }

  /** The peer sends these pieces' blocks, each piece being one block. */
  give(peer: PeerId, { share }: Manifest, ...pieces: readonly PieceIndex[]): SwarmEffect[] {
    const bytes = new Uint8Array(limits.blockSizeBytes)
    return pieces.flatMap((piece) => this.hear(peer, { type: 'block', share, piece, block: 0, bytes }))
  }

  /** Time passes; the machine is woken whenever it asked to be. */
  pass(spanMs: Millis): SwarmEffect[] {
    const end = this.now + spanMs
    const effects: SwarmEffect[] = []
    while (this.wakeAt <= end) {
      this.now = Math.max(this.now, this.wakeAt)
      this.wakeAt = Infinity
      effects.push(...this.feed({ type: 'woke' }))
    }
    this.now = end
    return effects
  }

  /** Its own files, hashed to the end. */
  offer(manifest: Manifest, hashed = pieceCount(geometryOf(manifest))): SwarmEffect[] {
    const effects = this.feed({ type: 'shareOffered', manifest })
    for (let piece = 0; piece < hashed; piece++) effects.push(...this.hash(manifest, piece))
    return effects
  }

  hash({ share }: Manifest, piece: PieceIndex): SwarmEffect[] {
    return this.feed({ type: 'pieceHashed', share, piece, hash: hashOf(piece) })
  }

  /** A linked peer that offers the share and holds these pieces. */
  holder(manifest: Manifest, pieces: readonly PieceIndex[]): PeerId {
    const peer = this.link()
    this.hear(peer, { type: 'offer', manifest })
    const bits = bitsOf(pieceCount(geometryOf(manifest)), pieces)
    this.hear(peer, { type: 'bitfield', share: manifest.share, bits })
    return peer
  }

  /** The user takes the share, the store has made room, and this peer tells all hashes, when it is asked for them. */
  download({ share }: Manifest, teller: PeerId, hashes: Uint8Array): SwarmEffect[] {
    const effects = [
      ...this.feed({ type: 'downloadAsked', share }),
      ...this.feed({ type: 'storeOpened', share }),
    ]
    const isAsked = this.swarm.inspect(share)?.hashesAskedOf.has(teller) ?? false
    return [
      ...effects,
      ...(isAsked ? [] : this.pass(limits.hashesDueMs)),
      ...this.hear(teller, { type: 'hashes', share, first: 0, hashes }),
    ]
  }

  checked({ share }: Manifest, piece: PieceIndex, right = true): SwarmEffect[] {
    return this.feed({ type: 'pieceChecked', share, piece, right })
  }

  /** What has been asked and not answered, of the share: piece by piece, from whom. */
  asked(share: ShareId): Map<PieceIndex, PeerId[]> {
    const open = this.swarm.inspect(share)?.open.values() ?? []
    return new Map(
      [...open].map(({ piece, blocks }) => [
        piece,
        blocks.flatMap((block) => block.requests.map((request) => request.peer.peer)),
      ]),
    )
  }
}

/** Machines joined directly: what one sends is encoded, decoded, and heard by the other in order; checks are always right. */
export class SwarmWorld {
  readonly machines: readonly Machine[]
  readonly reports: { readonly machine: Machine; readonly type: string; readonly share?: ShareId }[] = []
  readonly #queue: (() => void)[] = []

  constructor(count: number) {
    this.machines = range(count).map(() => new Machine())
  }

  link(a: Machine, b: Machine): void {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      this.feed(one, { type: 'peerLinked', peer: other.peer })
      this.feed(one, {
        type: 'linkHasRoom',
        peer: other.peer,
        roomBytes: Infinity,
        roundTripMs: null,
        uplinkRoomBytes: Infinity,
      })
    }
  }

  unlink(a: Machine, b: Machine): void {
    this.feed(a, { type: 'peerUnlinked', peer: b.peer })
    this.feed(b, { type: 'peerUnlinked', peer: a.peer })
  }

  offer(machine: Machine, manifest: Manifest, hashed = pieceCount(geometryOf(manifest))): void {
    this.feed(machine, { type: 'shareOffered', manifest })
    for (let piece = 0; piece < hashed; piece++) this.hash(machine, manifest, piece)
  }

  hash(machine: Machine, { share }: Manifest, piece: PieceIndex): void {
    this.feed(machine, { type: 'pieceHashed', share, piece, hash: hashOf(piece) })
  }

  feed(machine: Machine, input: SwarmInput): void {
    for (const effect of machine.feed(input)) this.#carryOut(machine, effect)
  }

  /** Everything said is heard, and everything asked for by the clock within this time happens. */
  run(spanMs: Millis): void {
    const end = (this.machines[0]?.now ?? 0) + spanMs
    for (;;) {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) next()
      const at = Math.min(...this.machines.map((machine) => machine.wakeAt))
      const now = Math.min(at, end)
      for (const machine of this.machines) machine.now = Math.max(machine.now, now)
      if (at > end) return
      for (const machine of this.machines.filter((one) => one.wakeAt <= now)) {
        machine.wakeAt = Infinity
        this.feed(machine, { type: 'woke' })
      }
    }
  }

  #carryOut(machine: Machine, effect: SwarmEffect): void {
    switch (effect.type) {
      case 'send':
        return this.#send(machine, effect.peer, effect.message)
      case 'openStore':
        return this.#soon(machine, { type: 'storeOpened', share: effect.manifest.share })
      case 'checkPiece':
      case 'finishPiece':
        return this.#soon(machine, {
          type: 'pieceChecked',
          share: effect.share,
          piece: effect.piece,
          right: true,
        })
      case 'uploadBlock': {
        const { peer, share, piece, block, lengthBytes } = effect
        return this.#send(machine, peer, {
          type: 'block',
          share,
          piece,
          block,
          bytes: new Uint8Array(lengthBytes),
        })
      }
      case 'report':
        this.reports.push({ machine, ...effect.report })
        return
      case 'dropLink':
        return this.#soon(machine, { type: 'peerUnlinked', peer: effect.peer })
      case 'closeStore':
      case 'keepBlock':
      case 'dropPiece':
      case 'wakeAt':
        return
      default:
        return unreachable(effect)
    }
  }

  #soon(machine: Machine, input: SwarmInput): void {
    this.#queue.push(() => this.feed(machine, input))
  }

  #send(from: Machine, to: PeerId, message: SwarmMessage): void {
    const decoded = decodeMessage(encodeMessage(message))
    assert(decoded.ok, 'what a machine says can be read')
    const other = this.machines.find((machine) => machine.peer === to)
    if (other) this.#soon(other, { type: 'messageArrived', peer: from.peer, message: decoded.value })
  }
}

/** The length of a piece, for tests that count bytes. */
export const lengthOfPiece = (manifest: Manifest, piece: PieceIndex): number =>
  pieceLength(geometryOf(manifest), piece)
