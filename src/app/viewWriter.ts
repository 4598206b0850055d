import { createStore, type StoreApi } from 'zustand/vanilla'
import type { MemberSnapshot, Profile } from '../room/io.ts'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { SignalingState } from '../signaling/signaling.ts'
import { Alarm, type Clock } from './clock.ts'
import { hueOf } from './names.ts'
import type { NoticeBoard } from './noticeBoard.ts'
import type { ReadableStore } from './session.ts'
import type { ShareViews } from './shareViews.ts'
import type { MemberView, View } from './view.ts'

/** Where the view's parts come from. */
export interface ViewSources {
  readonly roomLink: string
  readonly self: PeerId
  readonly profile: Profile
  readonly storage: View['storage']
  readonly notices: NoticeBoard
  readonly shares: ShareViews
  members(): MemberSnapshot[]
  signaling(): SignalingState
  readingFiles(): number | null
}

/** Writes the view a few times a second while anything changes, and once more when all is still, so that speeds fall to zero. */
export class ViewWriter {
  readonly #sources: ViewSources
  readonly #clock: Clock
  readonly #alarm: Alarm
  readonly #store: StoreApi<View>

  constructor(sources: ViewSources, clock: Clock) {
    this.#sources = sources
    this.#clock = clock
    this.#alarm = new Alarm(clock)
    this.#store = createStore<View>(() => this.#view())
  }

  get view(): ReadableStore<View> {
    return this.#store
  }

  /** Something is different now. */
  touch(): void {
    this.#alarm.setWithin(limits.viewIntervalMs, () => this.write())
  }

  write(): void {
    const view = this.#view()
    this.#store.setState(view, true)
    if (view.shares.some(isLively)) this.touch()
  }

  close(): void {
    this.#alarm.stop()
  }

  #view(): View {
    const { roomLink, self, profile, storage, notices, shares } = this.#sources
    const members = this.#sources.members()
    const names = new Map(members.map((member) => [member.peer, member.profile?.name ?? '']))
    return {
      roomLink,
      signaling: this.#sources.signaling(),
      me: { peer: self, ...profile, hue: hueOf(self), state: 'direct' },
      members: members.map(memberView),
      shares: shares.views(members, (peer) => names.get(peer) ?? '', this.#clock.now()),
      notices: notices.notices,
      storage,
      readingFiles: this.#sources.readingFiles(),
    }
  }
}

/** Its numbers change by themselves as time passes. */
const isLively = (share: View['shares'][number]): boolean =>
  share.state === 'downloading' ||
  share.downBytesPerSecond > 0 ||
  share.upBytesPerSecond > 0 ||
  share.sourceCount > 0

const memberView = ({ peer, profile, state }: MemberSnapshot): MemberView => ({
  peer,
  name: profile?.name ?? '',
  device: profile?.device ?? 'desktop',
  hue: hueOf(peer),
  state,
})
