import { hasRelay } from '../link/iceServers.ts'
import type { IceSettings } from '../link/link.ts'
import { Alarm, type Clock } from '../shared/clock.ts'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { NoticeBoard } from './noticeBoard.ts'

/** One may be a page that was left while it was being linked with. */
const failuresToTell = 2

/** Tells people where two networks let no connection through, once for each peer, and takes it back when that is no longer so. */
export class BlockedPaths {
  readonly #notices: Pick<NoticeBoard, 'add' | 'retract'>
  readonly #ice: () => IceSettings
  readonly #forgetting: Alarm
  readonly #clock: Clock
  readonly #failures = new Map<PeerId, number>()
  readonly #told = new Set<PeerId>()

  constructor(notices: Pick<NoticeBoard, 'add' | 'retract'>, ice: () => IceSettings, clock: Clock) {
    this.#notices = notices
    this.#ice = ice
    this.#clock = clock
    this.#forgetting = new Alarm(clock)
  }

  /** The peer is there, as its signals came, and no way was found to it. It will be tried again, unless it is gone. */
  found(peer: PeerId): void {
    const failures = (this.#failures.get(peer) ?? 0) + 1
    if (failures === 1 && this.#failures.size >= limits.rosterEntriesMax) return
    this.#failures.set(peer, failures)
    this.#forgetting.setAt(this.#clock.now() + limits.blockedForgetMs, () => this.#forgetAll())
    if (failures < failuresToTell || this.#told.has(peer)) return
    this.#told.add(peer)
    this.#notices.add('warning', { code: 'noWayThrough', hasRelay: hasRelay(this.#ice().servers) })
  }

  /** Somebody is linked. Whoever is still out of reach fails again soon, and is told of again. */
  linked(peer: PeerId): void {
    this.#failures.delete(peer)
    this.#takeBack()
  }

  /** The peer has left. */
  left(peer: PeerId): void {
    this.#failures.delete(peer)
    if (this.#told.delete(peer) && this.#told.size === 0) this.#takeBack()
  }

  /** Nobody was tried again: whoever is there is tried more often. */
  #forgetAll(): void {
    this.#failures.clear()
    this.#takeBack()
  }

  #takeBack(): void {
    this.#told.clear()
    this.#notices.retract('noWayThrough')
  }
}
