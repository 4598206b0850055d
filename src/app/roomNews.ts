import type { IceSettings } from '../link/link.ts'
import type { RoomReport } from '../room/io.ts'
import type { Clock } from '../shared/clock.ts'
import type { PeerId } from '../shared/ids.ts'
import type { BrokerTrouble, SignalingState } from '../signaling/signaling.ts'
import { BlockedPaths } from './blockedPaths.ts'
import type { NoticeBoard } from './noticeBoard.ts'
import type { BrokerView, MetView, NoticeMessage } from './view.ts'

const brokerNotices = {
  unreachable: 'brokerUnreachable',
  full: 'brokerFull',
  refusing: 'brokerRefusing',
  silent: 'brokerSilent',
} as const satisfies Record<BrokerTrouble, NoticeMessage['code']>

/** Of several each has its own reason. */
function whyNone(brokers: readonly BrokerView[]): NoticeMessage {
  const [only, ...others] = brokers
  if (others.length === 0) return { code: brokerNotices[only?.trouble ?? 'unreachable'] }
  return { code: 'brokersOffline', brokers: brokers.map(({ name, trouble }) => ({ name, trouble })) }
}

/** Tells people who comes and goes, who is out of reach, and whether newcomers can still find the room. */
export class RoomNews {
  readonly #notices: NoticeBoard
  /** Names of members, also of those just gone. */
  readonly #names = new Map<PeerId, string>()
  readonly #paths: BlockedPaths
  #brokersMissed: NoticeMessage | null = null

  constructor(notices: NoticeBoard, ice: () => IceSettings, clock: Clock) {
    this.#notices = notices
    this.#paths = new BlockedPaths(notices, ice, clock)
  }

  /** The peer is there, and no way was found to it. */
  blocked(peer: PeerId): void {
    this.#paths.found(peer)
  }

  /** Empty where it has not said. */
  nameOf(peer: PeerId): string {
    return this.#names.get(peer) ?? ''
  }

  /** `met`: when the member of whom the report is was met before now; null for a stranger. */
  reported(report: RoomReport, met: MetView | null): void {
    if (report.type === 'memberJoined' || report.type === 'memberLinked') this.#paths.linked(report.peer)
    const name = report.profile?.name ?? this.nameOf(report.peer)
    this.#names.set(report.peer, name)
    if (report.type === 'memberLinked') return
    if (report.type === 'memberBanned') this.#notices.add('warning', { code: report.type, name })
    else if (report.type === 'memberJoined' && met)
      this.#notices.add('info', { code: 'memberBack', name, met })
    else if (name !== '') this.#notices.add('info', { code: report.type, name })
    if (report.type === 'memberLeft' || report.type === 'memberBanned') {
      this.#names.delete(report.peer)
      this.#paths.left(report.peer)
    }
  }

  /** Says once that no broker takes us, and why, however often it is tried again, and takes it back when one is there. */
  signaling(state: SignalingState, brokers: readonly BrokerView[]): void {
    if (state === 'connecting') return
    const missed = state === 'offline' ? whyNone(brokers) : null
    if (JSON.stringify(missed) === JSON.stringify(this.#brokersMissed)) return
    if (this.#brokersMissed !== null) this.#notices.retract(this.#brokersMissed.code)
    this.#brokersMissed = missed
    if (missed !== null) this.#notices.add('warning', missed)
  }
}
