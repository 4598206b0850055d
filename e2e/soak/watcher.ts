import { setTimeout as pause } from 'node:timers/promises'
import type { Journal } from './journal.ts'
import type { MemorySample, MemorySeries } from './leak.ts'
import type { Member } from './member.ts'
import type { Sight } from './sight.ts'
import { within } from './within.ts'

/** Between two looks at all pages. */
const lookEveryMs = 1500
const sampleEveryMs = 60_000
/** A page whose memory cannot be read in this time is asked again in a minute. */
const sampleTimeoutMs = 30_000
/** Notices that only a bug of ours, or a liar, brings about. */
const badNotices = new Set(['bug', 'startFailed', 'memberBanned', 'saveFailed', 'unreadable', 'copyFailed'])

/** How long it took, after something happened, until all who were awake were linked with each other again. */
export interface Recovery {
  readonly after: string
  readonly seconds: number
}

/** Looks at all pages all the time, and writes down what must not be. */
export class Watcher {
  readonly #members: readonly Member[]
  readonly #journal: Journal
  readonly #over = new AbortController()
  readonly #watching: Promise<unknown>
  readonly recoveries: Recovery[] = []
  readonly #disturbed: { readonly after: string; readonly atMs: number }[] = []
  readonly #series = new Map<string, MemorySample[]>()
  readonly #told = new Set<string>()
  /** The most connections that a page had open at one look, and the most timers. */
  connectionsMax = 0
  timersMax = 0

  constructor(members: readonly Member[], journal: Journal) {
    this.#members = members
    this.#journal = journal
    this.#watching = Promise.all([
      this.#each(lookEveryMs, () => this.#look()),
      this.#each(sampleEveryMs, () => this.#sample()),
    ])
  }

  async stop(): Promise<void> {
    this.#over.abort()
    await this.#watching
  }

  /** Links must mend after this. */
  disturbed(after: string): void {
    this.#disturbed.push({ after, atMs: this.#journal.nowMs() })
  }

  series(): MemorySeries[] {
    return [...this.#series].map(([who, samples]) => ({ who, samples }))
  }

  async #each(everyMs: number, act: () => Promise<void>): Promise<void> {
    while (!this.#over.signal.aborted) {
      await act()
      await pause(everyMs, undefined, { signal: this.#over.signal }).catch(() => undefined)
    }
  }

  async #look(): Promise<void> {
    const atMs = this.#journal.nowMs()
    const awake = this.#members.filter(({ isAwake }) => isAwake)
    const sights = await Promise.all(awake.map(async (member) => [member.name, await member.look()] as const))
    for (const [name, sight] of sights) if (sight !== null) this.#see(name, sight)
    if (!isWhole(sights)) return
    for (const { after, atMs: since } of this.#disturbed.splice(0)) {
      if (since < atMs) this.recoveries.push({ after, seconds: (atMs - since) / 1000 })
      else this.#disturbed.push({ after, atMs: since })
    }
  }

  #see(name: string, { notices, open }: Sight): void {
    this.connectionsMax = Math.max(this.connectionsMax, open.connections)
    this.timersMax = Math.max(this.timersMax, open.timers)
    for (const { level, code, words } of notices) {
      const said = `says: ${words} (${code})`
      if ((level !== 'error' && !badNotices.has(code)) || this.#told.has(name + said)) continue
      this.#told.add(name + said)
      this.#journal.fault(name, said)
    }
  }

  #tellHow(): void {
    const [here, faults] = [this.#members.filter(({ isHere }) => isHere), this.#journal.faults()]
    const minute = Math.round(this.#journal.nowMs() / 60_000)
    console.log(`minute ${minute}: ${here.map(({ name }) => name).join(', ')}; ${faults.length} faults`)
  }

  async #sample(): Promise<void> {
    this.#tellHow()
    for (const member of this.#members) {
      const { open } = member.browser
      if (open === null || !member.isAwake) continue
      const who = `${member.name} ${open.number}`
      try {
        const liveBytes = await within(sampleTimeoutMs, open.heap.liveBytes())
        const sample = { atMs: this.#journal.nowMs(), liveBytes }
        this.#series.set(who, [...(this.#series.get(who) ?? []), sample])
      } catch {
        // It is gone meanwhile, or asleep.
      }
    }
  }
}

/** Everybody who is awake is linked with everybody else who is. */
function isWhole(sights: readonly (readonly [string, Sight | null])[]): boolean {
  return sights.every(([name, sight]) => {
    const linked = (sight?.peers ?? []).filter(({ state }) => state === 'direct' || state === 'relayed')
    return sights.every(([other]) => other === name || linked.some((peer) => peer.name === other))
  })
}
