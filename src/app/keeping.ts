import type { Engine } from '../engine/engine.ts'
import type { ShareId } from '../shared/ids.ts'
import type { KeptRooms } from './keptRooms.ts'
import type { KeepingActions } from './session.ts'
import type { SessionParts } from './sessionParts.ts'

export interface KeepingOptions extends Pick<SessionParts, 'openKept' | 'wallMs' | 'view' | 'bugFound'> {
  /** What this tab is called in what it keeps. */
  readonly tab: string
  readonly engine: Pick<Engine, 'want' | 'spaceFreed'>
  /** A share of this page was cleared away. */
  forgotten(share: ShareId): void
}

/** What people see and clear of what this browser keeps, opened when somebody first looks at it. */
export class Keeping implements KeepingActions {
  readonly #options: KeepingOptions
  #kept: Promise<KeptRooms | null> | null = null

  constructor(options: KeepingOptions) {
    this.#options = options
  }

  lookAtKept(): void {
    this.#after(async () => undefined)
  }

  forgetRoom(room: string): void {
    this.#after((kept) => kept.forgetRoom(room))
  }

  forgetKept(tab: string, share: ShareId): void {
    this.#after((kept) => kept.forgetShare(tab, share))
  }

  /** Looks through what is kept once this is done. */
  #after(change: (kept: KeptRooms) => Promise<void>): void {
    this.#change(change).catch((error: unknown) => {
      this.#kept = null
      this.#options.bugFound(error)
    })
  }

  async #change(change: (kept: KeptRooms) => Promise<void>): Promise<void> {
    const { openKept, tab, wallMs, view, engine } = this.#options
    const kept = await (this.#kept ??= openKept({ tab, wallMs, remove: (share) => this.#remove(share) }))
    if (kept === null) return view.setState({ kept: { rooms: [], freeBytes: null } })
    await change(kept)
    engine.spaceFreed()
    view.setState({ kept: await kept.view() })
  }

  /** What others still offer of it stays on the list. */
  #remove(share: ShareId): void {
    this.#options.forgotten(share)
    this.#options.engine.want('removeAsked', share)
  }
}
