import type { EngineEvent, EngineShare } from '../engine/engine.ts'
import type { ShareId } from '../shared/ids.ts'

/** The shares as the engine last told of them. */
export class KnownShares {
  readonly #shares = new Map<ShareId, EngineShare>()

  take({ changed, gone }: EngineEvent & { type: 'sharesChanged' }): void {
    for (const share of changed) this.#shares.set(share.share, share)
    for (const share of gone) this.#shares.delete(share)
  }

  /** Oldest first. */
  all(): EngineShare[] {
    return [...this.#shares.values()]
  }

  /** Null when there is none, or none any more. */
  get(share: ShareId): EngineShare | null {
    return this.#shares.get(share) ?? null
  }
}
