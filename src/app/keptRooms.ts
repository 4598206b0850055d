import { sha256AtOnce } from '../crypto/nobleHashes.ts'
import { pieceLength } from '../shared/geometry.ts'
import type { ShareId } from '../shared/ids.ts'
import type { KeptStore } from '../store/keptStore.ts'
import type { ShareRecord } from '../store/shareIndex.ts'
import { isTabOf } from '../store/tabFolders.ts'
import { geometryOf, manifestOf, pieceCountOf, type Manifest } from '../swarm/manifest.ts'
import type { KeptRoomView, KeptShareView, KeptView } from './view.ts'

export interface KeptRoomsOptions {
  readonly store: KeptStore
  /** The room of this page. */
  readonly room: string
  /** The name of this page's tab. */
  readonly tab: string
  /** Milliseconds since 1970, as this device has it. */
  readonly wallMs: () => number
  /** Shares of this page are its session's to forget. */
  readonly remove: (share: ShareId) => void
}

/** What this browser keeps of all rooms: looked through when somebody asks, and forgotten when somebody says so. */
export class KeptRooms {
  readonly #options: KeptRoomsOptions
  /** Shares of this page that were forgotten, and when: their records go a moment later. */
  readonly #removedMs = new Map<ShareId, number>()

  constructor(options: KeptRoomsOptions) {
    this.#options = options
  }

  async view(): Promise<KeptView> {
    const { store } = this.#options
    const [rooms, records, openTabs] = await Promise.all([store.rooms(), store.records(), store.openTabs()])
    const views: KeptRoomView[] = []
    for (const { room, secret, openedMs } of rooms.toSorted((a, b) => b.openedMs - a.openedMs)) {
      const own = records.filter((record) => isTabOf(room, record.tab) && !this.#isRemoved(record))
      const shares: KeptShareView[] = []
      // One after the other: a room may have hundreds, and each is a file to be opened.
      for (const record of own) shares.push(...(await this.#share(record, openTabs)))
      if (shares.length === 0) continue
      const keptBytes = shares.reduce((sum, share) => sum + share.keptBytes, 0)
      views.push({ room, fragment: secret, openedMs, where: this.#where(room, openTabs), keptBytes, shares })
    }
    const freeBytes = await store.freeBytes()
    return { rooms: views, freeBytes: Number.isFinite(freeBytes) ? freeBytes : null }
  }

  async forgetRoom(room: string): Promise<void> {
    const { store, tab: ownTab } = this.#options
    const records = (await store.records()).filter(({ tab }) => isTabOf(room, tab))
    for (const record of records)
      if (record.tab === ownTab && (await this.#takesSpace(record))) this.#remove(record.share)
    const others = new Set(records.map(({ tab }) => tab).filter((tab) => tab !== ownTab))
    if (room !== this.#options.room) return store.forgetRoom(room, [...others])
    for (const { tab, share } of records) if (tab !== ownTab) await store.forgetShare(tab, share)
  }

  async forgetShare(tab: string, share: ShareId): Promise<void> {
    if (tab === this.#options.tab) this.#remove(share)
    else await this.#options.store.forgetShare(tab, share)
  }

  #remove(share: ShareId): void {
    this.#removedMs.set(share, this.#options.wallMs())
    this.#options.remove(share)
  }

  #isRemoved({ tab, share, updatedMs }: ShareRecord): boolean {
    return tab === this.#options.tab && updatedMs <= (this.#removedMs.get(share) ?? -Infinity)
  }

  #where(room: string, openTabs: ReadonlySet<string>): KeptRoomView['where'] {
    if (room === this.#options.room) return 'here'
    return [...openTabs].some((tab) => isTabOf(room, tab)) ? 'open' : 'closed'
  }

  /** None where somebody changed it on the disk. */
  async #share(
    { tab, share, manifest, wish }: ShareRecord,
    openTabs: ReadonlySet<string>,
  ): Promise<readonly KeptShareView[]> {
    const known = manifestOf(share, manifest, sha256AtOnce)
    if (known === null) return []
    const { name, kind, sizeBytes } = known
    const keptBytes = await this.#keptBytes(tab, known)
    const isOpen = tab !== this.#options.tab && openTabs.has(tab)
    return [{ tab, share, name, kind, sizeBytes, keptBytes, isGiven: wish === 'offer', isOpen }]
  }

  /** What is fetched, or given from here and copied, and not what is only read where it lies. */
  async #takesSpace({ tab, share, manifest, wish }: ShareRecord): Promise<boolean> {
    const known = wish === 'offer' ? manifestOf(share, manifest, sha256AtOnce) : null
    return known === null || (await this.#keptBytes(tab, known)) > 0
  }

  async #keptBytes(tab: string, manifest: Manifest): Promise<number> {
    const marks = await this.#options.store.marks(tab, manifest.share, pieceCountOf(manifest))
    const geometry = geometryOf(manifest)
    return marks.reduce((sum, mark, piece) => sum + (mark === 1 ? pieceLength(geometry, piece) : 0), 0)
  }
}
