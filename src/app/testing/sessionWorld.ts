import type { Crypto, RoomKeys } from '../../crypto/crypto.ts'
import { newIdentity } from '../../crypto/identity.ts'
import { nobleCrypto } from '../../crypto/nobleCrypto.ts'
import type { Link } from '../../link/link.ts'
import { MemoryLinks } from '../../link/testing/memoryLink.ts'
import { base64UrlFromBytes, type Bytes } from '../../shared/bytes.ts'
import type { Millis, RoomSecret } from '../../shared/ids.ts'
import { limits } from '../../shared/limits.ts'
import { randomRoomSecret, seededRandom, type Random } from '../../shared/random.ts'
import { MemoryBroker } from '../../signaling/testing/memorySignaling.ts'
import { memoryContacts } from '../../store/contacts.ts'
import { openGatheringStore } from '../../store/gatheringStore.ts'
import { memoryDisk } from '../../store/memoryStore.ts'
import type { PieceStore } from '../../store/pieceStore.ts'
import { memoryIndex } from '../../store/shareIndex.ts'
import { WatchedFile } from '../../store/testing/watchedFile.ts'
import { openLogBook } from '../log.ts'
import { MemoryClock } from '../../shared/testing/memoryClock.ts'
import { Member, type MemberOptions, type TestDevice } from './testMember.ts'

/** Virtual time after which what a test waits for will not come. */
const patienceMs = 300_000
/** Turns of the event loop in which a handful of file reads must have settled. */
const settleTurnsMax = 20_000

/**
 * A room inside the process: real sessions over the memory twins of broker, links and store. Time is virtual: it moves on only
 * when nothing else is under way, so a wait costs nothing and the same seed gives the same run.
 */
export class SessionWorld {
  readonly broker: MemoryBroker
  readonly random: Random
  /** Errors that only bugs of ours can cause: `close` fails when there are any. */
  readonly bugs: unknown[] = []
  /** The time of day of every device is so far ahead of the clock: days pass without a timer. */
  laterMs: Millis = 0
  readonly #links = new MemoryLinks((...ends) => !this.#areApart(ends))
  /** Names of pairs that no link joins. */
  readonly #apart: (readonly [string, string])[] = []
  readonly #clock = new MemoryClock()
  readonly #crypto: Crypto = checkingOnce(nobleCrypto())
  readonly #secret: RoomSecret
  readonly #keys: Promise<RoomKeys>
  readonly #members: Member[] = []
  /** Reads, hashes and writes that have not settled. */
  #pending = 0

  constructor(seed: number, broker = new MemoryBroker()) {
    this.broker = broker
    this.random = seededRandom(seed)
    this.#secret = randomRoomSecret(this.random)
    this.#keys = this.#crypto.roomKeys(this.#secret)
  }

  /** There is no way between members of these names, as between two symmetric NATs; or, later, there is one. */
  keepApart(...pair: readonly [string, string]): void {
    this.#apart.push(pair)
  }

  letMeet(): void {
    this.#apart.length = 0
  }

  #areApart(ends: readonly Link[]): boolean {
    const ownerOf = (end: Link): string => this.#members.find((member) => member.hasOpened(end))?.name ?? ''
    const names = new Set(ends.map(ownerOf))
    return this.#apart.some((pair) => pair.every((name) => names.has(name)))
  }

  /** One that has met nobody. */
  async device(storeLimitBytes: number = limits.memoryStoreMaxBytes): Promise<TestDevice> {
    return {
      key: await this.#crypto.newSigningKey(),
      contacts: memoryContacts(),
      disk: memoryDisk(storeLimitBytes),
      index: memoryIndex(),
    }
  }

  async join(name: string, options: MemberOptions = {}): Promise<Member> {
    const keys = await this.#keys
    const { key, contacts, disk, index } = options.on ?? (await this.device(options.storeLimitBytes))
    const honest = openGatheringStore(
      disk,
      (bytes) => this.#crypto.sha256(bytes),
      (error) => this.bugs.push(error),
    )
    const store = options.spoilsBlocks === true ? spoiling(honest) : honest
    const member = new Member(name, {
      identity: await newIdentity(this.#crypto, key),
      secret: this.#secret,
      keys,
      options,
      store: this.#watched(store),
      index,
      contacts,
      clock: this.#clock,
      wallClock: () => this.#clock.now() + this.laterMs,
      links: this.#links,
      crypto: this.#crypto,
      random: seededRandom(this.random()),
      logBook: openLogBook(this.#clock),
      bugFound: (error) => this.bugs.push(error),
      brokers: options.isAlone === true ? [] : [this.broker.signaling(seededRandom(this.random()))],
      pending: (work) => this.#track(work),
      until: (condition, what) => this.until(condition, what),
    })
    this.#members.push(member)
    return member
  }

  /** Lets time pass until the condition holds. */
  async until(condition: () => boolean, what: string): Promise<void> {
    const from = this.#clock.now()
    await this.#settle()
    while (!condition()) {
      const nextAt = this.#clock.nextAt()
      if (nextAt === null || nextAt - from > patienceMs) throw new Error(`${what}: never\n${this.#picture()}`)
      this.#clock.advanceTo(nextAt)
      await this.#settle()
    }
  }

  /** Lets this much time pass. */
  async pass(spanMs: Millis): Promise<void> {
    const end = this.#clock.now() + spanMs
    await this.#settle()
    for (let at = this.#clock.nextAt(); at !== null && at <= end; at = this.#clock.nextAt()) {
      this.#clock.advanceTo(at)
      await this.#settle()
    }
    this.#clock.advanceTo(end)
    await this.#settle()
  }

  /** Until each of them sees all the others linked. */
  linked(...members: readonly Member[]): Promise<void> {
    const isLinked = (one: Member): boolean =>
      members.every(({ name }) => name === one.name || one.linkedNames().includes(name))
    return this.until(() => members.every(isLinked), `${members.map(({ name }) => name).join(', ')} linked`)
  }

  close(): void {
    for (const member of this.#members) member.session.close()
    const [bug] = this.bugs
    if (bug !== undefined) throw bug
  }

  /** All that memory does it does by microtask, and a turn of the event loop ends those; only reads of files take several. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < settleTurnsMax; turn++) {
      // A timer would wait a whole millisecond.
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#pending === 0) return
    }
    throw new Error(`${this.#pending} reads or writes never settle`)
  }

  async #track<Value>(work: Promise<Value>): Promise<Value> {
    this.#pending++
    try {
      return await work
    } finally {
      this.#pending--
    }
  }

  #watched(store: PieceStore): PieceStore {
    return {
      ...store,
      create: (...of) => this.#track(store.create(...of)),
      attach: (...of) => this.#track(store.attach(...of)),
      hashPiece: (...of) => this.#track(store.hashPiece(...of)),
      checkPiece: (...of) => this.#track(store.checkPiece(...of)),
      finishPiece: (...of) => this.#track(store.finishPiece(...of)),
      read: (...of) => this.#track(store.read(...of)),
      restore: (...of) => this.#track(store.restore(...of)),
      recheckPiece: (...of) => this.#track(store.recheckPiece(...of)),
      blob: (...of) => this.#track(store.blob(...of)),
      remove: (...of) => this.#track(store.remove(...of)),
    }
  }

  #picture(): string {
    const lines = this.#members.map(({ name, view }) => {
      const members = view.members.map((member) => `${member.name}: ${member.state}`)
      const shares = view.shares.map(
        ({ name: share, state, haveBytes, trouble }) =>
          `${share}: ${state} ${haveBytes} ${trouble?.code ?? ''}`,
      )
      const notices = view.notices.map(({ message }) => message.code)
      return `${name} (${view.signaling}) sees [${members}] [${shares}] [${notices}]`
    })
    return lines.join('\n')
  }
}

/** What one member has checked is not checked anew for the next: the library takes milliseconds for each signature. */
function checkingOnce(crypto: Crypto): Crypto {
  const checked = new Map<string, Promise<boolean>>()
  return {
    ...crypto,
    verify(publicKey, signature, bytes) {
      const what = [publicKey, signature, bytes].map(base64UrlFromBytes).join()
      const known = checked.get(what) ?? crypto.verify(publicKey, signature, bytes)
      checked.set(what, known)
      return known
    },
  }
}

/** What is read from the store is not what is in it. */
const spoiling = (store: PieceStore): PieceStore => ({
  ...store,
  read: async (...of) => {
    const read = await store.read(...of)
    if (read.ok) for (const [at, byte] of read.value.entries()) read.value[at] = byte ^ 1
    return read
  },
})

/** A file that can go bad, as a File of a browser does when what is on disk was changed, moved or deleted. */
export class DiskFile extends WatchedFile {
  isGone = false
  /** Called before each read. */
  beforeRead: () => void = () => undefined

  constructor(name: string, bytes: Bytes, lastModified = 0) {
    super([bytes], name, { lastModified })
  }

  override onRead(part: Blob): Blob {
    this.beforeRead()
    if (this.isGone) throw new DOMException('gone', 'NotReadableError')
    return part
  }
}
