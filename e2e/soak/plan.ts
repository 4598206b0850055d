import { randomBelow, seededRandom, type Random } from '../../src/shared/random.ts'
import type { MemberDeed, SampleSpec, ShareDeed, Step } from './steps.ts'

export interface PlanOptions {
  readonly seed: number
  readonly durationMs: number
  /** At a time. */
  readonly membersMax: number
}

/** Two busy cores with five browsers on them keep up with that. */
const stepEveryMs = 3000
/** Of a share that is taken, what must pass before its page may end: a wish is written half a second later. */
const settledMs = 6000
/** Each of them is bytes on a disk, and a row on every page. */
const sharesMax = 10
const kB = 1000
const sizesBytes = { least: 10 * kB, most: 20_000 * kB }

interface PlannedMember {
  /** `broken`: it is gone, and comes back by itself. */
  state: 'away' | 'here' | 'asleep' | 'broken'
  isFull: boolean
  /** Nothing is planned for it before. */
  busyUntilMs: number
}

interface PlannedShare {
  readonly name: string
  readonly owner: number
  /** Members that asked for it. */
  readonly takers: Map<number, 'taking' | 'paused'>
}

type Kind = Exclude<MemberDeed['kind'], 'wake' | 'freeDisk' | 'tend'> | 'stopBroker'

/** How often each happens, beside the others. */
const weights: readonly (readonly [Kind, number])[] = [
  ['share', 20],
  ['download', 34],
  ['pause', 6],
  ['resume', 6],
  ['cancel', 3],
  ['remove', 8],
  ['come', 12],
  ['go', 4],
  ['crash', 4],
  ['kill', 2],
  ['reload', 5],
  ['sleep', 4],
  ['cutLinks', 6],
  ['fillDisk', 3],
  ['stopBroker', 2],
]

/**
 * All that happens in a run, in order, from its seed alone. Member 0 stays to the end and is never loaded anew, so that its memory can be
 * followed; at least two are there and awake at any time; what begins also ends before the end.
 */
export function planOf({ seed, durationMs, membersMax }: PlanOptions): readonly Step[] {
  const planner = new Planner(seededRandom(seed), durationMs, membersMax)
  return planner.plan()
}

class Planner {
  readonly #random: Random
  readonly #durationMs: number
  readonly #members: PlannedMember[]
  readonly #membersMax: number
  readonly #steps: Step[] = []
  #shares: PlannedShare[] = []
  #shareCount = 0
  #brokerIsDownUntilMs = 0
  /** What follows from what has happened. */
  #due: { readonly atMs: number; readonly happen: () => void }[] = []
  #nowMs = 0

  constructor(random: Random, durationMs: number, membersMax: number) {
    this.#random = random
    this.#durationMs = durationMs
    this.#membersMax = membersMax
    // One more than fit in at a time, so that people who leave meet people they have not seen before.
    this.#members = Array.from({ length: membersMax + 1 }, () => ({
      state: 'away',
      isFull: false,
      busyUntilMs: 0,
    }))
  }

  plan(): readonly Step[] {
    for (let member = 0; member < Math.min(3, this.#membersMax); member++) this.#come(member)
    for (let atMs = 8000; atMs < this.#durationMs; atMs += this.#gapMs()) {
      this.#goOnTo(atMs)
      this.#planOne()
    }
    this.#goOnTo(this.#durationMs)
    return this.#steps
  }

  /** Lets what is due by then happen when it is. */
  #goOnTo(atMs: number): void {
    for (let next = this.#nextDue(atMs); next !== undefined; next = this.#nextDue(atMs)) {
      this.#due = this.#due.filter((other) => other !== next)
      this.#nowMs = next.atMs
      next.happen()
    }
    this.#nowMs = atMs
  }

  #nextDue(byMs: number) {
    return this.#due.filter(({ atMs }) => atMs < byMs).toSorted((a, b) => a.atMs - b.atMs)[0]
  }

  #gapMs(): number {
    return stepEveryMs / 2 + randomBelow(this.#random, stepEveryMs)
  }

  #planOne(): void {
    const sum = weights.reduce((total, [, weight]) => total + weight, 0)
    let left = randomBelow(this.#random, sum)
    const chosen = weights.find(([, weight]) => (left -= weight) < 0)
    if (chosen !== undefined) this.#happen(chosen[0])
  }

  /** What cannot happen just now does not. */
  #happen(kind: Kind): void {
    switch (kind) {
      case 'stopBroker':
        return this.#stopBroker()
      case 'come': {
        const isRoom = this.#present().length < this.#membersMax
        return isRoom ? this.#with(this.#numbers('away'), (member) => this.#come(member)) : undefined
      }
      case 'go':
      case 'crash':
      case 'kill':
        return this.#with(this.#leavable(), (member) => this.#leave(member, kind))
      case 'reload':
        return this.#with(this.#free().filter(isNoAnchor), (member) => {
          this.#add(member, { kind })
          this.#tendLater(member, 8000)
        })
      case 'sleep':
        return this.#with(this.#leavable(true), (member) => this.#sleep(member))
      case 'cutLinks':
        return this.#with(this.#free(), (member) => this.#add(member, { kind }))
      case 'fillDisk':
        return this.#with(this.#free(), (member) => this.#fillDisk(member))
      case 'share':
        return this.#with(this.#free(), (member) => this.#share(member))
      default:
        return this.#press(kind)
    }
  }

  #come(member: number): void {
    this.#add(member, { kind: 'come' })
    this.#change(member, 'here', 10_000)
    if (this.#nowMs > 0) this.#tendLater(member, 10_000)
  }

  #leave(member: number, kind: 'go' | 'crash' | 'kill'): void {
    const backMs = 5000 + randomBelow(this.#random, 15_000)
    // Who goes by itself may stay away; what is broken is begun again.
    if (kind !== 'go' && !this.#isTimeFor(backMs)) return
    this.#add(member, { kind })
    this.#change(member, kind === 'go' ? 'away' : 'broken', 4000)
    if (kind !== 'go') this.#later(backMs, () => this.#come(member))
  }

  #sleep(member: number): void {
    const forMs = 5000 + randomBelow(this.#random, 35_000)
    if (!this.#isTimeFor(forMs)) return
    this.#add(member, { kind: 'sleep' })
    this.#later(forMs, () => {
      this.#add(member, { kind: 'wake' })
      this.#tendLater(member, 5000)
      this.#change(member, 'here', 5000)
    })
    this.#change(member, 'asleep', forMs + 1)
  }

  #fillDisk(member: number): void {
    const forMs = 10_000 + randomBelow(this.#random, 20_000)
    if (!this.#isTimeFor(forMs) || this.#at(member).isFull) return
    this.#add(member, { kind: 'fillDisk' })
    // Nothing that ends its page happens meanwhile: the limit is lifted in the page that has it.
    this.#at(member).isFull = true
    this.#later(forMs, () => {
      this.#add(member, { kind: 'freeDisk' })
      this.#at(member).isFull = false
      this.#tendLater(member, 2000)
    })
  }

  #stopBroker(): void {
    const forMs = 5000 + randomBelow(this.#random, 40_000)
    if (this.#nowMs < this.#brokerIsDownUntilMs || !this.#isTimeFor(forMs)) return
    this.#steps.push({ atMs: this.#nowMs, broker: 'stop' })
    this.#later(forMs, () => this.#steps.push({ atMs: this.#nowMs, broker: 'start' }))
    this.#brokerIsDownUntilMs = this.#nowMs + forMs + 20_000
  }

  #share(owner: number): void {
    const number = ++this.#shareCount
    const isFolder = randomBelow(this.#random, 5) === 0
    const name = isFolder ? `folder ${number}` : `file ${number}.bin`
    const seed = randomBelow(this.#random, 2 ** 31)
    const sample: SampleSpec = isFolder
      ? { kind: 'folder', name, seed, fileCount: 100 + randomBelow(this.#random, 300), fileMaxBytes: 30 * kB }
      : { kind: 'file', name, seed, sizeBytes: this.#sizeBytes() }
    const how = randomBelow(this.#random, 3) === 0 ? 'pick' : 'drop'
    this.#add(owner, { kind: 'share', sample, how })
    this.#shares.push({ name, owner, takers: new Map() })
    this.#takeBackOldest()
    this.#at(owner).busyUntilMs = this.#nowMs + 3000
  }

  /** As many of ten kilobytes to a hundred as of two megabytes to twenty. */
  #sizeBytes(): number {
    const { least, most } = sizesBytes
    return Math.round(least * (most / least) ** (randomBelow(this.#random, 1001) / 1000))
  }

  #takeBackOldest(): void {
    const oldest = this.#shares.find(({ owner }) => this.#isFree(owner))
    if (this.#shares.length > sharesMax && oldest !== undefined) this.#remove(oldest.owner, oldest)
  }

  /** Somebody who can, with a share with which it can. */
  #press(kind: ShareDeed): void {
    const pairs = this.#shares.flatMap((share) =>
      this.#free().flatMap((member) => (this.#can(kind, member, share) ? [{ member, share }] : [])),
    )
    this.#with(pairs, ({ member, share }) => {
      if (kind === 'remove') this.#remove(member, share)
      else this.#wish(member, share, kind)
    })
  }

  #can(kind: ShareDeed, member: number, { owner, takers }: PlannedShare): boolean {
    const wish = takers.get(member)
    switch (kind) {
      case 'download':
        return member !== owner && wish === undefined
      case 'pause':
        return wish === 'taking'
      case 'resume':
        return wish === 'paused'
      case 'cancel':
        return wish !== undefined
      case 'remove':
        return member === owner || wish === 'taking'
    }
  }

  #wish(member: number, share: PlannedShare, kind: Exclude<ShareDeed, 'remove'>): void {
    this.#add(member, { kind, share: share.name })
    if (kind === 'cancel') share.takers.delete(member)
    else share.takers.set(member, kind === 'pause' ? 'paused' : 'taking')
    this.#at(member).busyUntilMs = this.#nowMs + settledMs
  }

  #remove(member: number, share: PlannedShare): void {
    this.#add(member, { kind: 'remove', share: share.name })
    if (member === share.owner) this.#shares = this.#shares.filter((other) => other !== share)
    else share.takers.delete(member)
  }

  #tendLater(member: number, inMs: number): void {
    if (!this.#isTimeFor(inMs)) return
    this.#later(inMs, () => this.#add(member, { kind: 'tend' }))
    this.#change(member, 'here', inMs)
  }

  #later(inMs: number, happen: () => void): void {
    this.#due.push({ atMs: this.#nowMs + inMs, happen })
  }

  #isTimeFor(forMs: number): boolean {
    return this.#nowMs + forMs < this.#durationMs
  }

  #add(member: number, deed: MemberDeed): void {
    this.#steps.push({ atMs: this.#nowMs, member, deed })
  }

  #change(member: number, state: PlannedMember['state'], busyMs: number): void {
    const planned = this.#at(member)
    planned.state = state
    planned.busyUntilMs = Math.max(planned.busyUntilMs, this.#nowMs + busyMs)
  }

  #with<Item>(items: readonly Item[], act: (item: Item) => void): void {
    const item = this.#pick(items)
    if (item !== undefined) act(item)
  }

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[randomBelow(this.#random, Math.max(1, items.length))]
  }

  #at(member: number): PlannedMember {
    const planned = this.#members[member]
    if (planned === undefined) throw new Error(`there is no member ${member}`)
    return planned
  }

  #numbers(state: PlannedMember['state']): number[] {
    return this.#members.flatMap((planned, member) =>
      planned.state === state && planned.busyUntilMs <= this.#nowMs ? [member] : [],
    )
  }

  #present(): PlannedMember[] {
    return this.#members.filter(({ state }) => state !== 'away')
  }

  /** Those to whom something may happen now. */
  #free(): number[] {
    return this.#numbers('here')
  }

  #isFree(member: number): boolean {
    return this.#free().includes(member)
  }

  /** Those who may be gone for a while. */
  #leavable(orAsleep = false): number[] {
    const awake = this.#members.filter(({ state }) => state === 'here').length
    if (awake <= 2) return []
    return this.#free().filter((member) => (orAsleep || isNoAnchor(member)) && !this.#at(member).isFull)
  }
}

const isNoAnchor = (member: number): boolean => member !== 0
