import type { ShareId } from '../shared/ids.ts'
import type { Log } from '../shared/log.ts'
import type { PieceStore } from '../store/pieceStore.ts'
import type { KnownShares } from './knownShares.ts'
import type { NoticeBoard } from './noticeBoard.ts'
import { saveFaultDetail, saveFromStore, type SaveWay } from './savingShares.ts'
import type { ShareViews } from './shareViews.ts'

export interface SaverOptions {
  readonly store: Pick<PieceStore, 'blob'>
  readonly known: KnownShares
  readonly shares: ShareViews
  readonly notices: NoticeBoard
  readonly log: Log
  readonly save: SaveWay
  /** Null where the browser has no pickers. */
  readonly saveAs: SaveWay | null
  /** More of it is saved. */
  progressed(): void
  /** It began or ended, and is to be seen at once: a button that does nothing meanwhile must look so. */
  changed(): void
}

/** Hands complete shares to people: when they ask, and by itself what they pressed "Download" for. */
export class Saver {
  readonly #options: SaverOptions
  /** Shares to be handed over as soon as they are complete. */
  readonly #awaited = new Set<ShareId>()

  constructor(options: SaverOptions) {
    this.#options = options
  }

  get canSaveAs(): boolean {
    return this.#options.saveAs !== null
  }

  /** The share is to be handed to the browser's downloads once it is complete. */
  whenComplete(share: ShareId): void {
    this.#awaited.add(share)
  }

  forget(share: ShareId): void {
    this.#awaited.delete(share)
    this.#options.shares.saved.delete(share)
  }

  completed(share: ShareId): void {
    if (this.#awaited.delete(share)) this.save(share)
  }

  save(share: ShareId): void {
    void this.#save(share, this.#options.save)
  }

  saveAs(share: ShareId): void {
    if (this.#options.saveAs) void this.#save(share, this.#options.saveAs)
  }

  async #save(share: ShareId, way: SaveWay): Promise<void> {
    const { store, known, shares, notices, log, changed, progressed } = this.#options
    const manifest = known.get(share)?.manifest
    if (!manifest || shares.saving.has(share)) return
    shares.saving.set(share, 0)
    changed()
    const saved = await saveFromStore(store, manifest, way, (savedBytes) => {
      shares.saving.set(share, savedBytes)
      progressed()
    })
    shares.saving.delete(share)
    if (saved.ok) shares.saved.add(share)
    else {
      log('warning', 'a share was not saved', { code: saved.fault.code })
      const detail = saveFaultDetail(saved.fault)
      if (detail !== null) notices.add('error', { code: 'saveFailed', name: manifest.name, detail })
    }
    changed()
  }
}
