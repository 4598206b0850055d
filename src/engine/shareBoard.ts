import { Alarm, type Clock } from '../shared/clock.ts'
import type { ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { stripOf, type HolderSnapshot, type ShareSnapshot, type StripPart } from '../swarm/snapshot.ts'
import type { Swarm } from '../swarm/swarm.ts'
import { stripCells, type EngineListener, type EngineShare } from './engine.ts'

/** Tells what is new of the shares: a few times a second while anything changes, and at once where something happened. */
export class ShareBoard {
  readonly #swarm: Pick<Swarm, 'shares' | 'inspect' | 'firstHash'>
  readonly #told: EngineListener
  readonly #alarm: Alarm
  readonly #lookedAt = new Set<ShareId>()
  /** As they were last told. */
  readonly #shares = new Map<ShareId, EngineShare>()

  constructor(swarm: Pick<Swarm, 'shares' | 'inspect' | 'firstHash'>, clock: Clock, told: EngineListener) {
    this.#swarm = swarm
    this.#told = told
    this.#alarm = new Alarm(clock)
  }

  /** Something may be different now. */
  touch(): void {
    this.#alarm.setWithin(limits.viewIntervalMs, () => this.tell())
  }

  lookAt(share: ShareId, isLookedAt: boolean): void {
    if (isLookedAt) this.#lookedAt.add(share)
    else this.#lookedAt.delete(share)
    this.tell()
  }

  /** Tells at once what is new. */
  tell(): void {
    const changed: EngineShare[] = []
    const gone = new Set(this.#shares.keys())
    for (const snapshot of this.#swarm.shares()) {
      gone.delete(snapshot.share)
      const share = this.#describe(snapshot)
      const before = this.#shares.get(share.share)
      if (before && isSameShare(before, share)) continue
      this.#shares.set(share.share, share)
      changed.push(share)
    }
    for (const share of gone) {
      this.#shares.delete(share)
      this.#lookedAt.delete(share)
    }
    if (changed.length + gone.size > 0) this.#told({ type: 'sharesChanged', changed, gone: [...gone] })
  }

  close(): void {
    this.#alarm.stop()
  }

  #describe(snapshot: ShareSnapshot): EngineShare {
    const { share, state, source } = snapshot
    const isAtRest = state === 'complete' || (state === 'offered' && source === 'none')
    const inspected = this.#swarm.inspect(share)
    const hasStrip = inspected !== null && (!isAtRest || this.#lookedAt.has(share))
    return {
      ...snapshot,
      firstHash: this.#swarm.firstHash(share)?.slice() ?? null,
      strip: hasStrip ? stripOf(inspected, stripCells) : [],
    }
  }
}

/** The first hash is known once and for all. */
function isSameShare(a: EngineShare, b: EngineShare): boolean {
  return (
    isSameFlat({ ...a, ...apart }, { ...b, ...apart }) &&
    (a.firstHash === null) === (b.firstHash === null) &&
    isSameList<HolderSnapshot>(a.holders, b.holders) &&
    isSameList<StripPart>(a.strip, b.strip)
  )
}

const apart = { firstHash: null, holders: null, strip: null }

const isSameList = <Item extends object>(a: readonly Item[], b: readonly Item[]): boolean =>
  a.length === b.length && a.every((item, at) => isSameFlat(item, b[at] ?? {}))

function isSameFlat(a: object, b: object): boolean {
  const others = new Map<string, unknown>(Object.entries(b))
  return Object.entries(a).every(([name, value]) => others.get(name) === value)
}
