import type { KeptKey, ShareCrypto } from '../crypto/crypto.ts'
import { sha256AtOnce } from '../crypto/nobleHashes.ts'
import { blockHeadroomBytes } from '../link/frames.ts'
import type { Bytes } from '../shared/bytes.ts'
import type { Millis, PeerId, PieceIndex, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Log } from '../shared/log.ts'
import type { Random } from '../shared/random.ts'
import { unreachable } from '../shared/result.ts'
import { carriedStore, type CarriedStore } from '../store/carriedPieces.ts'
import type { PieceStore, StoreFault } from '../store/pieceStore.ts'
import { blockHeaderBytes, decodeMessage, encodeMessage, writeBlockHeader } from '../swarm/codec.ts'
import type { HashPart } from '../swarm/hashList.ts'
import type { StorageFault, SwarmEffect, SwarmInput, SwarmReport } from '../swarm/io.ts'
import { geometryOf, type Manifest } from '../swarm/manifest.ts'
import { createSwarm, type Swarm } from '../swarm/swarm.ts'
import { Alarm, type Clock } from '../shared/clock.ts'
import { guardWith, type Guard } from '../shared/guard.ts'
import { inOrder } from '../shared/inOrder.ts'
import { askedPatiently } from './askedPatiently.ts'
import { ListSigner } from './listSigner.ts'
import { OwnFiles, type OwnFilesListener } from './ownFiles.ts'
import { SmallestFirst } from './smallestFirst.ts'

export interface SwarmDriverOptions {
  readonly random: Random
  readonly clock: Clock
  readonly store: PieceStore
  /** Signs and verifies hash lists. */
  readonly crypto: ShareCrypto
  /** 0 for none. */
  readonly uploadLimitBytesPerSecond: number
  /** Whether we pass on what others cannot get of each other. */
  readonly carries: boolean
  readonly network: Network
  readonly log: Log
  /** Something threw that only a bug can make throw. */
  readonly bugFound: (error: unknown) => void
  readonly listener: SwarmDriverListener
}

/** What the swarm needs of the links. */
export interface Network {
  send(peer: PeerId, bytes: Bytes): void
  /** The message of a block, with `blockHeadroomBytes` before it to be written over. Answered by `blockArrived` or `blockLost`. */
  sendBlock(peer: PeerId, id: number, bytes: Bytes): void
  /** Bytes of blocks that all links together should be given now. */
  uplinkRoomBytes(): number
  /** Bytes of blocks that the peer's link takes now. */
  roomBytes(peer: PeerId): number
  /** Null while unknown. */
  roundTripMs(peer: PeerId): Millis | null
  /** The peer sent what no honest one sends: its link is dropped, and it stays out for a while. */
  ban(peer: PeerId, reason: 'badPieces' | 'misbehaved'): void
}

/** A block to be sent to a peer. */
type UploadedBlock = Omit<SwarmEffect & { type: 'uploadBlock' }, 'type'>

/** One on its way: its bytes are the link's until it has arrived or is lost. */
interface SentBlock {
  readonly at: UploadedBlock
  readonly bytes: Bytes
}

export interface SwarmDriverListener extends OwnFilesListener {
  /** A part of the list of a share of ours is signed; the room is told of it afterwards. */
  signed(share: ShareId, part: HashPart): Promise<void>
  reported(report: SwarmReport): void
  changed(): void
}

/** Carries out what the swarm machine orders: sends messages, hashes, reads and writes pieces; holds its one timer. */
export class SwarmDriver {
  readonly #options: SwarmDriverOptions
  readonly #guard: Guard
  readonly #store: PieceStore
  /** What is only passed on. */
  readonly #carried: CarriedStore
  /** Whose pieces lie there. */
  readonly #carriedShares = new Set<ShareId>()
  readonly #swarm: Swarm
  readonly #alarm: Alarm
  /** Blocks given to links, by id, until the other side has them. */
  readonly #sent = new Map<number, SentBlock>()
  #lastBlockId = 0
  /** What is being read for each peer: it takes room on its link that the link does not know of. */
  readonly #reading = new Map<PeerId, { bytes: number }>()
  readonly #ownFiles: OwnFiles
  readonly #signer: ListSigner
  readonly #rechecks = new SmallestFirst(limits.sharesRecheckedAtOnce)

  constructor(options: SwarmDriverOptions) {
    this.#options = options
    this.#guard = guardWith(options.bugFound)
    this.#store = options.store
    this.#carried = carriedStore((bytes) => options.crypto.sha256(bytes))
    this.#swarm = createSwarm({ ...options, sha256: sha256AtOnce })
    this.#alarm = new Alarm(options.clock)
    const handle = (input: SwarmInput): void => this.handle(input)
    this.#ownFiles = new OwnFiles({ ...options, swarm: this.#swarm, handle })
    const keep: SwarmDriverListener['signed'] = (share, part) => options.listener.signed(share, part)
    this.#signer = new ListSigner({ crypto: options.crypto, handle, keep })
  }

  /** Goes on signing lists of an earlier page. */
  get signer(): Pick<ListSigner, 'goesOn'> {
    return this.#signer
  }

  /** The machine's picture of things, to be read only. */
  get swarm(): Pick<Swarm, 'ids' | 'shares' | 'snapshot' | 'inspect' | 'firstHash'> {
    return this.#swarm
  }

  messageArrived(peer: PeerId, bytes: Bytes): void {
    const message = decodeMessage(bytes, sha256AtOnce)
    if (message.ok) this.handle({ type: 'messageArrived', peer, message: message.value })
    else this.handle({ type: 'messageFaulted', peer })
  }

  peerLinked(peer: PeerId): void {
    this.#reading.set(peer, { bytes: 0 })
    this.handle({ type: 'peerLinked', peer })
  }

  peerUnlinked(peer: PeerId): void {
    this.#reading.delete(peer)
    for (const [id, sent] of this.#sent) if (sent.at.peer === peer) this.#sent.delete(id)
    this.handle({ type: 'peerUnlinked', peer })
    this.handle({ type: 'uplinkHasRoom', roomBytes: this.#uplinkRoomBytes })
  }

  /** The peer's link takes more blocks than before. */
  roomGrew(peer: PeerId): void {
    const { network } = this.#options
    this.handle({
      type: 'linkHasRoom',
      peer,
      roomBytes: network.roomBytes(peer) - (this.#reading.get(peer)?.bytes ?? 0),
      roundTripMs: network.roundTripMs(peer),
      uplinkRoomBytes: this.#uplinkRoomBytes,
    })
  }

  get #uplinkRoomBytes(): number {
    let readingBytes = 0
    for (const { bytes } of this.#reading.values()) readingBytes += bytes
    return this.#options.network.uplinkRoomBytes() - readingBytes
  }

  backlogChanged(peer: PeerId, isFull: boolean): void {
    this.handle({ type: 'linkBacklog', peer, isFull })
  }

  blockArrived(id: number): void {
    this.#endSent(id)
  }

  /** The lane that carried it is gone, and perhaps the block with it. */
  blockLost(id: number): void {
    const sent = this.#endSent(id)
    if (sent) this.handle({ type: 'blockLost', ...sent.at })
  }

  #endSent(id: number): SentBlock | undefined {
    const sent = this.#sent.get(id)
    this.#sent.delete(id)
    if (sent) this.#store.reuse(sent.bytes)
    return sent
  }

  /** Offers files of this device at once, and hashes them in their turn. */
  async offer(manifest: Manifest, files: readonly File[], key: KeptKey): Promise<void> {
    await this.#signer.offered(manifest.share, key)
    return this.#ownFiles.offer(manifest, files)
  }

  /** See `OwnFiles.attach`. */
  attach(manifest: Manifest, files: readonly File[]): ReturnType<OwnFiles['attach']> {
    return this.#ownFiles.attach(manifest, files)
  }

  /** Hands the machine an input and carries out what it orders: each order for itself, so that a bug in one does not lose the others. */
  readonly handle = inOrder<SwarmInput>(
    (input) => {
      const carryOut = this.#guard((effect: SwarmEffect) => this.#carryOut(effect))
      for (const effect of this.#swarm.handle(input, this.#options.clock.now())) carryOut(effect)
    },
    () => {
      this.#guard(() => this.#ownFiles.rested())()
      this.#guard(() => this.#options.listener.changed())()
    },
    (error) => this.#options.bugFound(error),
  )

  close(): void {
    this.#alarm.stop()
  }

  #carryOut(effect: SwarmEffect): void {
    switch (effect.type) {
      case 'send':
        return this.#options.network.send(effect.peer, encodeMessage(effect.message))
      case 'signPart':
        return this.#guarded(this.#signer.sign(effect))
      case 'verifyPart':
        return this.#guarded(this.#signer.verify(effect))
      case 'openStore':
        return this.#guarded(this.#openStore(effect.manifest))
      case 'closeStore':
        return this.#guarded(this.#closeStore(effect.share))
      case 'openCarried':
        this.#carriedShares.add(effect.manifest.share)
        return this.#carried.open(effect.manifest.share, geometryOf(effect.manifest))
      case 'closeCarried':
        this.#carriedShares.delete(effect.share)
        return this.#carried.close(effect.share)
      case 'forgetCarried':
        return this.#carried.forget(effect.share, effect.piece)
      case 'keepBlock': {
        const offsetBytes = effect.block * limits.blockSizeBytes
        return this.#storeOf(effect.share).putBlock(effect.share, effect.piece, offsetBytes, effect.bytes)
      }
      case 'checkPiece': {
        const checking = this.#storeOf(effect.share).checkPiece(effect.share, effect.piece, effect.hash)
        return this.#guarded(this.#pieceChecked(effect, checking))
      }
      case 'finishPiece':
        return this.#guarded(this.#pieceChecked(effect, this.#finishPiece(effect)))
      case 'recheckPiece':
        return this.#guarded(this.#recheck(effect))
      case 'dropPiece':
        return this.#storeOf(effect.share).dropPiece(effect.share, effect.piece)
      case 'uploadBlock':
        return this.#guarded(this.#upload(effect))
      case 'dropLink':
        return this.#options.network.ban(effect.peer, effect.reason)
      case 'wakeAt':
        return this.#alarm.setAt(effect.at, () => {
          this.#options.log('debug', 'the swarm woke', { why: effect.why })
          this.handle({ type: 'woke' })
        })
      case 'report':
        return this.#reported(effect.report)
      default:
        return unreachable(effect)
    }
  }

  /** What the store cannot do it says in its answer; a promise that rejects is a bug. */
  #guarded(work: Promise<void>): void {
    work.catch((error: unknown) => this.#options.bugFound(error))
  }

  #reported(report: SwarmReport): void {
    const { log, listener } = this.#options
    this.#ownFiles.reported(report)
    if (report.type === 'peerMisbehaved')
      log('warning', 'a peer misbehaved', { peer: report.peer, why: report.why })
    listener.reported(report)
  }

  async #openStore(manifest: Manifest): Promise<void> {
    const { share } = manifest
    const created = await this.#store.create(share, geometryOf(manifest))
    if (created.ok) return this.handle({ type: 'storeOpened', share })
    const fault = storageFault(created.fault)
    if (fault) this.handle({ type: 'storeFailed', share, fault })
  }

  async #closeStore(share: ShareId): Promise<void> {
    await this.#store.remove(share)
    this.handle({ type: 'spaceFreed' })
  }

  /** Where the share's pieces are gathered and read. */
  #storeOf(share: ShareId): CarriedStore | PieceStore {
    return this.#carriedShares.has(share) ? this.#carried : this.#store
  }

  #finishPiece({ share, piece, block, bytes, hash }: SwarmEffect & { type: 'finishPiece' }): Checking {
    return this.#storeOf(share).finishPiece(share, piece, block * limits.blockSizeBytes, bytes, hash)
  }

  async #pieceChecked(
    { share, piece }: { share: ShareId; piece: PieceIndex },
    checking: Checking,
  ): Promise<void> {
    const checked = await checking
    if (checked.ok)
      return this.handle({ type: 'pieceChecked', share, piece, right: checked.value === 'kept' })
    const fault = storageFault(checked.fault)
    if (fault) this.handle({ type: 'pieceFaulted', share, piece, fault })
  }

  /** One after the other, of small shares first: those that move bytes now go before. */
  async #recheck({ share, piece, hash }: SwarmEffect & { type: 'recheckPiece' }): Promise<void> {
    const sizeBytes = this.#swarm.inspect(share)?.geometry.sizeBytes ?? 0
    const { clock } = this.#options
    const recheck = (): Checking => this.#store.recheckPiece(share, piece, hash)
    const checked = await this.#rechecks.run(sizeBytes, () => askedPatiently(clock, recheck))
    if (!checked.ok && checked.fault.code === 'gone') return
    this.handle({ type: 'pieceRechecked', share, piece, right: checked.ok && checked.value === 'kept' })
  }

  async #upload({ peer, share, piece, block, lengthBytes }: UploadedBlock): Promise<void> {
    const at = { peer, share, piece, block, lengthBytes }
    const reading = this.#reading.get(peer)
    if (!reading) return
    reading.bytes += lengthBytes
    const headroomBytes = blockHeadroomBytes + blockHeaderBytes
    const offsetBytes = block * limits.blockSizeBytes
    const read = await this.#storeOf(share).read(share, piece, offsetBytes, lengthBytes, headroomBytes)
    reading.bytes -= lengthBytes
    // On an earlier link to the peer: the machine has begun anew with it.
    if (this.#reading.get(peer) !== reading) return
    if (!read.ok) {
      this.handle({ type: 'blockUnreadable', ...at })
      this.roomGrew(peer)
      if (read.fault.code === 'sourceChanged') this.#ownFiles.failed(share, read.fault)
      return
    }
    const id = ++this.#lastBlockId
    this.#sent.set(id, { at, bytes: read.value })
    this.#options.network.sendBlock(peer, id, writeBlockHeader(read.value, share, piece, block))
  }
}

type Checking = ReturnType<PieceStore['checkPiece']>

/** Null where there is nothing to tell: the share was removed meanwhile. */
function storageFault(fault: StoreFault): StorageFault | null {
  switch (fault.code) {
    case 'full':
      return { code: 'full' }
    case 'gone':
      return null
    case 'sourceChanged':
      return { code: 'broken', detail: 'the file was changed' }
    case 'broken':
      return fault
  }
}
