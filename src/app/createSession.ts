import type { Engine, EngineEvent } from '../engine/engine.ts'
import type { PeerId, ShareId } from '../shared/ids.ts'
import type { RoomReport } from '../room/io.ts'
import { guardWith } from '../shared/guard.ts'
import { unreachable } from '../shared/result.ts'
import type { SwarmReport } from '../swarm/io.ts'
import type { Acquaintances } from './acquaintances.ts'
import { EarlierFiles } from './earlierFiles.ts'
import type { Intake, IntakeReport } from './intake.ts'
import { tellLeftOut } from './intakeNews.ts'
import { KnownShares } from './knownShares.ts'
import { LaterByHand } from './laterByHand.ts'
import { RoomDriver } from './roomDriver.ts'
import { RoomNews } from './roomNews.ts'
import { RoomShareTeller } from './roomShares.ts'
import { Saver } from './saver.ts'
import { Keeping } from './keeping.ts'
import type {
  ConnectionActions,
  HandActions,
  KeepingActions,
  PeopleActions,
  ShareActions,
} from './session.ts'
import type { SessionParts } from './sessionParts.ts'
import { ShareOrigins } from './shareOrigins.ts'
import { ShareViews } from './shareViews.ts'
import { Sharing } from './sharing.ts'
import { tellRoom } from './tellRoom.ts'
import { ViewWriter } from './viewWriter.ts'

/** A session, and what only the page around it and tests call. */
export interface OpenSession extends ShareActions, PeopleActions, ConnectionActions {
  readonly byHand: HandActions
  readonly keeping: KeepingActions
  /** Whether this browser can save to a chosen place. */
  readonly canSaveAs: boolean
  /** Offers what was dropped or picked, and says what of it could not be taken. */
  takeIn(report: IntakeReport): void
  share(intake: Intake): Promise<void>
  /** The page woke, came back to the front, or got a network. */
  resumeRoom(): void
  /** Leaves the room and frees everything. */
  close(): void
}

/** Joins the room and keeps all parts going until `close`. */
export function createSession(parts: SessionParts): OpenSession {
  return new AppSession(parts)
}

class AppSession implements OpenSession {
  readonly #parts: SessionParts
  readonly #engine: Engine
  readonly #known = new KnownShares()
  readonly #roomShares = new RoomShareTeller()
  readonly #room: RoomDriver
  readonly #news: RoomNews
  readonly #sharing: Sharing
  readonly #origins: ShareOrigins
  readonly #files: EarlierFiles
  readonly keeping: Keeping
  /** What an earlier page of this tab had is known. */
  readonly #restored: Promise<void>
  readonly #saver: Saver
  readonly #shares: ShareViews
  readonly #view: ViewWriter
  readonly byHand: LaterByHand
  /** Null until they are loaded. */
  #acquaintances: Acquaintances | null = null

  constructor(parts: SessionParts) {
    const { clock, notices, crypto, engine } = parts
    const { storage } = engine
    const changed = (): void => this.#touch()
    this.#parts = parts
    this.#news = new RoomNews(notices, parts.ice.settings, clock)
    this.#files = new EarlierFiles({
      ...parts.files,
      share: (intake) => this.#sharing.share(intake),
      isAway: (share) => this.#isAway(share),
      isChanged: (share, intake) => this.#sharing.isChanged(share, intake),
      notFound: (share) => notices.add('warning', { code: 'filesNotFound', name: this.#shareName(share) }),
      replaced: (share) => this.remove(share),
      bugFound: parts.bugFound,
    })
    this.#shares = new ShareViews(this.#known, {
      memoryLimitBytes: storage.kind === 'memory' ? storage.limitBytes : Infinity,
      canAsk: (share) => this.#files.canAsk(share),
    })
    this.#engine = engine.start(guardWith(parts.bugFound)((event) => this.#engineTold(event)))
    this.keeping = new Keeping({
      ...parts,
      tab: engine.tab,
      engine: this.#engine,
      forgotten: (share) => this.#saver.forget(share),
    })
    const shared = { ...parts, known: this.#known }
    this.#saver = new Saver({
      ...shared,
      store: this.#engine,
      shares: this.#shares,
      progressed: changed,
      changed: () => this.#view.touchNow(),
    })
    this.#sharing = new Sharing({
      ...shared,
      engine: this.#engine,
      show: (share) => void this.#shares.hidden.delete(share),
      hide: (share) => void this.#shares.hidden.add(share),
      remove: (share) => this.remove(share),
    })
    this.#origins = new ShareOrigins({
      crypto,
      self: parts.identity.device,
      rememberedName: (device) => this.#acquaintances?.nameOf(device) ?? null,
      changed,
      bugFound: parts.bugFound,
    })
    this.#restored = this.#restore().catch(parts.bugFound)
    this.#room = new RoomDriver({
      ...parts,
      bulk: this.#engine,
      listener: {
        reported: (report) => this.#roomReported(report),
        changed: () => this.#touch(),
        blocked: (peer) => this.#news.blocked(peer),
      },
    })
    this.#roomShares.tell(this.#known.all(), this.#room)
    this.byHand = new LaterByHand({ ...parts, open: parts.openHand, port: this.#room.byHand })
    this.#view = new ViewWriter(
      {
        storage,
        shares: this.#shares,
        room: this.#room,
        hiding: () => parts.ice.hiding,
        originOf: (...of) => this.#origins.viewOf(...of),
        acquaintances: () => this.#acquaintances,
        noticed: (members) => this.#acquaintances?.noticed(members),
      },
      parts.view,
      clock,
    )
    parts.acquaintances.then((loaded) => {
      this.#acquaintances = loaded
      this.#touch()
    }, parts.bugFound)
  }

  /** Goes on with what an earlier page of this tab had: what was to be handed over still is. */
  async #restore(): Promise<void> {
    const shares = await this.#engine.restore()
    for (const { share, wish, completed } of shares) {
      if (wish === 'offer' || completed) continue
      this.#saver.whenComplete(share)
      // Its last pieces were on the disk.
      if (this.#known.get(share)?.state === 'complete') this.#saver.completed(share)
    }
    this.#files.restored(shares)
  }

  get canSaveAs(): boolean {
    return this.#saver.canSaveAs
  }

  takeIn(report: IntakeReport): void {
    const { notices, bugFound } = this.#parts
    tellLeftOut(report, notices)
    for (const intake of report.intakes) this.share(intake).catch(bugFound)
  }

  async share(intake: Intake): Promise<void> {
    // It may be what an earlier page shared.
    await this.#restored
    return this.#sharing.share(intake)
  }

  download(share: ShareId): void {
    this.#saver.whenComplete(share)
    this.#engine.want('downloadAsked', share)
  }

  downloadAll(): void {
    for (const { share, source, state, contradicted } of this.#known.all()) {
      const isTakeable = state === 'offered' && source === 'none' && !contradicted
      if (isTakeable && !this.#shares.hidden.has(share)) this.download(share)
    }
  }

  pause(share: ShareId): void {
    this.#engine.want('pauseAsked', share)
  }

  resume(share: ShareId): void {
    const isAsked = this.#isAway(share) && this.#files.canAsk(share)
    if (isAsked) this.#files.giveAgain(share).catch(this.#parts.bugFound)
    else this.#engine.want('resumeAsked', share)
  }

  cancel(share: ShareId): void {
    this.#saver.forget(share)
    this.#engine.want('cancelAsked', share)
  }

  remove(share: ShareId): void {
    this.#saver.forget(share)
    this.#shares.hidden.add(share)
    this.#engine.want('removeAsked', share)
  }

  save(share: ShareId): void {
    this.#saver.save(share)
  }

  saveAs(share: ShareId): void {
    this.#saver.saveAs(share)
  }

  unfold(share: ShareId, isUnfolded: boolean): void {
    this.#engine.lookAt(share, isUnfolded)
  }

  compared(peer: PeerId, isCompared: boolean): void {
    this.#acquaintances?.compared(peer, isCompared)
    this.#view.write()
  }

  forget(peer: PeerId): void {
    this.#acquaintances?.forget(peer)
    this.#view.write()
  }

  forgetEveryone(): void {
    this.#acquaintances?.forgetEveryone()
    this.#view.write()
  }

  /** It waits for files that an earlier page gave it from. */
  #isAway(share: ShareId): boolean {
    const known = this.#known.get(share)
    return known?.source === 'away' && known.state === 'offered'
  }

  hideAddress(isHidden: boolean): void {
    this.#parts.ice.hide(isHidden)
    this.#view.write()
  }

  helpOthers(isHelping: boolean): void {
    this.#engine.carry(isHelping)
    this.#parts.view.setState({ isHelping })
  }

  get checkConnection(): ConnectionActions['checkConnection'] {
    return this.#parts.checkConnection
  }

  resumeRoom(): void {
    this.#room.resume()
  }

  close(): void {
    this.#room.leave()
    this.byHand.close()
    this.#parts.ice.close()
    this.#engine.close().catch(this.#parts.bugFound)
    this.#view.close()
  }

  #roomReported(report: RoomReport): void {
    if (report.type === 'memberBanned') this.#acquaintances?.banned(report.peer)
    const members = this.#room.members()
    this.#acquaintances?.noticed(members)
    this.#news.reported(report, this.#acquaintances?.of(report.peer)?.met ?? null)
  }

  #touch(): void {
    // Parts speak up while they are being built; the view begins with what they said.
    this.#view?.touch()
    if (this.#room !== undefined && this.#parts.brokers.length > 0)
      this.#news.signaling(this.#room.signalingState(), this.#room.brokers())
  }

  #shareName(share: ShareId): string {
    return this.#known.get(share)?.manifest.name ?? ''
  }

  #tellIgnored(code: 'theirSharesIgnored' | 'ourSharesIgnored', peer: PeerId): void {
    this.#parts.notices.add('warning', { code, name: this.#news.nameOf(peer) })
  }

  #engineTold(event: EngineEvent): void {
    const { notices, log, bugFound } = this.#parts
    switch (event.type) {
      case 'sharesChanged':
        this.#known.take(event)
        if (this.#room !== undefined) this.#roomShares.tell(this.#known.all(), this.#room)
        return this.#touch()
      case 'reported':
        return this.#swarmReported(event.report)
      case 'piecesLeft':
        return this.#shares.piecesLeft(event.share, this.#news.nameOf(event.peer))
      case 'sourceChanged':
        return notices.add('error', { code: 'sourceChanged', name: this.#shareName(event.share) })
      case 'sourceUnreadable':
        notices.add('error', { code: 'unreadable', name: this.#shareName(event.share) })
        return this.remove(event.share)
      case 'listening':
      case 'wantsLane':
      case 'dropsLane':
      case 'linkFailed':
      case 'peerBanned':
      case 'peersHeard':
        return tellRoom(this.#room, event)
      case 'logged':
        return log(event.level, event.what, event.detail)
      case 'bugFound':
        return bugFound(event.error)
      default:
        return unreachable(event)
    }
  }

  #swarmReported(report: SwarmReport): void {
    switch (report.type) {
      case 'shareAppeared': {
        const share = this.#known.get(report.share)
        if (!share) return
        this.#sharing.appeared(share.manifest)
        this.#origins.appeared(share.manifest)
        return
      }
      case 'shareCompleted':
        if (this.#known.get(report.share)?.source === 'none') {
          this.#parts.notices.add('info', { code: 'shareComplete', name: this.#shareName(report.share) })
        }
        this.#saver.completed(report.share)
        return this.#view.touchNow()
      case 'shareGone':
        this.#sharing.gone(report.share)
        this.#origins.gone(report.share)
        this.#saver.forget(report.share)
        this.#shares.hidden.delete(report.share)
        return
      case 'sharesIgnored':
        return this.#tellIgnored('theirSharesIgnored', report.peer)
      case 'shareUnseen':
        return this.#tellIgnored('ourSharesIgnored', report.peer)
      case 'shareContradicted':
        this.#saver.forget(report.share)
        return this.#view.touchNow()
      case 'sourceDiffers':
      case 'peerMisbehaved':
        return
      default:
        return unreachable(report)
    }
  }
}
