import { utf8FromText } from '../shared/bytes.ts'
import type { ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { recordVersion, type ShareIndex } from '../store/shareIndex.ts'
import { hashBytes } from '../swarm/hashList.ts'
import type { Swarm } from '../swarm/swarm.ts'
import { Alarm, type Clock } from '../shared/clock.ts'

/** Keeps the index true to what is on disk, so that a later page can go on with it: what is fetched, not what is our own. */
export class IndexKeeper {
  readonly #index: ShareIndex
  readonly #tab: string
  readonly #swarm: Pick<Swarm, 'shares' | 'inspect'>
  readonly #alarm: Alarm
  /** Pieces held when a share was last written. */
  readonly #written = new Map<ShareId, number>()

  constructor(options: {
    index: ShareIndex
    tab: string
    swarm: Pick<Swarm, 'shares' | 'inspect'>
    clock: Clock
  }) {
    this.#index = options.index
    this.#tab = options.tab
    this.#swarm = options.swarm
    this.#alarm = new Alarm(options.clock)
  }

  touch(): void {
    this.#alarm.setWithin(limits.indexIntervalMs, () => void this.write())
  }

  close(): void {
    this.#alarm.stop()
  }

  /** Where the browser refuses (its disk is full, the page is closing) the next change tries again. */
  async write(): Promise<void> {
    try {
      await this.#writeChanges()
    } catch (error) {
      if (!(error instanceof DOMException)) throw error
    }
  }

  async #writeChanges(): Promise<void> {
    const fetched = this.#swarm.shares().filter(({ source, heldCount }) => source === 'none' && heldCount > 0)
    const kept = new Set(fetched.map(({ share }) => share))
    for (const share of this.#written.keys()) {
      if (kept.has(share)) continue
      await this.#index.remove(this.#tab, share)
      this.#written.delete(share)
    }
    for (const { share, heldCount } of fetched)
      if (this.#written.get(share) !== heldCount) await this.#put(share)
  }

  async #put(id: ShareId): Promise<void> {
    const share = this.#swarm.inspect(id)
    if (!share) return
    const heldCount = share.held.count
    await this.#index.put({
      version: recordVersion,
      tab: this.#tab,
      share: id,
      manifest: utf8FromText(JSON.stringify(share.manifest)),
      hashes: share.hashes.slice(0, share.hashCount * hashBytes),
      bitfield: share.held.bytes.slice(),
      updatedMs: Date.now(),
    })
    this.#written.set(id, heldCount)
  }
}
