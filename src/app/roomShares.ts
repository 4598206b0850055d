import type { EngineShare } from '../engine/engine.ts'
import type { KnownShare, RoomInput } from '../room/io.ts'
import { textFromUtf8 } from '../shared/bytes.ts'
import type { ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { encodeManifest, type Manifest } from '../swarm/manifest.ts'

/** Tells the room what is new of the shares, for those who are not linked with us. */
export class RoomShareTeller {
  readonly #told = new Set<ShareId>()
  #lastTold = ''

  tell(all: readonly EngineShare[], room: { handle(input: RoomInput): void }): void {
    const here = new Set(all.map(({ share }) => share))
    const gone = [...this.#told].filter((share) => !here.has(share))
    for (const share of gone) this.#told.delete(share)
    const fresh = all
      .filter(({ share }) => !this.#told.has(share))
      .map(({ manifest }) => knownShare(manifest))
    for (const { share } of fresh) this.#told.add(share)
    const [given, sought] = [givenOf(all), soughtOf(all)]
    const text = JSON.stringify([given, sought])
    if (fresh.length + gone.length === 0 && text === this.#lastTold) return
    this.#lastTold = text
    room.handle({ type: 'sharesChanged', fresh, gone, given, sought })
  }
}

/** As the room tells others of it. */
export const knownShare = (manifest: Manifest): KnownShare => ({
  share: manifest.share,
  manifest: textFromUtf8(encodeManifest(manifest)) ?? '',
})

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
