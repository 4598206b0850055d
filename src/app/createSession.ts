import type { Crypto, RoomKeys } from '../crypto/crypto.ts'
import type { IceServer, OpenLink } from '../link/link.ts'
import type { MemberSnapshot, Profile, RoomReport } from '../room/io.ts'
import type { PeerId, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Log } from '../shared/log.ts'
import { seededRandom, type Random } from '../shared/random.ts'
import { unreachable } from '../shared/result.ts'
import type { OpenSignaling } from '../signaling/signaling.ts'
import type { PieceStore } from '../store/pieceStore.ts'
import type { ShareIndex } from '../store/shareIndex.ts'
import type { SwarmReport } from '../swarm/io.ts'
import type { Clock } from './clock.ts'
import { IndexKeeper } from './indexKeeper.ts'
import { takeDataTransfer, takeFileList, type Intake, type IntakeReport } from './intake.ts'
import { NoticeBoard } from './noticeBoard.ts'
import { RoomDriver } from './roomDriver.ts'
import { saveFaultDetail, saveFromStore, type SaveWay } from './savingShares.ts'
import type { Session } from './session.ts'
import { ShareViews } from './shareViews.ts'
import { Sharing } from './sharing.ts'
import { SwarmDriver } from './swarmDriver.ts'
import type { Notice, NoticeMessage } from './view.ts'
import { ViewWriter } from './viewWriter.ts'

/** Everything a session is made of: the real parts in a page, their twins in a test. */
export interface SessionParts {
  readonly self: PeerId
  readonly profile: Profile
  readonly roomLink: string
  /** We made this room just now. */
  readonly fresh: boolean
  readonly random: Random
  readonly clock: Clock
  readonly crypto: Crypto
  readonly keys: RoomKeys
  readonly log: Log
  /** Something threw that only a bug can make throw. */
  readonly bugFound: (error: unknown) => void
  /** The log as text. */
  readonly details: () => string
  readonly brokers: readonly OpenSignaling[]
  readonly openLink: OpenLink
  readonly iceServers: readonly IceServer[]
  readonly store: PieceStore
  readonly index: ShareIndex
  /** Names this page in the index. */
  readonly tab: string
  /** 0 for none. */
  readonly uploadLimitBytesPerSecond: number
  readonly save: SaveWay
  /** Null where the browser has no pickers. */
  readonly saveAs: SaveWay | null
}

/** A session, and what only the page around it and tests call. */
export interface OpenSession extends Session {
  /** Offers what was dropped. */
  share(intake: Intake): Promise<void>
  /** The page woke, came back to the front, or got a network. */
  resumeRoom(): void
}

/** Joins the room and keeps all parts going until `close`. */
export function createSession(parts: SessionParts): OpenSession {
  return new AppSession(parts)
}

class AppSession implements OpenSession {
  readonly #parts: SessionParts
  readonly #notices: NoticeBoard
  readonly #swarm: SwarmDriver
  readonly #room: RoomDriver
  readonly #sharing: Sharing
  readonly #shares: ShareViews
  readonly #view: ViewWriter
  readonly #index: IndexKeeper
  /** Names of members, also of those just gone. */
  readonly #names = new Map<PeerId, string>()
  #readingFiles: number | null = null

  constructor(parts: SessionParts) {
    const { clock, random, store } = parts
    const changed = (): void => this.#touch()
    this.#parts = parts
    this.#notices = new NoticeBoard(changed)
    this.#swarm = new SwarmDriver({
      // The picker draws lots by the thousand, and nothing hangs on them: no need to ask the browser each time.
      random: seededRandom(random()),
      clock,
      store,
      log: parts.log,
      bugFound: parts.bugFound,
      uploadLimitBytesPerSecond: parts.uploadLimitBytesPerSecond,
      network: {
        send: (peer, bytes) => this.#room.send(peer, bytes),
        waitingBytes: (peer) => this.#room.waitingBytes(peer),
        ban: (peer, reason) => this.#room.ban(peer, reason),
      },
      listener: {
        reported: (report) => this.#swarmReported(report),
        sourceLost: (share) => this.notify('error', { code: 'sourceChanged', name: this.#shareName(share) }),
        sourceUnreadable: (share) => {
          this.notify('error', { code: 'unreadable', name: this.#shareName(share) })
          this.remove(share)
        },
        changed,
      },
    })
    const memoryLimitBytes = store.kind === 'memory' ? limits.memoryStoreMaxBytes : Infinity
    this.#shares = new ShareViews(this.#swarm.swarm, memoryLimitBytes)
    this.#sharing = new Sharing({
      random,
      crypto: parts.crypto,
      driver: this.#swarm,
      show: (share) => this.#shares.hidden.delete(share),
      notify: (level, message) => this.notify(level, message),
    })
    this.#index = new IndexKeeper({ index: parts.index, tab: parts.tab, swarm: this.#swarm.swarm, clock })
    this.#room = this.#openRoom(parts, changed)
    this.#view = new ViewWriter(
      {
        roomLink: parts.roomLink,
        self: parts.self,
        profile: parts.profile,
        storage: store.kind === 'disk' ? { kind: 'disk' } : { kind: 'memory', limitBytes: memoryLimitBytes },
        notices: this.#notices,
        shares: this.#shares,
        members: () => this.#room.members(),
        signaling: () => this.#room.signalingState(),
        readingFiles: () => this.#readingFiles,
      },
      clock,
    )
  }

  #openRoom(parts: SessionParts, changed: () => void): RoomDriver {
    return new RoomDriver({
      ...parts,
      listener: {
        peerLinked: (peer) => this.#swarm.handle({ type: 'peerLinked', peer }),
        peerUnlinked: (peer) => {
          this.#shares.memberLeaves(peer, this.#names.get(peer) ?? '')
          this.#swarm.peerUnlinked(peer)
        },
        messageArrived: (peer, bytes) => this.#swarm.messageArrived(peer, bytes),
        drained: (peer) => this.#swarm.drained(peer),
        reported: (report) => this.#roomReported(report),
        changed,
      },
    })
  }

  get view(): Session['view'] {
    return this.#view.view
  }

  get canSaveAs(): boolean {
    return this.#parts.saveAs !== null
  }

  takeDataTransfer(transfer: DataTransfer): void {
    const seen = (fileCount: number): void => {
      this.#readingFiles = fileCount
      this.#touch()
    }
    void takeDataTransfer(transfer, seen).then((report) => this.#takeIn(report))
  }

  takeFiles(files: FileList): void {
    this.#takeIn(takeFileList(files))
  }

  #takeIn({ intakes, unreadable, empty, tooMany }: IntakeReport): void {
    this.#readingFiles = null
    for (const name of unreadable) this.notify('error', { code: 'unreadable', name })
    for (const name of tooMany) this.notify('error', { code: 'tooMuch', name })
    for (const name of empty) this.notify('warning', { code: 'emptyFolder', name })
    const isNothing = intakes.length + unreadable.length + empty.length + tooMany.length === 0
    if (isNothing) this.notify('warning', { code: 'nothingToShare' })
    for (const intake of intakes) void this.share(intake)
    this.#touch()
  }

  async share(intake: Intake): Promise<void> {
    return this.#sharing.share(intake)
  }

  download(share: ShareId): void {
    this.#swarm.handle({ type: 'downloadAsked', share })
  }

  downloadAll(): void {
    for (const { share, source, state } of this.#swarm.swarm.shares()) {
      if (state === 'offered' && source === 'none' && !this.#shares.hidden.has(share)) this.download(share)
    }
  }

  pause(share: ShareId): void {
    this.#swarm.handle({ type: 'pauseAsked', share })
  }

  resume(share: ShareId): void {
    this.#swarm.handle({ type: 'resumeAsked', share })
  }

  cancel(share: ShareId): void {
    this.#swarm.handle({ type: 'cancelAsked', share })
  }

  remove(share: ShareId): void {
    this.#shares.hidden.add(share)
    this.#swarm.handle({ type: 'removeAsked', share })
  }

  save(share: ShareId): void {
    void this.#save(share, this.#parts.save)
  }

  saveAs(share: ShareId): void {
    if (this.#parts.saveAs) void this.#save(share, this.#parts.saveAs)
  }

  async #save(share: ShareId, way: SaveWay): Promise<void> {
    const manifest = this.#swarm.swarm.inspect(share)?.manifest
    if (!manifest || this.#shares.saving.has(share)) return
    const progressed = (savedBytes: number): void => {
      this.#shares.saving.set(share, savedBytes)
      this.#touch()
    }
    progressed(0)
    const saved = await saveFromStore(this.#parts.store, manifest, way, progressed)
    this.#shares.saving.delete(share)
    this.#touch()
    const detail = saved.ok ? null : saveFaultDetail(saved.fault)
    if (detail !== null) this.notify('error', { code: 'saveFailed', name: manifest.name, detail })
  }

  unfold(share: ShareId, isUnfolded: boolean): void {
    if (isUnfolded) this.#shares.unfolded.add(share)
    else this.#shares.unfolded.delete(share)
    this.#view.write()
  }

  details(): string {
    return this.#parts.details()
  }

  notify(level: Notice['level'], message: NoticeMessage): void {
    this.#notices.add(level, message)
  }

  dismiss(notice: number): void {
    this.#notices.dismiss(notice)
  }

  resumeRoom(): void {
    this.#room.resume()
  }

  close(): void {
    this.#room.leave()
    this.#swarm.close()
    this.#view.close()
    this.#index.close()
    void this.#parts.store.close()
  }

  #touch(): void {
    // Parts speak up while they are being built; the view begins with what they said.
    this.#view?.touch()
    this.#index?.touch()
    this.#watchBroker()
  }

  #isBrokerMissed = false

  /** Says once that the broker cannot be reached, however often it is tried again, and takes it back when it is there. */
  #watchBroker(): void {
    const signaling = this.#room?.signalingState() ?? 'connecting'
    const isOffline = signaling === 'offline' && this.#parts.brokers.length > 0
    if (isOffline && !this.#isBrokerMissed) {
      this.#isBrokerMissed = true
      this.notify('warning', { code: 'brokerUnreachable' })
    }
    if (signaling === 'online' && this.#isBrokerMissed) {
      this.#isBrokerMissed = false
      this.#notices.retract('brokerUnreachable')
    }
  }

  #shareName(share: ShareId): string {
    return this.#swarm.swarm.inspect(share)?.manifest.name ?? ''
  }

  #swarmReported(report: SwarmReport): void {
    switch (report.type) {
      case 'shareCompleted':
        if (this.#swarm.swarm.inspect(report.share)?.source === 'none') {
          this.notify('info', { code: 'shareComplete', name: this.#shareName(report.share) })
        }
        return
      case 'shareGone':
        this.#shares.hidden.delete(report.share)
        return
      case 'shareAppeared':
      case 'sourceDiffers':
      case 'sharesIgnored':
      case 'shareUnseen':
      case 'peerMisbehaved':
        return
      default:
        return unreachable(report)
    }
  }

  #roomReported(report: RoomReport): void {
    if (report.type === 'roomFull') return this.#turnedAway(report.peer)
    if (report.type === 'memberJoined') this.#notices.retract('roomFull')
    const name = report.profile?.name ?? this.#names.get(report.peer) ?? ''
    this.#names.set(report.peer, name)
    if (name !== '') this.notify('info', { code: report.type, name })
    if (report.type === 'memberLeft') this.#names.delete(report.peer)
  }

  /** Those inside hear of it too: they have nothing to wait for. */
  #turnedAway(by: PeerId): void {
    const others = this.#room.members().filter((member) => member.peer !== by && isLinked(member))
    const isInside = others.length >= limits.membersMax - 1
    if (!isInside) this.notify('warning', { code: 'roomFull', membersMax: limits.membersMax })
  }
}

const isLinked = ({ state }: MemberSnapshot): boolean => state === 'direct' || state === 'relayed'
