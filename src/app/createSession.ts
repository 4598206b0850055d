import type { PeerId, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { seededRandom } from '../shared/random.ts'
import { unreachable } from '../shared/result.ts'
import type { SwarmReport } from '../swarm/io.ts'
import { IndexKeeper } from './indexKeeper.ts'
import type { Intake, IntakeReport } from './intake.ts'
import { RoomDriver } from './roomDriver.ts'
import { RoomNews } from './roomNews.ts'
import { Saver } from './saver.ts'
import type { ShareActions } from './session.ts'
import type { SessionParts } from './sessionParts.ts'
import { ShareViews } from './shareViews.ts'
import { Sharing } from './sharing.ts'
import { SwarmDriver } from './swarmDriver.ts'
import { ViewWriter } from './viewWriter.ts'

/** A session, and what only the page around it and tests call. */
export interface OpenSession extends ShareActions {
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
  readonly #swarm: SwarmDriver
  readonly #room: RoomDriver
  readonly #news: RoomNews
  readonly #sharing: Sharing
  readonly #saver: Saver
  readonly #shares: ShareViews
  readonly #view: ViewWriter
  readonly #index: IndexKeeper

  constructor(parts: SessionParts) {
    const { clock, random, store, notices, crypto, log } = parts
    const changed = (): void => this.#touch()
    this.#parts = parts
    this.#news = new RoomNews(notices)
    this.#swarm = this.#openSwarm(parts, changed)
    const { swarm } = this.#swarm
    const memoryLimitBytes = store.kind === 'memory' ? limits.memoryStoreMaxBytes : Infinity
    this.#shares = new ShareViews(swarm, memoryLimitBytes)
    const manifestOf = (share: ShareId) => swarm.inspect(share)?.manifest ?? null
    const { save, saveAs } = parts
    this.#saver = new Saver({ store, shares: this.#shares, notices, log, save, saveAs, manifestOf, changed })
    const show = (share: ShareId): void => void this.#shares.hidden.delete(share)
    this.#sharing = new Sharing({ random, crypto, driver: this.#swarm, notices, show })
    this.#index = new IndexKeeper({ index: parts.index, tab: parts.tab, swarm, clock })
    this.#room = this.#openRoom(parts, changed)
    this.#view = new ViewWriter(
      {
        storage: store.kind === 'disk' ? { kind: 'disk' } : { kind: 'memory', limitBytes: memoryLimitBytes },
        shares: this.#shares,
        members: () => this.#room.members(),
        signaling: () => this.#room.signalingState(),
      },
      parts.view,
      clock,
    )
  }

  #openSwarm(parts: SessionParts, changed: () => void): SwarmDriver {
    const { notices, random } = parts
    return new SwarmDriver({
      ...parts,
      // The picker draws lots by the thousand, and nothing hangs on them: no need to ask the browser each time.
      random: seededRandom(random()),
      network: {
        send: (peer, bytes) => this.#room.send(peer, bytes),
        waitingBytes: (peer) => this.#room.waitingBytes(peer),
        ban: (peer, reason) => this.#room.ban(peer, reason),
      },
      listener: {
        reported: (report) => this.#swarmReported(report),
        sourceChanged: (share) =>
          notices.add('error', { code: 'sourceChanged', name: this.#shareName(share) }),
        sourceUnreadable: (share) => {
          notices.add('error', { code: 'unreadable', name: this.#shareName(share) })
          this.remove(share)
        },
        changed,
      },
    })
  }

  #openRoom(parts: SessionParts, changed: () => void): RoomDriver {
    return new RoomDriver({
      ...parts,
      listener: {
        peerLinked: (peer) => this.#swarm.handle({ type: 'peerLinked', peer }),
        peerUnlinked: (peer) => {
          this.#shares.memberLeaves(peer, this.#news.nameOf(peer))
          this.#swarm.peerUnlinked(peer)
        },
        messageArrived: (peer, bytes) => this.#swarm.messageArrived(peer, bytes),
        drained: (peer) => this.#swarm.drained(peer),
        reported: (report) => this.#news.reported(report, this.#room.members()),
        changed,
      },
    })
  }

  get canSaveAs(): boolean {
    return this.#saver.canSaveAs
  }

  takeIn({ intakes, unreadable, empty, tooMany }: IntakeReport): void {
    const { notices, bugFound } = this.#parts
    for (const name of unreadable) notices.add('error', { code: 'unreadable', name })
    for (const name of tooMany) notices.add('error', { code: 'tooMuch', name })
    for (const name of empty) notices.add('warning', { code: 'emptyFolder', name })
    const isNothing = intakes.length + unreadable.length + empty.length + tooMany.length === 0
    if (isNothing) notices.add('warning', { code: 'nothingToShare' })
    for (const intake of intakes) this.share(intake).catch(bugFound)
  }

  async share(intake: Intake): Promise<void> {
    return this.#sharing.share(intake)
  }

  download(share: ShareId): void {
    this.#saver.whenComplete(share)
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
    this.#saver.forget(share)
    this.#swarm.handle({ type: 'cancelAsked', share })
  }

  remove(share: ShareId): void {
    this.#saver.forget(share)
    this.#shares.hidden.add(share)
    this.#swarm.handle({ type: 'removeAsked', share })
  }

  save(share: ShareId): void {
    this.#saver.save(share)
  }

  saveAs(share: ShareId): void {
    this.#saver.saveAs(share)
  }

  unfold(share: ShareId, isUnfolded: boolean): void {
    if (isUnfolded) this.#shares.unfolded.add(share)
    else this.#shares.unfolded.delete(share)
    this.#view.write()
  }

  resumeRoom(): void {
    this.#room.resume()
  }

  close(): void {
    this.#room.leave()
    this.#swarm.close()
    this.#view.close()
    this.#index.close()
    this.#parts.store.close().catch(this.#parts.bugFound)
  }

  #touch(): void {
    // Parts speak up while they are being built; the view begins with what they said.
    this.#view?.touch()
    this.#index?.touch()
    if (this.#room !== undefined && this.#parts.brokers.length > 0)
      this.#news.signaling(this.#room.signalingState())
  }

  #shareName(share: ShareId): string {
    return this.#swarm.swarm.inspect(share)?.manifest.name ?? ''
  }

  #tellIgnored(code: 'theirSharesIgnored' | 'ourSharesIgnored', peer: PeerId): void {
    this.#parts.notices.add('warning', { code, name: this.#news.nameOf(peer) })
  }

  #swarmReported(report: SwarmReport): void {
    switch (report.type) {
      case 'shareAppeared': {
        const share = this.#swarm.swarm.inspect(report.share)
        if (share) this.#sharing.appeared(share.manifest)
        return
      }
      case 'shareCompleted':
        if (this.#swarm.swarm.inspect(report.share)?.source === 'none') {
          this.#parts.notices.add('info', { code: 'shareComplete', name: this.#shareName(report.share) })
        }
        this.#saver.completed(report.share)
        return
      case 'shareGone':
        this.#sharing.gone(report.share)
        this.#saver.forget(report.share)
        this.#shares.hidden.delete(report.share)
        return
      case 'sharesIgnored':
        return this.#tellIgnored('theirSharesIgnored', report.peer)
      case 'shareUnseen':
        return this.#tellIgnored('ourSharesIgnored', report.peer)
      case 'sourceDiffers':
      case 'peerMisbehaved':
        return
      default:
        return unreachable(report)
    }
  }
}
