import type { KeptKey } from '../crypto/crypto.ts'
import { Alarm, type Clock } from '../shared/clock.ts'
import type { ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { recordVersion, type ShareIndex } from '../store/shareIndex.ts'
import type { HashPart } from '../swarm/hashList.ts'
import { encodeManifest } from '../swarm/manifest.ts'
import type { ShareSnapshot } from '../swarm/snapshot.ts'
import type { Swarm } from '../swarm/swarm.ts'

export interface IndexKeeperOptions {
  readonly index: ShareIndex
  readonly tab: string
  readonly swarm: Pick<Swarm, 'shares' | 'inspect'>
  readonly clock: Clock
}

/** Keeps the index true to what is on disk and to what we offer, so that a later page can go on with it. */
export class IndexKeeper {
  readonly #options: IndexKeeperOptions
  readonly #alarm: Alarm
  /** Pieces held, and parts of the list known, when a share was last written. */
  readonly #written = new Map<ShareId, { heldCount: number; partCount: number }>()
  /** The keys of our own shares. */
  readonly #keys = new Map<ShareId, KeptKey>()

  constructor(options: IndexKeeperOptions) {
    this.#options = options
    this.#alarm = new Alarm(options.clock)
  }

  touch(): void {
    this.#alarm.setWithin(limits.indexIntervalMs, () => void this.write())
  }

  close(): void {
    this.#alarm.stop()
  }

  /** A share of ours, whose list this key signs. */
  offered(share: ShareId, key: KeptKey): void {
    this.#keys.set(share, key)
  }

  /**
   * Writes a part of a share of ours before anybody is told of it: a later page that did not know of it would sign another one in its
   * place, and so contradict us. Where the browser refuses, no later page gets the key.
   */
  async signed(share: ShareId, part: HashPart): Promise<void> {
    const { index, tab } = this.#options
    if (await isDone(index.putParts(tab, share, [part]))) return
    this.#keys.delete(share)
    if (this.#written.delete(share)) await isDone(index.remove(tab, share))
  }

  /** Where the browser refuses (its disk is full, the page is closing) the next change tries again. */
  async write(): Promise<void> {
    await isDone(this.#writeChanges())
  }

  async #writeChanges(): Promise<void> {
    const kept = this.#options.swarm.shares().filter((share) => this.#isKept(share))
    const ids = new Set(kept.map(({ share }) => share))
    for (const share of this.#written.keys()) {
      if (ids.has(share)) continue
      await this.#options.index.remove(this.#options.tab, share)
      this.#written.delete(share)
    }
    for (const { share } of kept) await this.#put(share)
  }

  /** What is fetched, and what is our own: files of ours that are another's share cannot be found again. */
  #isKept({ share, source, heldCount, contradicted }: ShareSnapshot): boolean {
    const isFetched = source === 'none' && heldCount > 0
    const isOwn = this.#keys.has(share) && (source === 'hashing' || source === 'whole')
    return (isFetched || isOwn) && !contradicted
  }

  async #put(id: ShareId): Promise<void> {
    const { index, tab, swarm } = this.#options
    const share = swarm.inspect(id)
    if (!share) return
    const heldCount = share.held.count
    const { parts } = share.list
    const before = this.#written.get(id) ?? { heldCount: 0, partCount: 0 }
    // Those of a share of ours were written as they were signed.
    if (!this.#keys.has(id) && before.partCount < parts.length)
      await index.putParts(tab, id, parts.slice(before.partCount))
    if (before.heldCount !== heldCount || !this.#written.has(id))
      await index.put({
        version: recordVersion,
        tab,
        share: id,
        manifest: encodeManifest(share.manifest),
        key: this.#keys.get(id) ?? null,
        bitfield: share.held.bytes.slice(),
        updatedMs: Date.now(),
      })
    this.#written.set(id, { heldCount, partCount: parts.length })
  }
}

/** False where the browser refuses; a mistake of ours is thrown on. */
async function isDone(work: Promise<void>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (error instanceof DOMException) return false
    throw error
  }
}
