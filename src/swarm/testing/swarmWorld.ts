import { base64UrlFromBytes, type Bytes } from '../../shared/bytes.ts'
import { pieceCount, pieceLength, pieceSizeFor } from '../../shared/geometry.ts'
import { publicKeyBytes, type Millis, type PeerId, type PieceIndex, type ShareId } from '../../shared/ids.ts'
import { limits } from '../../shared/limits.ts'
import { randomBytes, randomPeerId, seededRandom } from '../../shared/random.ts'
import { assert, unreachable } from '../../shared/result.ts'
import { Bitfield } from '../bitfield.ts'
import { decodeMessage, encodeMessage } from '../codec.ts'
import { countOf, type HashPart } from '../hashList.ts'
import type { SwarmEffect, SwarmInput, SwarmMessage, SwarmReport } from '../io.ts'
import { certified, geometryOf, saltBytes, type Manifest } from '../manifest.ts'
import { createSwarm, type Swarm } from '../swarm.ts'
import { fakeSha256, fakeSign, fakeVerify, ofSomeDevice } from './fakeCrypto.ts'
import { hashOf, keyOf, signParts, unlisted } from './lists.ts'

/* Machines to test with: one alone among peers that the test plays, and several joined directly, with no network between. */

const random = seededRandom(1)

export const newPeerId = (): PeerId => randomPeerId(random)

/** A file of so many pieces of one block each, unless told otherwise. */
export function newManifest(pieces: number, change: Partial<Manifest> = {}): Manifest {
  const pieceSizeBytes = change.pieceSizeBytes ?? limits.blockSizeBytes
  const fields = {
    version: 2,
    key: base64UrlFromBytes(randomBytes(random, publicKeyBytes)),
    salt: base64UrlFromBytes(randomBytes(random, saltBytes)),
    ...ofSomeDevice,
    kind: 'file',
    name: 'film.mkv',
    sizeBytes: pieces * pieceSizeBytes,
    treeSizeBytes: 0,
    fileCount: 1,
    pieceSizeBytes,
    modifiedMs: 0,
  } as const
  return certified({ ...fields, ...change }, fakeSha256)
}

/** A file of so many bytes, cut as the app cuts it. */
export const fileManifest = (sizeBytes: number): Manifest =>
  newManifest(1, { sizeBytes, pieceSizeBytes: pieceSizeFor(sizeBytes) })

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

/** The pieces whose hashes are told to a peer among these effects: from the first of each part to before its end. */
export const listedTo = (effects: readonly SwarmEffect[], peer: PeerId): [PieceIndex, PieceIndex][] =>
  sentTo(effects, peer, 'hashes').map(({ part }) => [part.first, part.first + countOf(part)])

/** The blocks that are to be kept among these effects, as [piece, block]. */
export const keptBlocks = (effects: readonly SwarmEffect[]): [PieceIndex, number][] =>
  effects.flatMap((effect) =>
    effect.type === 'keepBlock' || effect.type === 'finishPiece' ? [[effect.piece, effect.block]] : [],
  )

/** The pieces asked of a peer among these effects, one for each block. */
export const askedOf = (effects: readonly SwarmEffect[], peer: PeerId): PieceIndex[] =>
  sentTo(effects, peer, 'request').flatMap(({ blocks }) => blocks.map(({ piece }) => piece))

/** What comes of signing or verifying, for whoever made the share's key. */
function partDone(due: Ordered<'signPart'> | Ordered<'verifyPart'>, manifest: Manifest): SwarmInput {
  const { share, bytes } = due
  return due.type === 'signPart'
    ? { type: 'partSigned', share, part: due.part, signature: fakeSign(keyOf(manifest), bytes) }
    : { type: 'partVerified', share, part: due.part, right: fakeVerify(due.key, due.part.signature, bytes) }
}

/** One machine, its clock, and the peers that the test plays. */
export class Machine {
  readonly peer: PeerId = newPeerId()
  readonly swarm: Swarm
  now: Millis = 0
  /** What all its links together may be given. */
  uplinkRoomBytes = Infinity
  /** When it wants to be woken. */
  wakeAt: Millis = Infinity
  /** Whether signing and verifying take until `finishParts`; else they are done at once. */
  arePartsSlow = false
  /** How often it has hashed. */
  hashedCount = 0
  /** What is to be signed or verified. */
  readonly partsDue: (Ordered<'signPart'> | Ordered<'verifyPart'>)[] = []

  constructor(options: { uploadLimitBytesPerSecond?: number; seed?: number; carries?: boolean } = {}) {
    this.swarm = createSwarm({
      random: seededRandom(options.seed ?? random()),
      sha256: (bytes) => {
        this.hashedCount++
        return fakeSha256(bytes)
      },
      uploadLimitBytesPerSecond: options.uploadLimitBytesPerSecond ?? 0,
      carries: options.carries ?? true,
    })
  }

  feed(input: SwarmInput): SwarmEffect[] {
    const effects = this.swarm.handle(input, this.now)
    for (const effect of effects) {
      if (effect.type === 'wakeAt') this.wakeAt = effect.at
      if (effect.type === 'signPart' || effect.type === 'verifyPart') this.partsDue.push(effect)
    }
    return this.arePartsSlow ? effects : [...effects, ...this.finishParts()]
  }

  /** Signs and verifies all that is to be, and what comes of that. */
  finishParts(): SwarmEffect[] {
    const due = this.partsDue.shift()
    const manifest = due && this.swarm.inspect(due.share)?.manifest
    return manifest ? [...this.feed(partDone(due, manifest)), ...this.finishParts()] : []
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
    this.hear(peer, { type: 'bitfield', share: manifest.share, listed: unlisted, bits })
    return peer
  }

  /** The user takes the share, the store has made room, and this peer tells all hashes, when it is asked for them. */
  download(manifest: Manifest, teller: PeerId, hashes: Uint8Array): SwarmEffect[] {
    const { share } = manifest
    const effects = [
      ...this.feed({ type: 'downloadAsked', share }),
      ...this.feed({ type: 'storeOpened', share }),
    ]
    const isAsked = this.swarm.inspect(share)?.hashesAskedOf.has(teller) ?? false
    return [
      ...effects,
      ...(isAsked ? [] : this.pass(limits.hashesDueMs)),
      ...this.tellList(teller, manifest, signParts(manifest, hashes)),
    ]
  }

  tellList(teller: PeerId, { share }: Manifest, parts: readonly HashPart[]): SwarmEffect[] {
    return parts.flatMap((part) => this.hear(teller, { type: 'hashes', share, part }))
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

/**
 * Machines joined directly: what one sends is encoded, decoded, and heard by the other in order. A piece is what its sender's list says:
 * its first number is that of its hash there, and a check compares them.
 */
export class SwarmWorld {
  readonly machines: readonly Machine[]
  readonly reports: (SwarmReport & { readonly machine: Machine })[] = []
  readonly #queue: (() => void)[] = []
  readonly #meetings: (readonly [Machine, Machine])[] = []
  /** The first number of each piece gathered, by who gathers it. */
  readonly #gathered = new Map<string, number>()

  constructor(count: number, seed?: number, carries = true) {
    this.machines = range(count).map(
      (at) => new Machine(seed === undefined ? { carries } : { seed: seed + at, carries }),
    )
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

  /** Links the two, and all who are linked with one of them hear of it. */
  meet(a: Machine, b: Machine): void {
    this.#meetings.push([a, b])
    this.link(a, b)
    this.#tellNeighbours()
  }

  /** Ends the link of two that met, and all who are linked with one of them hear of it. */
  part(a: Machine, b: Machine): void {
    const isOther = (pair: readonly Machine[]): boolean => !pair.includes(a) || !pair.includes(b)
    this.#meetings.splice(0, this.#meetings.length, ...this.#meetings.filter(isOther))
    this.unlink(a, b)
    this.#tellNeighbours()
  }

  #tellNeighbours(): void {
    const neighboursOf = (one: Machine): Machine[] =>
      this.#meetings.filter((pair) => pair.includes(one)).flatMap((pair) => pair.filter((of) => of !== one))
    for (const machine of this.machines)
      for (const { peer } of neighboursOf(machine)) {
        const other = this.machines.find((one) => one.peer === peer)
        const neighbours = other ? neighboursOf(other).map((one) => one.peer) : []
        this.feed(machine, { type: 'neighboursHeard', peer, neighbours })
      }
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
      case 'keepBlock':
        return this.#gather(machine, effect)
      case 'finishPiece':
        this.#gather(machine, effect)
        return this.#check(machine, effect)
      case 'checkPiece':
        return this.#check(machine, effect)
      case 'uploadBlock': {
        const { peer, share, piece, block, lengthBytes } = effect
        const bytes = new Uint8Array(lengthBytes)
        bytes.set(this.#firstNumberAt(machine, share, piece))
        return this.#send(machine, peer, { type: 'block', share, piece, block, bytes })
      }
      case 'report':
        this.reports.push({ machine, ...effect.report })
        return
      case 'dropLink':
        return this.#soon(machine, { type: 'peerUnlinked', peer: effect.peer })
      case 'closeStore':
      case 'recheckPiece':
      case 'dropPiece':
      case 'openCarried':
      case 'closeCarried':
      case 'forgetCarried':
      case 'wakeAt':
      case 'signPart':
      case 'verifyPart':
        return
      default:
        return unreachable(effect)
    }
  }

  #firstNumberAt({ swarm }: Machine, share: ShareId, piece: PieceIndex): Uint8Array {
    return swarm.inspect(share)?.list.hashAt(piece)?.subarray(0, 4) ?? new Uint8Array(4)
  }

  #gather(
    machine: Machine,
    { share, piece, bytes }: { share: ShareId; piece: PieceIndex; bytes: Bytes },
  ): void {
    this.#gathered.set(`${machine.peer}/${share}/${piece}`, firstNumber(bytes))
  }

  #check(machine: Machine, { share, piece, hash }: { share: ShareId; piece: PieceIndex; hash: Bytes }): void {
    const right = this.#gathered.get(`${machine.peer}/${share}/${piece}`) === firstNumber(hash)
    this.#soon(machine, { type: 'pieceChecked', share, piece, right })
  }

  #soon(machine: Machine, input: SwarmInput): void {
    this.#queue.push(() => this.feed(machine, input))
  }

  #send(from: Machine, to: PeerId, message: SwarmMessage): void {
    const decoded = decodeMessage(encodeMessage(message), fakeSha256)
    assert(decoded.ok, 'what a machine says can be read')
    const other = this.machines.find((machine) => machine.peer === to)
    if (other) this.#soon(other, { type: 'messageArrived', peer: from.peer, message: decoded.value })
  }
}

const firstNumber = (bytes: Bytes): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)

/** The length of a piece, for tests that count bytes. */
export const lengthOfPiece = (manifest: Manifest, piece: PieceIndex): number =>
  pieceLength(geometryOf(manifest), piece)
