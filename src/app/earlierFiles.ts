import type { EarlierShare } from '../engine/engine.ts'
import type { ShareId } from '../shared/ids.ts'
import type { StoredSource } from '../store/shareIndex.ts'
import type { Intake } from './intake.ts'

export interface EarlierFilesOptions {
  /** Whether the page may read it without a question. */
  readonly mayRead: (source: StoredSource) => Promise<boolean>
  /** Asks the user. Called inside a click. */
  readonly askToRead: (source: StoredSource) => Promise<boolean>
  /** What lies there now; null where it is gone. */
  readonly take: (source: StoredSource) => Promise<Intake | null>
  /** Shares what was taken: as the share it was, if it is unchanged. */
  readonly share: (intake: Intake) => Promise<void>
  /** The share still waits for its files. */
  readonly isAway: (share: ShareId) => boolean
  /** The files are not those that the share was made of. */
  readonly isChanged: (share: ShareId, intake: Intake) => boolean
  /** Its files are not where they were. */
  readonly notFound: (share: ShareId) => void
  /** Its files were changed, and what is shared now is another share. */
  readonly replaced: (share: ShareId) => void
  readonly bugFound: (error: unknown) => void
}

/** Shares that an earlier page gave from files of this device, and where those lie: a page may not open files again by itself, but it may ask. */
export class EarlierFiles {
  readonly #options: EarlierFilesOptions
  readonly #sources = new Map<ShareId, StoredSource>()

  constructor(options: EarlierFilesOptions) {
    this.#options = options
  }

  /** Those that the user lets this page read for good are given again at once. */
  restored(shares: readonly EarlierShare[]): void {
    for (const { share, wish, source, isCopied } of shares) {
      if (wish !== 'offer' || source === null) continue
      this.#sources.set(share, source)
      if (!isCopied) this.#giveIfAllowed(share, source).catch(this.#options.bugFound)
    }
  }

  /** Whether one click is enough to give the share again. */
  canAsk(share: ShareId): boolean {
    return this.#sources.has(share)
  }

  /** Asks for the files of a share, and gives them again. Call inside a click. */
  async giveAgain(share: ShareId): Promise<void> {
    const source = this.#sources.get(share)
    if (source !== undefined && (await this.#options.askToRead(source))) await this.#give(share, source)
  }

  async #giveIfAllowed(share: ShareId, source: StoredSource): Promise<void> {
    if (await this.#options.mayRead(source)) await this.#give(share, source)
  }

  async #give(share: ShareId, source: StoredSource): Promise<void> {
    const { take, share: shareIntake, isAway, isChanged, notFound, replaced } = this.#options
    const intake = await take(source)
    if (intake === null) return notFound(share)
    await shareIntake(intake)
    if (!isAway(share)) this.#sources.delete(share)
    else if (isChanged(share, intake)) replaced(share)
  }
}
