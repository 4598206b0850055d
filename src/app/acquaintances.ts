import type { MemberSnapshot } from '../room/io.ts'
import type { DeviceId, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { ContactBook, type Contact, type ContactChange, type Met } from '../store/contactBook.ts'
import { openContacts, type ContactStore } from '../store/contacts.ts'
import { likenesses, type Present } from './likenesses.ts'
import type { AcquaintanceView, LikenessView } from './view.ts'

export interface AcquaintancesParts {
  readonly store: ContactStore
  /** Our own device and name. */
  readonly self: { readonly device: DeviceId; readonly name: string }
  /** The time of day, in ms since 1970. */
  readonly wallClock: () => number
  /** Something threw that only a bug can make throw. */
  readonly bugFound: (error: unknown) => void
}

/** Opens the list that this device keeps. */
export async function openAcquaintances(parts: Omit<AcquaintancesParts, 'store'>): Promise<Acquaintances> {
  const store = await openContacts()
  return new Acquaintances({ ...parts, store }, await store.list())
}

/** Who of those here was met before, and who is called as somebody else is; remembers everyone it is shown. */
export class Acquaintances {
  readonly #parts: AcquaintancesParts
  readonly #book: ContactBook
  readonly #present = new Map<PeerId, Present>()
  /** Forgotten while they were here, or banned: not written down again by this page unless somebody asks for it. */
  readonly #unnoted = new Set<DeviceId>()
  /** As long as nothing changes; the view asks a few times a second. */
  #likenesses: ReadonlyMap<PeerId, LikenessView> | null = null

  constructor(parts: AcquaintancesParts, contacts: readonly Contact[]) {
    this.#parts = parts
    this.#book = new ContactBook(contacts)
  }

  /** Devices remembered. */
  get count(): number {
    return this.#book.size
  }

  /** Everyone in the room, whenever something about them changes. */
  noticed(members: readonly MemberSnapshot[]): void {
    const peers = new Set(members.map(({ peer }) => peer))
    for (const peer of this.#present.keys()) if (!peers.has(peer)) this.#gone(peer)
    for (const { peer, profile, device, state } of members) {
      const isMet = device !== null && profile !== null && (state === 'direct' || state === 'relayed')
      if (isMet) this.#met(peer, device, profile.name)
    }
  }

  /** It did what no honest one does: nothing of it is remembered. */
  banned(peer: PeerId): void {
    this.forget(peer)
    this.#gone(peer)
  }

  /** Its words were compared, and are or are not those that its owner reads. */
  compared(peer: PeerId, isCompared: boolean): void {
    const present = this.#present.get(peer)
    if (!present) return
    this.#unnoted.delete(present.device)
    this.#change(present.device, (kept) => ({ ...(kept ?? this.#firstMet(present)), isCompared }))
  }

  forget(peer: PeerId): void {
    const device = this.#present.get(peer)?.device
    if (device === undefined) return
    this.#becomeStrangers((present) => present.device === device)
    this.#book.change(device, () => null)
    this.#likenesses = null
    this.#keep(this.#parts.store.forget(device))
  }

  forgetEveryone(): void {
    this.#becomeStrangers(() => true)
    this.#book.clear()
    this.#keep(this.#parts.store.clear())
  }

  /** What a device is or was last called; null for one never met. */
  nameOf(device: DeviceId): string | null {
    return this.#book.get(device)?.name ?? null
  }

  /** Null for one who has not yet shown who it is. */
  of(peer: PeerId): AcquaintanceView | null {
    const present = this.#present.get(peer)
    if (!present) return null
    const contact = this.#book.get(present.device)
    return {
      met: present.met,
      isCompared: contact?.isCompared === true,
      isRemembered: contact !== null,
      isThisDevice: present.device === this.#parts.self.device,
      likeness: this.#likeness().get(peer) ?? null,
    }
  }

  #met(peer: PeerId, device: DeviceId, name: string): void {
    const { self, wallClock } = this.#parts
    const now = wallClock()
    const contact = this.#book.get(device)
    const seen = this.#present.get(peer)
    const isNew = seen?.device !== device
    const present = { device, name, met: isNew ? contact && lastMeeting(contact, now) : seen.met }
    if (isNew || seen.name !== name) this.#put(peer, present)
    if (device === self.device || this.#unnoted.has(device)) return
    if (isNew) this.#change(device, (kept) => (kept ? this.#metAgain(kept, name) : this.#firstMet(present)))
    else if (contact && now - contact.lastMetMs >= limits.meetingNoteMs)
      this.#change(device, (kept) => kept && this.#metAgain(kept, name))
  }

  #firstMet({ device, name }: Present): Contact {
    const now = this.#parts.wallClock()
    return { device, name, namedMs: now, firstMetMs: now, lastMetMs: now, before: null, isCompared: false }
  }

  #metAgain(kept: Contact, name: string): Contact {
    const now = this.#parts.wallClock()
    const isNewMeeting = now - kept.lastMetMs >= limits.meetingGapMs
    const before = isNewMeeting ? lastMeeting(kept, now) : kept.before
    const namedMs = name === kept.name ? kept.namedMs : now
    return { ...kept, name, namedMs, lastMetMs: now, before }
  }

  #becomeStrangers(who: (present: Present) => boolean): void {
    for (const [peer, present] of this.#present) {
      if (!who(present)) continue
      this.#unnoted.add(present.device)
      this.#put(peer, { ...present, met: null })
    }
  }

  #likeness(): ReadonlyMap<PeerId, LikenessView> {
    this.#likenesses ??= likenesses(this.#present, this.#book.all(), this.#parts.self)
    return this.#likenesses
  }

  #put(peer: PeerId, present: Present): void {
    this.#present.set(peer, present)
    this.#likenesses = null
  }

  #gone(peer: PeerId): void {
    this.#present.delete(peer)
    this.#likenesses = null
  }

  /** Here at once, and on disk as it is there by then. */
  #change(device: DeviceId, change: ContactChange): void {
    this.#book.change(device, change)
    this.#likenesses = null
    this.#keep(this.#parts.store.change(device, change))
  }

  /** Where the browser refuses (its disk is full, the page is closing) it is as if they had not met. */
  #keep(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!(error instanceof DOMException)) this.#parts.bugFound(error)
    })
  }
}

/** The meeting before the one that goes on now. */
const lastMeeting = ({ name, lastMetMs, before }: Contact, now: number): Met =>
  now - lastMetMs >= limits.meetingGapMs || before === null ? { name, metMs: lastMetMs } : before
