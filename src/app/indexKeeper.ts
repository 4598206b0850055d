import { utf8FromText } from '../shared/bytes.ts'
import type { ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { recordVersion, type ShareIndex } from '../store/shareIndex.ts'
import { hashBytes } from '../swarm/hashList.ts'
import type { Swarm } from '../swarm/swarm.ts'
import { Alarm, type Clock } from './clock.ts'

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

  async write(): Promise<void> {
    const fetched = this.#swarm.shares().filter(({ source, heldCount }) => source === 'none' && heldCount > 0)
    const kept = new Set(fetched.map(({ share }) => share))
    for (const share of this.#written.keys()) {
      if (kept.has(share)) continue
      this.#written.delete(share)
      await this.#index.remove(this.#tab, share)
    }
    for (const { share, heldCount } of fetched)
      if (this.#written.get(share) !== heldCount) await this.#put(share)
  }

  async #put(id: ShareId): Promise<void> {
    const share = this.#swarm.inspect(id)
    if (!share) return
    this.#written.set(id, share.held.count)
    await this.#index.put({
      version: recordVersion,
      tab: this.#tab,
      share: id,
      manifest: utf8FromText(JSON.stringify(share.manifest)),
      hashes: share.hashes.slice(0, share.hashCount * hashBytes),
      bitfield: share.held.bytes.slice(),
      updatedMs: Date.now(),
    })
  }
}
