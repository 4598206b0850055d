import type { MemberSnapshot } from '../room/io.ts'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { SignalingState } from '../signaling/signaling.ts'
import { Alarm, type Clock } from '../shared/clock.ts'
import { hueOf } from './names.ts'
import type { ShareViews } from './shareViews.ts'
import type { MemberView, View } from './view.ts'
import type { ViewStore } from './viewStore.ts'

/** Where the session's parts of the view come from. */
export interface ViewSources {
  readonly storage: View['storage']
  readonly shares: ShareViews
  members(): MemberSnapshot[]
  signaling(): SignalingState
  /** Connections that carry the link to the peer; 0 when there is none. */
  lanes(peer: PeerId): number
}

/** Writes the view a few times a second while anything changes, and once more when all is still, so that speeds fall to zero. */
export class ViewWriter {
  readonly #sources: ViewSources
  readonly #clock: Clock
  readonly #alarm: Alarm
  readonly #store: ViewStore

  constructor(sources: ViewSources, store: ViewStore, clock: Clock) {
    this.#sources = sources
    this.#clock = clock
    this.#alarm = new Alarm(clock)
    this.#store = store
    this.write()
  }

  /** Something is different now. */
  touch(): void {
    this.#alarm.setWithin(limits.viewIntervalMs, () => this.write())
  }

  write(): void {
    const { storage, shares: views } = this.#sources
    const members = this.#sources.members()
    const names = new Map(members.map((member) => [member.peer, member.profile?.name ?? '']))
    const shares = views.views(members, (peer) => names.get(peer) ?? '', this.#clock.now())
    this.#store.setState({
      signaling: this.#sources.signaling(),
      members: members.map((member) => memberView(member, this.#sources.lanes(member.peer))),
      shares,
      storage,
    })
    if (shares.some(isLively)) this.touch()
  }

  close(): void {
    this.#alarm.stop()
  }
}

/** Its numbers change by themselves as time passes. */
const isLively = (share: View['shares'][number]): boolean =>
  share.state === 'downloading' ||
  share.downBytesPerSecond > 0 ||
  share.upBytesPerSecond > 0 ||
  share.sourceCount > 0

const memberView = ({ peer, profile, state }: MemberSnapshot, lanes: number): MemberView => ({
  peer,
  name: profile?.name ?? '',
  device: profile?.device ?? 'desktop',
  hue: hueOf(peer),
  state,
  lanes,
})
