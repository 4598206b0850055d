import { hasRelay } from '../link/iceServers.ts'
import type { IceSettings } from '../link/link.ts'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { NoticeBoard } from './noticeBoard.ts'

/** Tells people where two networks let no connection through, once for each peer, and takes it back when somebody is linked. */
export class BlockedPaths {
  readonly #notices: Pick<NoticeBoard, 'add' | 'retract'>
  readonly #ice: () => IceSettings
  readonly #told = new Set<PeerId>()

  constructor(notices: Pick<NoticeBoard, 'add' | 'retract'>, ice: () => IceSettings) {
    this.#notices = notices
    this.#ice = ice
  }

  /** The peer is there, as its signals came, and no way was found to it. It will be tried again. */
  found(peer: PeerId): void {
    if (this.#told.has(peer) || this.#told.size >= limits.rosterEntriesMax) return
    this.#told.add(peer)
    this.#notices.add('warning', { code: 'noWayThrough', hasRelay: hasRelay(this.#ice().servers) })
  }

  /** Somebody is linked. Whoever is still out of reach fails again soon, and is told of again. */
  linked(): void {
    this.#told.clear()
    this.#notices.retract('noWayThrough')
  }
}
