import type { Clock } from '../shared/clock.ts'
import { pieceCount } from '../shared/geometry.ts'
import type { ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Log } from '../shared/log.ts'
import type { PieceStore, StoreFault } from '../store/pieceStore.ts'
import type { SwarmInput, SwarmReport } from '../swarm/io.ts'
import { geometryOf, type Manifest } from '../swarm/manifest.ts'
import type { Swarm } from '../swarm/swarm.ts'
import type { Attached } from './engine.ts'
import { SmallestFirst } from './smallestFirst.ts'

export interface OwnFilesOptions {
  readonly clock: Clock
  readonly store: PieceStore
  readonly swarm: Pick<Swarm, 'inspect'>
  readonly handle: (input: SwarmInput) => void
  readonly log: Log
  readonly listener: OwnFilesListener
}

export interface OwnFilesListener {
  /** Files of this device are not any more what was offered. */
  sourceChanged(share: ShareId): void
  /** Files of this device were offered, and this device cannot read them. */
  sourceUnreadable(share: ShareId): void
}

/** Files of this device that back shares: hashes them in their turn, from the first piece to the last, and says what came of it. */
export class OwnFiles {
  readonly #options: OwnFilesOptions
  /** Of each share whose files are being hashed, the run that does it. */
  readonly #runs = new Map<ShareId, symbol>()
  /** Shares whose attached files have just turned out to be others. */
  readonly #differing = new Set<ShareId>()
  /** Files that are hashed, and wait for what the hash list says of them. */
  readonly #compared = new Map<ShareId, () => void>()
  readonly #hashing = new SmallestFirst(limits.sharesHashedAtOnce)

  constructor(options: OwnFilesOptions) {
    this.#options = options
  }

  /** Offers files at once. */
  async offer(manifest: Manifest, files: readonly File[]): Promise<void> {
    const { store, handle } = this.#options
    await store.attach(manifest.share, geometryOf(manifest), files, true)
    handle({ type: 'shareOffered', manifest })
    await this.#hashInTurn(manifest)
  }

  /** Files that look like a share of the room: each piece of theirs that is right we hold from now on. */
  async attach(manifest: Manifest, files: readonly File[]): Promise<Attached> {
    const { share } = manifest
    const { store, handle } = this.#options
    await store.attach(share, geometryOf(manifest), files)
    handle({ type: 'sourceAttached', share })
    await this.#hashInTurn(manifest)
    if (this.#isHashing(share) && !(await this.#isCompared(share))) return 'unlisted'
    return this.#differing.delete(share) ? 'differs' : 'ended'
  }

  /** The files are hashed; waits for what the list says of them. False where it has not grown for long: its origin is gone, perhaps. */
  #isCompared(share: ShareId): Promise<boolean> {
    const { clock } = this.#options
    return new Promise((resolve) => {
      const lookAfter = (listedBefore: number): (() => void) =>
        clock.after(limits.listWaitMs, () => {
          const listed = this.#listed(share)
          if (listed === listedBefore) return settle(false)
          stop = lookAfter(listed)
        })
      const settle = (isCompared: boolean): void => {
        stop()
        this.#compared.delete(share)
        resolve(isCompared)
      }
      let stop = lookAfter(this.#listed(share))
      this.#compared.set(share, () => settle(true))
    })
  }

  #listed(share: ShareId): number {
    return this.#options.swarm.inspect(share)?.list.count ?? 0
  }

  reported(report: SwarmReport): void {
    if (report.type === 'sourceDiffers') this.#differing.add(report.share)
  }

  /** The machine has taken in what there was. */
  rested(): void {
    for (const [share, compared] of this.#compared) if (!this.#isHashing(share)) compared()
  }

  /** The share's files cannot be read. */
  failed(share: ShareId, fault: StoreFault): void {
    if (fault.code === 'gone') return
    const { listener, log, swarm, handle } = this.#options
    log('warning', 'files of a share cannot be read', { share, ...fault })
    const known = swarm.inspect(share)
    // It has been said of another block.
    if (known?.source === 'lost') return
    if (known?.held.count === 0) return listener.sourceUnreadable(share)
    handle({ type: 'sourceLost', share })
    if (fault.code === 'sourceChanged') listener.sourceChanged(share)
    else listener.sourceUnreadable(share)
  }

  async #hashInTurn(manifest: Manifest): Promise<void> {
    return this.#hashing.run(manifest.sizeBytes, () => this.#hashAll(manifest))
  }

  async #hashAll(manifest: Manifest): Promise<void> {
    const { share } = manifest
    const { store, handle } = this.#options
    const run = Symbol('hashing')
    this.#runs.set(share, run)
    const count = pieceCount(geometryOf(manifest))
    let next = count > 0 ? store.hashPiece(share, 0) : null
    for (let piece = 0; next; piece++) {
      const hash = await next
      // The next piece is read while this one is told to the room.
      next = piece + 1 < count ? store.hashPiece(share, piece + 1) : null
      // Removed and dropped again meanwhile, the share is hashed by another run.
      if (this.#runs.get(share) !== run) return
      if (!hash.ok) return this.failed(share, hash.fault)
      handle({ type: 'pieceHashed', share, piece, hash: hash.value })
      if (!this.#isHashing(share)) break
    }
    this.#runs.delete(share)
  }

  #isHashing(share: ShareId): boolean {
    return this.#options.swarm.inspect(share)?.source === 'hashing'
  }
}
