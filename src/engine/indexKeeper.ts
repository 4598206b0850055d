import type { KeptKey } from '../crypto/crypto.ts'
import { Alarm, type Clock } from '../shared/clock.ts'
import type { ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { recordVersion, type ShareIndex, type ShareRecord, type StoredSource } from '../store/shareIndex.ts'
import type { HashPart } from '../swarm/hashList.ts'
import type { KeptWish } from '../swarm/io.ts'
import { encodeManifest } from '../swarm/manifest.ts'
import type { ShareState } from '../swarm/state.ts'
import type { Swarm } from '../swarm/swarm.ts'

export interface IndexKeeperOptions {
  readonly index: ShareIndex
  readonly tab: string
  readonly swarm: Pick<Swarm, 'ids' | 'inspect'>
  readonly clock: Clock
  readonly bugFound: (error: unknown) => void
}

/** What of a share was last written. */
interface Written {
  readonly wish: KeptWish
  readonly completed: boolean
  readonly source: StoredSource | null
  readonly partCount: number
}

/** Keeps the index true to what is wanted and offered, so that a later page can go on with it. */
export class IndexKeeper {
  readonly #options: IndexKeeperOptions
  readonly #alarm: Alarm
  readonly #written = new Map<ShareId, Written>()
  #lastWrite: Promise<unknown> = Promise.resolve()
  /** The keys of our own shares. */
  readonly #keys = new Map<ShareId, KeptKey>()
  /** Where files of this device are that shares were given from. */
  readonly #sources = new Map<ShareId, StoredSource>()

  constructor(options: IndexKeeperOptions) {
    this.#options = options
    this.#alarm = new Alarm(options.clock)
  }

  touch(): void {
    this.#alarm.setWithin(limits.indexIntervalMs, () => this.writeNow())
  }

  writeNow(): void {
    void this.write()
  }

  close(): void {
    this.#alarm.stop()
  }

  /** A share of ours, whose list this key signs. */
  offered(share: ShareId, key: KeptKey, source: StoredSource | null): void {
    this.#keys.set(share, key)
    this.attached(share, source)
  }

  /** Files of this device give the share. */
  attached(share: ShareId, source: StoredSource | null): void {
    if (source) this.#sources.set(share, source)
    else this.#sources.delete(share)
  }

  /** What an earlier page has written of a share that this one goes on with. */
  restored({ share, key, source, wish, completed }: ShareRecord, partCount: number): void {
    if (key) this.#keys.set(share, key)
    this.attached(share, source)
    this.#written.set(share, { wish, completed, source, partCount })
  }

  /**
   * Writes a part of a share of ours before anybody is told of it: a later page that did not know of it would sign another one in its
   * place, and so contradict us. Where the browser refuses, no later page gets the key. Resolves once one or the other is sure; a browser
   * that refuses both is asked again.
   */
  async signed(share: ShareId, part: HashPart): Promise<void> {
    const { index, tab, clock } = this.#options
    while (!(await isDone(index.putParts(tab, share, [part])))) {
      this.#keys.delete(share)
      if (!this.#written.has(share)) return
      if (await isDone(index.remove(tab, share))) return void this.#written.delete(share)
      await new Promise<void>((resolve) => void clock.after(limits.indexRetryMs, resolve))
    }
  }

  /** One after the other. Where the browser refuses (its disk is full, the page is closing) the next change tries again. */
  async write(): Promise<void> {
    this.#lastWrite = this.#lastWrite.then(() => this.#writeChanges()).catch(this.#options.bugFound)
    await this.#lastWrite
  }

  async #writeChanges(): Promise<void> {
    const shares = this.#options.swarm.ids().flatMap((share) => this.#kept(share))
    const ids = new Set(shares.map(({ manifest }) => manifest.share))
    const { index, tab } = this.#options
    for (const share of this.#written.keys())
      if (!ids.has(share) && (await isDone(index.remove(tab, share)))) this.#written.delete(share)
    // One that the browser refuses keeps none of the others back.
    for (const share of shares) await isDone(this.#put(share))
  }

  /** What is fetched, here, or given from files of this device. A list that no later page could sign on is not handed to one. */
  #kept(id: ShareId): readonly Readonly<ShareState>[] {
    const share = this.#options.swarm.inspect(id)
    if (!share || share.contradicted || (share.isOrigin && !this.#keys.has(id))) return []
    const isWanted = share.wish.state !== 'none' || share.held.count > 0 || share.completed
    return isWanted || share.source === 'away' || isBacked(share) ? [share] : []
  }

  async #put(share: Readonly<ShareState>): Promise<void> {
    const { index, tab } = this.#options
    const { manifest, list, completed } = share
    const id = manifest.share
    const before = this.#written.get(id)
    const wish = wishOf(share)
    const source = this.#sources.get(id) ?? null
    const partCount = list.parts.length
    // Those of a share of ours were written as they were signed.
    const newParts = share.isOrigin ? [] : list.parts.slice(before?.partCount ?? 0, partCount)
    if (newParts.length > 0) await index.putParts(tab, id, newParts)
    const isSame = before?.wish === wish && before.completed === completed && before.source === source
    if (!isSame) {
      const key = this.#keys.get(id) ?? null
      const said = { wish, completed, key, source, manifest: encodeManifest(manifest) }
      await index.put({ version: recordVersion, tab, share: id, ...said, updatedMs: Date.now() })
    }
    this.#written.set(id, { wish, completed, source, partCount })
  }
}

const isBacked = ({ source }: Readonly<ShareState>): boolean => source === 'hashing' || source === 'whole'

function wishOf(share: Readonly<ShareState>): KeptWish {
  if (share.wish.state === 'paused') return 'pause'
  if (share.wish.state !== 'none') return 'fetch'
  const isFromFiles = isBacked(share) || (share.source === 'away' && !share.held.full)
  return isFromFiles ? 'offer' : 'fetch'
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
