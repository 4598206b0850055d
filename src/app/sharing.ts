import type { Crypto } from '../crypto/crypto.ts'
import { bytesEqual } from '../shared/bytes.ts'
import { pieceLength } from '../shared/geometry.ts'
import { randomShareId, type Random } from '../shared/random.ts'
import { geometryOf } from '../swarm/manifest.ts'
import type { ShareSnapshot } from '../swarm/snapshot.ts'
import { describeShare, looksLike, type Described } from './describe.ts'
import type { Intake } from './intake.ts'
import type { SwarmDriver } from './swarmDriver.ts'
import type { NoticeMessage } from './view.ts'

export interface SharingOptions {
  readonly random: Random
  readonly crypto: Crypto
  readonly driver: SwarmDriver
  /** A share the user had taken off the list is wanted again. */
  show(share: ShareSnapshot['share']): void
  notify(level: 'info' | 'warning' | 'error', message: NoticeMessage): void
}

/**
 * Makes shares of what was dropped. Files that the room already knows as a share join it instead, once their bytes prove to be
 * the same: so a download goes on when somebody drops the same file again.
 */
export class Sharing {
  readonly #options: SharingOptions

  constructor(options: SharingOptions) {
    this.#options = options
  }

  async share(intake: Intake): Promise<void> {
    const described = describeShare(intake, randomShareId(this.#options.random))
    if (!described.ok) {
      const name = intake.kind === 'file' ? intake.file.name : intake.name
      return this.#options.notify('error', { code: 'tooMuch', name })
    }
    const twin = await this.#twinOf(described.value)
    if (!twin) return this.#options.driver.offer(described.value.manifest, described.value.files)
    this.#options.show(twin.share)
    const isHere = twin.source !== 'none' || twin.heldCount === twin.pieceCount
    if (isHere) {
      return this.#options.notify('info', { code: 'alreadyShared', name: twin.manifest.name })
    }
    return this.#join(twin, described.value)
  }

  async #join(twin: ShareSnapshot, described: Described): Promise<void> {
    const { driver } = this.#options
    await driver.attach(twin.manifest, described.files)
    // The first piece was the same and a later one was not: it is a share of its own after all.
    const isAnother = driver.swarm.inspect(twin.share)?.source === 'none'
    if (isAnother) await driver.offer(described.manifest, described.files)
  }

  /** The share of the room that these files are, as far as their first piece tells. */
  async #twinOf({ manifest, files }: Described): Promise<ShareSnapshot | null> {
    const { driver, crypto } = this.#options
    const alike = driver.swarm
      .shares()
      .filter((share) => share.source !== 'lost' && looksLike(share.manifest, manifest))
      .filter((share) => share.source === 'none' || share.manifest.modifiedMs === manifest.modifiedMs)
    if (alike.length === 0 || manifest.sizeBytes + manifest.treeSizeBytes === 0) return null
    const firstPiece = new Blob([...files]).slice(0, pieceLength(geometryOf(manifest), 0))
    const firstHash = await readHash(crypto, firstPiece)
    if (!firstHash) return null
    return (
      alike.find((share) => {
        const known = driver.swarm.firstHash(share.share)
        return known !== null && bytesEqual(known, firstHash)
      }) ?? null
    )
  }
}

/** Null when the file cannot be read: offering it will say so in words. */
async function readHash(crypto: Crypto, blob: Blob): Promise<Uint8Array | null> {
  const bytes = await blob.arrayBuffer().catch(() => null)
  return bytes && crypto.sha256(new Uint8Array(bytes))
}
