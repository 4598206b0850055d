import type { MemberSnapshot } from '../room/io.ts'
import type { DeviceId, Millis, PeerId, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { SignalingState } from '../signaling/signaling.ts'
import { Alarm, type Clock } from '../shared/clock.ts'
import type { Acquaintances } from './acquaintances.ts'
import { hueOf } from './names.ts'
import type { NamesOf, ShareViews } from './shareViews.ts'
import type { AcquaintanceView, MemberView, OriginView, View } from './view.ts'
import type { ViewStore } from './viewStore.ts'

/** Where the session's parts of the view come from. */
export interface ViewSources {
  readonly storage: View['storage']
  readonly shares: ShareViews
  readonly room: {
    members(): MemberSnapshot[]
    signalingState(): SignalingState
    brokers(): View['brokers']
    /** Members that give the share, linked with us or not. */
    readonly giversOf: NamesOf['giversOf']
    /** Connections that carry the link to the peer; 0 when there is none. */
    readonly links: { lanes(peer: PeerId): number }
  }
  hiding(): View['hiding']
  /** `here`: names of those in the room, by device. */
  originOf(share: ShareId, here: ReadonlyMap<DeviceId, string>): OriginView | null
  /** Those in the room, before they are shown. */
  noticed(members: readonly MemberSnapshot[]): void
  /** Null until they are loaded. */
  acquaintances(): Pick<Acquaintances, 'of' | 'count'> | null
}

/**
 * Writes the view a few times a second while anything changes, and once more when all is still, so that speeds fall to zero. On a busy
 * machine less often: drawing must not take the time that the transfer needs.
 */
export class ViewWriter {
  readonly #sources: ViewSources
  readonly #clock: Clock
  readonly #alarm: Alarm
  readonly #store: ViewStore
  /** What the last writing took, and with it the drawing that it set off; and when it began. */
  #tookMs: Millis = 0
  #writtenAt: Millis = -Infinity

  constructor(sources: ViewSources, store: ViewStore, clock: Clock) {
    this.#sources = sources
    this.#clock = clock
    this.#alarm = new Alarm(clock)
    this.#store = store
    this.write()
  }

  /** Something is different now. */
  touch(): void {
    const intervalMs = Math.max(limits.viewIntervalMs, this.#tookMs / limits.viewTimePart)
    this.#alarm.setWithin(Math.min(limits.viewIntervalMaxMs, intervalMs), () => this.write())
  }

  /** Something happened that people wait for. Where hundreds of such things happen one after the other, they are not each drawn. */
  touchNow(): void {
    const at = this.#writtenAt + Math.min(limits.viewIntervalMs, this.#tookMs / limits.viewNowTimePart)
    this.#alarm.setAt(Math.max(this.#clock.now(), at), () => this.write())
  }

  write(): void {
    const from = this.#clock.now()
    this.#writtenAt = from
    const sources = this.#sources
    const { storage, shares: views } = sources
    const acquaintances = sources.acquaintances()
    const members = sources.room.members()
    sources.noticed(members)
    const names = new Map(members.map((member) => [member.peer, member.profile?.name ?? '']))
    const nameOf = (peer: PeerId): string => names.get(peer) ?? ''
    const here = namesByDevice(members)
    const shares = views.views(
      members,
      {
        nameOf,
        originOf: (share) => sources.originOf(share, here),
        giversOf: (share) => sources.room.giversOf(share),
      },
      this.#clock.now(),
    )
    this.#store.setState({
      signaling: sources.room.signalingState(),
      brokers: sources.room.brokers(),
      members: members.map((member) =>
        memberView(member, sources.room.links.lanes(member.peer), acquaintances?.of(member.peer) ?? stranger),
      ),
      hiding: sources.hiding(),
      contactCount: acquaintances?.count ?? 0,
      shares,
      storage,
    })
    // React draws what has changed in a microtask of its own.
    queueMicrotask(() => {
      this.#tookMs = this.#clock.now() - from
    })
    if (shares.some(isLively)) this.touch()
  }

  close(): void {
    this.#alarm.stop()
  }
}

/** Of a device whose name two of its pages say differently, the one that has been here longer counts. */
function namesByDevice(members: readonly MemberSnapshot[]): ReadonlyMap<DeviceId, string> {
  const names = new Map<DeviceId, string>()
  for (const { device, profile } of members)
    if (device !== null && profile !== null && !names.has(device)) names.set(device, profile.name)
  return names
}

/** Its numbers change by themselves as time passes. */
const isLively = (share: View['shares'][number]): boolean =>
  share.state === 'downloading' ||
  share.downBytesPerSecond > 0 ||
  share.upBytesPerSecond > 0 ||
  share.sourceCount > 0

/** Nothing is known, or not yet. */
const stranger: AcquaintanceView = {
  met: null,
  isCompared: false,
  isRemembered: false,
  isThisDevice: false,
  likeness: null,
}

const memberView = (
  { peer, profile, device, state }: MemberSnapshot,
  lanes: number,
  acquaintance: AcquaintanceView,
): MemberView => ({
  peer,
  name: profile?.name ?? '',
  device: profile?.device ?? 'desktop',
  hue: hueOf(peer),
  deviceId: device,
  state,
  lanes,
  acquaintance,
})
