import type { Profile } from '../room/io.ts'
import type { Identity } from '../crypto/identity.ts'
import type { PeerId, ShareId } from '../shared/ids.ts'
import type { OpenSession } from './createSession.ts'
import { takeDataTransfer, takeFileList, type IntakeReport } from './intake.ts'
import type { LogBook } from './log.ts'
import { helpingChoice, hidingChoice } from './choices.ts'
import { hueOf } from './names.ts'
import { NoticeBoard } from './noticeBoard.ts'
import type { ReadableStore, Session } from './session.ts'
import type { Notice, NoticeMessage, View } from './view.ts'
import { openViewStore, type ViewStore } from './viewStore.ts'

export interface FirstScreenOptions {
  readonly profile: Profile
  readonly roomLink: string
  readonly book: LogBook
}

/**
 * The page from its first moment: it shows the room's link and takes files while the machinery is still being loaded. What people
 * do before that waits for it, in order.
 */
export class FirstScreen implements Session {
  readonly store: ViewStore
  readonly notices: NoticeBoard
  readonly #book: LogBook
  readonly #waiting: ((session: OpenSession) => void)[] = []
  #session: OpenSession | null = null
  #takeNewVersion: () => Promise<void> = async () => undefined
  #isUsed = false

  constructor({ profile, roomLink, book }: FirstScreenOptions) {
    this.store = openViewStore(profile, roomLink)
    this.notices = new NoticeBoard((notices) => this.store.setState({ notices }))
    this.#book = book
  }

  /** The machinery is there: it does now what was asked of it. */
  ready(session: OpenSession): void {
    this.#session = session
    for (const act of this.#waiting.splice(0)) act(session)
  }

  /** This page's keys are made: who we are for others. */
  identified({ peer, device }: Pick<Identity, 'peer' | 'device'>): void {
    this.store.setState(({ me }) => ({ me: { ...me, hue: hueOf(peer), deviceId: device } }))
  }

  /** A better address for the same room: one that other devices can open. */
  linkChanged(roomLink: string): void {
    this.store.setState({ roomLink })
  }

  /** The page and all that it contacts is in this network. */
  isNear(): void {
    this.store.setState({ worksWithoutInternet: true })
  }

  /** A newer build of the page waits; `take` changes to it and reloads, or resolves where that could not be. */
  versionFound(take: () => Promise<void>): void {
    this.#takeNewVersion = take
    this.store.setState({ newVersion: 'ready' })
  }

  takeNewVersion(): void {
    this.store.setState({ newVersion: 'beingTaken' })
    const again = (): void => this.store.setState({ newVersion: 'ready' })
    this.#takeNewVersion().catch(this.bugFound).then(again, this.bugFound)
  }

  /** Somebody has touched the page, or a key. */
  readonly used = (): void => {
    this.#isUsed = true
  }

  /** Whether anybody has done anything here. */
  get isUsed(): boolean {
    return this.#isUsed
  }

  get view(): ReadableStore<View> {
    return this.store
  }

  get canSaveAs(): boolean {
    return this.#session?.canSaveAs ?? false
  }

  takeDataTransfer(transfer: DataTransfer): void {
    this.#isUsed = true
    const seen = (readingFiles: number): void => this.store.setState({ readingFiles })
    takeDataTransfer(transfer, seen).then((report) => this.#takeIn(report), this.bugFound)
  }

  takeFiles(files: FileList): void {
    this.#takeIn(takeFileList(files))
  }

  #takeIn(report: IntakeReport): void {
    this.store.setState({ readingFiles: null })
    this.#whenReady((session) => session.takeIn(report))
  }

  download(share: ShareId): void {
    this.#whenReady((session) => session.download(share))
  }

  downloadAll(): void {
    this.#whenReady((session) => session.downloadAll())
  }

  pause(share: ShareId): void {
    this.#whenReady((session) => session.pause(share))
  }

  resume(share: ShareId): void {
    this.#whenReady((session) => session.resume(share))
  }

  cancel(share: ShareId): void {
    this.#whenReady((session) => session.cancel(share))
  }

  save(share: ShareId): void {
    this.#whenReady((session) => session.save(share))
  }

  saveAs(share: ShareId): void {
    this.#whenReady((session) => session.saveAs(share))
  }

  remove(share: ShareId): void {
    this.#whenReady((session) => session.remove(share))
  }

  unfold(share: ShareId, isUnfolded: boolean): void {
    this.#whenReady((session) => session.unfold(share, isUnfolded))
  }

  compared(peer: PeerId, isCompared: boolean): void {
    this.#whenReady((session) => session.compared(peer, isCompared))
  }

  forget(peer: PeerId): void {
    this.#whenReady((session) => session.forget(peer))
  }

  forgetEveryone(): void {
    this.#whenReady((session) => session.forgetEveryone())
  }

  lookAtKept(): void {
    this.#whenReady(({ keeping }) => keeping.lookAtKept())
  }

  forgetRoom(room: string): void {
    this.#whenReady(({ keeping }) => keeping.forgetRoom(room))
  }

  forgetKept(tab: string, share: ShareId): void {
    this.#whenReady(({ keeping }) => keeping.forgetKept(tab, share))
  }

  hideAddress(isHidden: boolean): void {
    hidingChoice.keep(isHidden)
    this.#whenReady((session) => session.hideAddress(isHidden))
  }

  helpOthers(isHelping: boolean): void {
    helpingChoice.keep(isHelping)
    this.#whenReady((session) => session.helpOthers(isHelping))
  }

  checkConnection(told: Parameters<Session['checkConnection']>[0]): void {
    this.#whenReady((session) => session.checkConnection(told))
  }

  openByHand(): void {
    this.#whenReady(({ byHand }) => byHand.openByHand())
  }

  takeByHand(text: string): void {
    this.#whenReady(({ byHand }) => byHand.takeByHand(text))
  }

  closeByHand(): void {
    this.#whenReady(({ byHand }) => byHand.closeByHand())
  }

  details(): string {
    return this.#book.text()
  }

  notify(level: Notice['level'], message: NoticeMessage): void {
    this.notices.add(level, message)
  }

  dismiss(notice: number): void {
    this.notices.dismiss(notice)
  }

  /** Notes a bug, and says once in words that there was one. */
  readonly bugFound = (error: unknown): void => {
    this.#book.bug(error)
    this.notify('error', { code: 'bug' })
  }

  /** At once where it can be: what a click allows, it allows only inside the click. */
  #whenReady(act: (session: OpenSession) => void): void {
    this.#isUsed = true
    if (this.#session) act(this.#session)
    else this.#waiting.push(act)
  }
}
