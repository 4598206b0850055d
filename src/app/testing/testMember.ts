import type { Crypto, RoomKeys, SigningKey } from '../../crypto/crypto.ts'
import type { Identity } from '../../crypto/identity.ts'
import { createEngine } from '../../engine/createEngine.ts'
import type { OpenedEngine } from '../../engine/engine.ts'
import type { Link, LinkListener, OpenLink } from '../../link/link.ts'
import type { MemoryLinks } from '../../link/testing/memoryLink.ts'
import type { Bytes } from '../../shared/bytes.ts'
import type { Millis, RoomSecret, ShareId } from '../../shared/ids.ts'
import { limits } from '../../shared/limits.ts'
import { seededRandom, type Random } from '../../shared/random.ts'
import { assert, ok } from '../../shared/result.ts'
import type { OpenSignaling, Signaling } from '../../signaling/signaling.ts'
import type { ContactStore } from '../../store/contacts.ts'
import type { Disk } from '../../store/disk.ts'
import type { PieceStore } from '../../store/pieceStore.ts'
import type { ShareIndex } from '../../store/shareIndex.ts'
import type { Clock } from '../../shared/clock.ts'
import { Acquaintances } from '../acquaintances.ts'
import { ByHand } from '../byHand/byHand.ts'
import type { OtherTabs } from '../byHand/otherTabs.ts'
import { createSession, type OpenSession } from '../createSession.ts'
import { IceServers } from '../iceServers.ts'
import type { LogBook } from '../log.ts'
import type { MemoryClock } from '../../shared/testing/memoryClock.ts'
import { NoticeBoard } from '../noticeBoard.ts'
import { roomLink } from '../roomLink.ts'
import type { Saveable } from '../saving/saveable.ts'
import type { SaveWay } from '../savingShares.ts'
import type { NoticeMessage, ShareState, ShareTrouble, ShareView, View } from '../view.ts'
import { openViewStore, type ViewStore } from '../viewStore.ts'

export interface MemberOptions {
  /** Makes the room, so that nobody else can be in it yet. */
  readonly fresh?: boolean
  /** Makes the sender slow in virtual time; 0 for no limit. */
  readonly uploadLimitBytesPerSecond?: number
  readonly storeLimitBytes?: number
  /** Passes on what others cannot get of each other, unless told otherwise. */
  readonly carries?: boolean
  /** Sends other bytes than its files have. */
  readonly spoilsBlocks?: boolean
  /** No way is found by so many links, the first it makes. */
  readonly linksFail?: number
  /** Hides its address, and has no relay to hide behind. */
  readonly relayOnly?: boolean
  /** Knows no broker. */
  readonly isAlone?: boolean
  /** Other tabs of its browser. */
  readonly tabs?: OtherTabs
  /** The device it is on, and what that remembers; a new one otherwise. */
  readonly on?: TestDevice
}

const noTabs: OtherTabs = { offer: async () => false, onOffer: () => {}, close: () => {} }

/** A browser on a device, as its pages find it one after the other. */
export interface TestDevice {
  readonly key: SigningKey
  readonly contacts: ContactStore
  /** What its pages keep, by their names. */
  readonly disk: Disk
  readonly index: ShareIndex
}

export interface SavedShare {
  readonly name: string
  readonly paths: readonly string[]
  readonly bytes: Bytes
}

/** What a member is made of, and what the world does for it. */
export interface MemberParts {
  readonly identity: Identity
  readonly secret: RoomSecret
  readonly keys: RoomKeys
  readonly options: MemberOptions
  readonly store: PieceStore
  readonly index: ShareIndex
  readonly contacts: ContactStore
  readonly clock: MemoryClock
  /** The time of day. */
  readonly wallClock: () => Millis
  readonly links: MemoryLinks
  readonly crypto: Crypto
  readonly random: Random
  readonly brokers: readonly OpenSignaling[]
  readonly logBook: LogBook
  readonly bugFound: (error: unknown) => void
  /** Lets no time pass until this work is done. */
  pending<Value>(work: Promise<Value>): Promise<Value>
  /** Lets time pass until the condition holds. */
  until(condition: () => boolean, what: string): Promise<void>
}

/** One page in the room, and what its user does. */
export class Member {
  readonly name: string
  readonly session: OpenSession
  readonly notices: NoticeBoard
  readonly saved: SavedShare[] = []
  /** All that was ever said, also what has been taken back since. */
  readonly said: NoticeMessage[] = []
  readonly #view: ViewStore
  readonly #parts: MemberParts
  readonly #opened: Link[] = []
  readonly #brokers: Signaling[] = []
  #isFrozen = false

  constructor(name: string, parts: MemberParts) {
    const { identity, keys, options, store, random, crypto } = parts
    this.name = name
    this.#parts = parts
    const profile = { name, device: 'desktop' } as const
    this.#view = openViewStore(profile, roomLink('https://swarmdrop.example/', parts.secret))
    this.notices = new NoticeBoard((notices) => this.#view.setState({ notices }))
    this.#view.subscribe(({ notices }, { notices: before }) => {
      for (const notice of notices) if (!before.includes(notice)) this.said.push(notice.message)
    })
    this.session = createSession({
      identity,
      profile,
      fresh: options.fresh === true,
      random,
      clock: this.#clock(),
      wallMs: () => this.#clock().now(),
      crypto,
      keys,
      log: parts.logBook.log,
      bugFound: parts.bugFound,
      view: this.#view,
      notices: this.notices,
      brokers: parts.brokers.map((open) => this.#signaling(open)),
      brokerNames: parts.brokers.map((_, at) => `broker${at + 1}.example`),
      openLink: this.#openLink,
      ice: this.#ice(),
      acquaintances: this.#acquaintances(),
      engine: this.#engine(store),
      openKept: async () => null,
      openHand: async (of) =>
        new ByHand({ ...of, random, tabs: options.tabs ?? noTabs, bugFound: parts.bugFound }),
      files: { mayRead: async () => false, askToRead: async () => false, take: async () => null },
      checkConnection: () => {},
      save: this.#save,
      saveAs: null,
    })
  }

  get view(): View {
    return this.#view.getState()
  }

  logText(): string {
    return this.#parts.logBook.text()
  }

  /** Whether the link is one of ours. */
  hasOpened(link: Link): boolean {
    return this.#opened.includes(link)
  }

  linkedNames(): string[] {
    return this.view.members.filter(({ state }) => state === 'direct').map(({ name }) => name)
  }

  /** Waits until the share is there, and takes it. */
  async take(name: string): Promise<void> {
    await this.#parts.until(() => this.shareNamed(name) !== null, `${this.name} sees ${name}`)
    this.session.download(this.#shareOf(name))
  }

  async takeWhole(name: string): Promise<void> {
    await this.take(name)
    await this.has(name, 'complete')
  }

  /** Waits until the share is in this state. */
  has(name: string, state: ShareState): Promise<void> {
    return this.#parts.until(
      () => this.shareNamed(name)?.state === state,
      `${this.name} has ${name} ${state}`,
    )
  }

  /** Waits until at least so many bytes are checked and kept. */
  hasBytes(name: string, atLeastBytes: number): Promise<void> {
    const what = `${this.name} has ${atLeastBytes} bytes of ${name}`
    return this.#parts.until(() => (this.shareNamed(name)?.haveBytes ?? 0) >= atLeastBytes, what)
  }

  /** Waits until the page says what the share is troubled by. */
  async isTroubled(name: string): Promise<ShareTrouble> {
    const trouble = (): ShareTrouble | null => this.shareNamed(name)?.trouble ?? null
    await this.#parts.until(() => trouble() !== null, `${this.name} is told of trouble with ${name}`)
    const told = trouble()
    assert(told, 'it is there now')
    return told
  }

  press(button: 'pause' | 'resume' | 'cancel' | 'remove' | 'save', name: string): void {
    this.session[button](this.#shareOf(name))
  }

  /** The share as it is saved when asked for, whether or not it was handed over before. */
  async saves(name: string): Promise<SavedShare> {
    await this.#parts.until(() => this.shareNamed(name)?.savingBytes === null, `${name} is not being saved`)
    const before = this.savedNamed(name).length
    this.press('save', name)
    await this.#parts.until(() => this.savedNamed(name).length > before, `${name} is saved`)
    const saved = this.savedNamed(name).at(-1)
    assert(saved, 'it is there now')
    return saved
  }

  savedNamed(name: string): SavedShare[] {
    return this.saved.filter((share) => share.name === name)
  }

  #shareOf(name: string): ShareId {
    const share = this.shareNamed(name)
    assert(share, `${this.name} sees ${name}`)
    return share.share
  }

  /** The only share of this name; null when there is none. */
  shareNamed(name: string): ShareView | null {
    const found = this.view.shares.filter((share) => share.name === name)
    assert(found.length <= 1, `one share named ${name}, not ${found.length}`)
    return found[0] ?? null
  }

  /** Offers files, each as a share of its own. */
  offer(...files: readonly File[]): void {
    for (const file of files)
      void this.#parts.pending(this.session.share({ kind: 'file', file, source: Promise.resolve(null) }))
  }

  offerFolder(name: string, files: ReadonlyMap<string, File>): void {
    const entries = [...files].map(([path, file]) => ({ path, file }))
    void this.#parts.pending(
      this.session.share({ kind: 'folder', name, entries, source: Promise.resolve(null) }),
    )
  }

  /** The tab stops without a word, as a laptop that is shut: nothing goes out, nothing is heard, no time passes. */
  freeze(): void {
    this.#isFrozen = true
    for (const link of this.#opened) this.#parts.links.hold(link)
  }

  /** From now on this member alone does without a broker. */
  loseBroker(): void {
    for (const broker of this.#brokers) broker.close()
  }

  /** The tab is gone without a goodbye. */
  crash(): void {
    this.freeze()
    this.loseBroker()
    for (const link of this.#opened) this.#parts.links.break(link)
  }

  #ice(): IceServers {
    const { clock, wallClock, logBook, bugFound, options } = this.#parts
    return new IceServers({
      config: { iceServers: [], iceServersUrl: null, relayOnly: options.relayOnly === true },
      fetchText: async () => ok(null),
      isHidden: false,
      clock,
      wallMs: wallClock,
      notices: this.notices,
      log: logBook.log,
      bugFound,
    })
  }

  async #acquaintances(): Promise<Acquaintances> {
    const { contacts, identity, wallClock, bugFound } = this.#parts
    const parts = {
      store: contacts,
      self: { device: identity.device, name: this.name },
      wallClock,
      bugFound,
    }
    return new Acquaintances(parts, await contacts.list())
  }

  #engine(store: PieceStore): OpenedEngine {
    const { options, random, crypto, name } = { ...this.#parts, name: this.name }
    const parts = {
      store,
      index: this.#parts.index,
      tab: name,
      random: seededRandom(random()),
      clock: this.#clock(),
      crypto,
      uploadLimitBytesPerSecond: options.uploadLimitBytesPerSecond ?? 0,
      carries: options.carries ?? true,
    }
    const limitBytes = options.storeLimitBytes ?? limits.memoryStoreMaxBytes
    return {
      storage: { kind: 'memory', limitBytes },
      withoutDisk: null,
      tab: name,
      start: (listener) => createEngine(parts, listener),
    }
  }

  #clock(): Clock {
    const { clock } = this.#parts
    const whileAwake = (then: () => void) => (): void => {
      if (!this.#isFrozen) then()
    }
    return { now: () => clock.now(), after: (spanMs, then) => clock.after(spanMs, whileAwake(then)) }
  }

  #signaling(open: OpenSignaling): OpenSignaling {
    return (listener) => {
      const broker = open({
        ...listener,
        sealedSignalArrived: (sealed, at) => {
          if (!this.#isFrozen) listener.sealedSignalArrived(sealed, at)
        },
      })
      this.#brokers.push(broker)
      return broker
    }
  }

  readonly #openLink: OpenLink = (options) => {
    const { listener } = options
    const link = this.#parts.links.open({
      ...options,
      listener: {
        ...listener,
        messageArrived: (bytes) => {
          if (!this.#isFrozen) listener.messageArrived(bytes)
        },
        closed: (fault) => {
          if (!this.#isFrozen) listener.closed(fault)
        },
      },
    })
    this.#opened.push(link)
    const isBlocked = this.#opened.length <= (this.#parts.options.linksFail ?? 0)
    return isBlocked ? blocked(listener) : link
  }

  readonly #save: SaveWay = async (share) => {
    this.saved.push(await this.#parts.pending(savedFrom(share)))
    return ok(undefined)
  }
}

/** What it began goes nowhere: it ends once the other side has signaled. */
const blocked = (listener: LinkListener): Link => ({
  waitingBytes: 0,
  signal: () => queueMicrotask(() => listener.closed({ code: 'connectionFailed', detail: 'no way' })),
  send() {},
  tellListening() {},
  restart() {},
  openLane() {},
  closeLane() {},
  close() {},
})

async function savedFrom(share: Saveable): Promise<SavedShare> {
  const sizeBytes = share.entries.reduce((sum, entry) => sum + entry.sizeBytes, 0)
  const blob = await share.blob(0, sizeBytes)
  assert(blob.ok, 'a complete share can be read')
  const bytes = new Uint8Array(await blob.value.arrayBuffer())
  return { name: share.name, paths: share.entries.map(({ path }) => path), bytes }
}
