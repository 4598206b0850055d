import type { EngineShare } from '../engine/engine.ts'
import type { ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Manifest } from '../swarm/manifest.ts'

/** What the room is to know of the shares, for those who are not linked with us. */
export interface RoomShares {
  /** Those not known before. */
  readonly fresh: readonly Manifest[]
  /** Those that are no more. */
  readonly gone: readonly ShareId[]
  /** Those we offer, and those that we have all of. */
  readonly given: readonly ShareId[]
  /** Those that we want, and of which nobody near has more than we. */
  readonly sought: readonly ShareId[]
}

/** Tells the room what is new of the shares. */
export class RoomShareTeller {
  readonly #told = new Set<ShareId>()
  #lastTold = ''

  tell(all: readonly EngineShare[], room: { sharesChanged(known: RoomShares): void }): void {
    const here = new Set(all.map(({ share }) => share))
    const gone = [...this.#told].filter((share) => !here.has(share))
    for (const share of gone) this.#told.delete(share)
    const fresh = all.filter(({ share }) => !this.#told.has(share)).map(({ manifest }) => manifest)
    for (const { share } of fresh) this.#told.add(share)
    const shares = { fresh, gone, given: givenOf(all), sought: soughtOf(all) }
    const text = JSON.stringify([shares.given, shares.sought])
    if (fresh.length + gone.length === 0 && text === this.#lastTold) return
    this.#lastTold = text
    room.sharesChanged(shares)
  }
}

/** All that we offer; of what we took, that which came last, as others give it too. */
function givenOf(all: readonly EngineShare[]): ShareId[] {
  const own = all.filter(({ source, contradicted }) => isOwn(source) && !contradicted)
  const taken = all.filter(
    ({ source, state, contradicted }) => state === 'complete' && !isOwn(source) && !contradicted,
  )
  return [...own, ...taken.slice(-limits.sharesTakenListedMax)].map(({ share }) => share)
}

const isOwn = (source: EngineShare['source']): boolean => source === 'hashing' || source === 'whole'

const soughtOf = (all: readonly EngineShare[]): ShareId[] =>
  all.flatMap(({ share, state, heldCount, reachableCount, pieceCount, claimedCount }) => {
    const isStuck = heldCount + claimedCount >= reachableCount && reachableCount < pieceCount
    return state === 'downloading' && isStuck ? [share] : []
  })
