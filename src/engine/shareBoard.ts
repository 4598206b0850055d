import { Alarm, type Clock } from '../shared/clock.ts'
import type { PeerId, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { stripOf, type HolderSnapshot, type ShareSnapshot, type StripPart } from '../swarm/snapshot.ts'
import type { ShareState } from '../swarm/state.ts'
import type { Swarm } from '../swarm/swarm.ts'
import { stripCells, type EngineListener, type EngineShare } from './engine.ts'

/** Tells what is new of the shares: a few times a second while anything changes, and at once where something happened. */
export class ShareBoard {
  readonly #swarm: Pick<Swarm, 'shares' | 'snapshot' | 'inspect' | 'firstHash'>
  readonly #told: EngineListener
  readonly #alarm: Alarm
  readonly #lookedAt = new Set<ShareId>()
  /** As they were last told. */
  readonly #shares = new Map<ShareId, EngineShare>()

  constructor(
    swarm: Pick<Swarm, 'shares' | 'snapshot' | 'inspect' | 'firstHash'>,
    clock: Clock,
    told: EngineListener,
  ) {
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
    this.tellOf(share)
  }

  /** Tells at once what is new of one share: before something is reported of it. */
  tellOf(share: ShareId): void {
    const snapshot = this.#swarm.snapshot(share)
    if (snapshot) this.#tell([snapshot], [])
    else if (this.#shares.has(share)) this.#tell([], [share])
  }

  /** Tells at once what is new of all. */
  tell(): void {
    const snapshots = this.#swarm.shares()
    const known = new Set(snapshots.map(({ share }) => share))
    const gone = [...this.#shares.keys()].filter((share) => !known.has(share))
    this.#tell(snapshots, gone)
  }

  /** Says of which shares the peer takes pieces away that neither we nor anybody else has. `unlink` tells the swarm that it is gone. */
  peerLeaves(peer: PeerId, unlink: () => void): void {
    const left = this.#swarm.shares().flatMap(({ share }) => {
      const inspected = this.#swarm.inspect(share)
      return inspected && holdsAlone(inspected, peer) ? [share] : []
    })
    unlink()
    this.tell()
    for (const share of left) this.#told({ type: 'piecesLeft', share, peer })
  }

  close(): void {
    this.#alarm.stop()
  }

  #tell(snapshots: readonly ShareSnapshot[], gone: readonly ShareId[]): void {
    const changed = snapshots
      .map((snapshot) => this.#describe(snapshot))
      .filter((share) => {
        const before = this.#shares.get(share.share)
        return !before || !isSameShare(before, share)
      })
    for (const share of changed) this.#shares.set(share.share, share)
    for (const share of gone) {
      this.#shares.delete(share)
      this.#lookedAt.delete(share)
    }
    if (changed.length + gone.length > 0) this.#told({ type: 'sharesChanged', changed, gone })
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

function holdsAlone(share: Readonly<ShareState>, peer: PeerId): boolean {
  const theirs = share.ledger.holdings.get(peer)
  if (!theirs) return false
  for (let piece = 0; piece < share.pieceCount; piece++) {
    if (theirs.has(piece) && share.ledger.copies[piece] === 1 && !share.held.has(piece)) return true
  }
  return false
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
