import { pieceCount, type Geometry } from '../shared/geometry.ts'
import type { ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/result.ts'
import type { AttachedFiles } from './attachedFiles.ts'
import type { BufferPool } from './bufferPool.ts'
import type { Disk, ShareFile } from './disk.ts'
import { GatheredPieces } from './gatheredPieces.ts'
import type { StoreFault } from './pieceStore.ts'
import { diskFault, isBug } from './storeFaults.ts'

export const done = ok(undefined)
export const gone = fail<StoreFault>({ code: 'gone' })

/** A share of a store: what is kept of it, what is on its way, and the files it is read from. */
export interface HeldShare {
  readonly geometry: Geometry
  readonly file: ShareFile
  /** One byte a piece: 1 when it is checked and in the file. */
  readonly kept: Uint8Array
  readonly gathered: GatheredPieces
  attached: AttachedFiles | null
  /** What is hashed of them is kept in the file too. */
  isCopied: boolean
  /** Room for all of it is promised. */
  hasRoom: boolean
}

/** The shares of a store, and the space promised to them. */
export class HeldShares {
  readonly #disk: Disk
  readonly #pool: BufferPool
  readonly #bugFound: (error: unknown) => void
  readonly #shares = new Map<ShareId, HeldShare>()

  constructor(disk: Disk, pool: BufferPool, bugFound: (error: unknown) => void) {
    this.#disk = disk
    this.#pool = pool
    this.#bugFound = bugFound
  }

  get(share: ShareId): HeldShare | undefined {
    return this.#shares.get(share)
  }

  hold(share: ShareId, geometry: Geometry): HeldShare {
    const held = {
      geometry,
      file: this.#disk.file(share, geometry),
      kept: new Uint8Array(pieceCount(geometry)),
      gathered: new GatheredPieces(geometry, this.#pool),
      attached: null,
      isCopied: false,
      hasRoom: false,
    }
    this.#shares.set(share, held)
    return held
  }

  /** Holds a share that will come from the room, when every share can still come in whole. */
  async create(share: ShareId, geometry: Geometry): Promise<Result<void, StoreFault>> {
    const known = this.#shares.get(share)
    if (known && (known.hasRoom || known.attached !== null)) return done
    const held = known ?? this.hold(share, geometry)
    const fits = await this.attempt(share, diskFault, () => this.#promise(held))
    if (fits.ok && fits.value) return done
    if (!known && this.#isHeld(share, held)) this.letGo(share)
    return fits.ok ? fail({ code: 'full' }) : fits
  }

  /** Goes on with the file of an earlier page, and says which pieces that has written: one byte each. */
  async restore(share: ShareId, geometry: Geometry): Promise<Result<Uint8Array, StoreFault>> {
    const held = this.#shares.get(share) ?? this.hold(share, geometry)
    return this.attempt(share, diskFault, () => held.file.marks())
  }

  /** Whether so many small files are better copied: beside what is promised it takes only a part of the free space. */
  async isBetterCopied({ sizeBytes }: Geometry, fileCount: number): Promise<boolean> {
    const isOfSmall =
      fileCount >= limits.copiedFilesMin && sizeBytes <= fileCount * limits.copiedFileMeanMaxBytes
    if (this.#disk.kind !== 'disk' || !isOfSmall || sizeBytes > limits.copiedShareMaxBytes) return false
    return sizeBytes <= limits.copiedFreePartMax * (await this.#freeBytes())
  }

  /** Promises the share room for all of it, where there is so much beside what is promised already. */
  async #promise(held: HeldShare): Promise<boolean> {
    // Promised before asking, so that two at once cannot both count on the same space.
    held.hasRoom = true
    const fits = held.geometry.sizeBytes === 0 || (await this.#freeBytes()) >= 0
    held.hasRoom = fits
    return fits
  }

  letGo(share: ShareId): void {
    this.#shares.get(share)?.attached?.end()
    this.#shares.delete(share)
  }

  letAllGo(): void {
    for (const share of this.#shares.keys()) this.letGo(share)
  }

  /** Runs what may reject, and names what the browser reported. A share removed meanwhile is `gone`, whatever came out. */
  async attempt<Value>(
    share: ShareId,
    name: (error: unknown) => StoreFault,
    run: (held: HeldShare) => Promise<Value>,
  ): Promise<Result<Value, StoreFault>> {
    const held = this.#shares.get(share)
    if (held === undefined) return gone
    try {
      const value = await run(held)
      return this.#isHeld(share, held) ? ok(value) : gone
    } catch (error) {
      if (!this.#isHeld(share, held)) return gone
      if (isBug(error)) this.#bugFound(error)
      return fail(name(error))
    }
  }

  #isHeld(share: ShareId, held: HeldShare): boolean {
    return this.#shares.get(share) === held
  }

  /** What is left when every created share has come in whole; less than 0 where one cannot. */
  async #freeBytes(): Promise<number> {
    const freeBytes = await this.#disk.freeBytes()
    let promisedBytes = 0
    for (const { geometry, file, attached, hasRoom } of this.#shares.values()) {
      if (attached === null && hasRoom) promisedBytes += geometry.sizeBytes - file.usedBytes()
    }
    return freeBytes - promisedBytes
  }
}
