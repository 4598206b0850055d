import type { Millis, PeerId, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Census } from './census.ts'
import type { Deadline, RoomContext } from './context.ts'
import { countUp, mostCounted, putInto } from './groups.ts'
import { inParts } from './inParts.ts'
import type { Card, KnownShare, SharesNews } from './io.ts'
import type { LinkedMember } from './member.ts'
import { createQuota } from './quota.ts'
import { createRecent } from './recent.ts'
import type { Roster } from './roster.ts'
import { manifestParts } from './weights.ts'

/** Not asked of again before this: a manifest may first have to come to who is asked. */
const askAgainMs: Millis = 3000

/**
 * Shares in a large room: cards say who gives which, and what they are comes from whoever knows, as each manifest certifies itself. So a
 * share that anybody offers is known to everyone, linked with somebody who has it or not.
 */
export interface Catalogue {
  /** A card is in the place of another, or gone. */
  cardChanged(before: Card | null, after: Card | null): void
  /** What we know of ourselves, and know no more. */
  sharesChanged(news: Pick<SharesNews, 'fresh' | 'gone'>): void
  /** Members ask what these are. */
  asked(from: LinkedMember, shares: readonly ShareId[]): void
  /** A member tells; each is checked, as asked with `checkManifest`. */
  manifestsArrived(from: LinkedMember, manifests: readonly string[]): void
  /** Of what came: it is the share's own. */
  manifestChecked(known: KnownShare): void
  /** Members that give the share, as they say; `giversMax` of them at most. */
  giversOf(share: ShareId): ReadonlySet<PeerId>
  attend(): void
  deadlines(): Deadline[]
}

interface Listed {
  readonly givers: Set<PeerId>
  /** Who named it first, and so takes its place from others. */
  readonly chargedTo: PeerId
  /** Null until somebody has told it. */
  manifest: string | null
  askedOf: PeerId | null
  askedAt: Millis
}

const nobody: ReadonlySet<PeerId> = new Set()

export function createCatalogue(context: RoomContext, roster: Roster, census: Census): Catalogue {
  const { emit } = context
  const listed = new Map<ShareId, Listed>()
  /** How many of them are charged to whom. */
  const charges = new Map<PeerId, number>()
  /** What we know of ourselves, and others may ask for. */
  const own = createRecent<ShareId, string>(limits.sharesListedMax)
  /** Of these it is not known what they are. */
  const unknown = new Set<ShareId>()
  /** Who asked us before we knew, or is to be told with the next batch. */
  const owed = new Map<PeerId, Set<ShareId>>()
  const told = createQuota<PeerId>(context, { countMax: limits.manifestsPerTenSecondsMax })
  const heard = createQuota<PeerId>(context, { countMax: limits.manifestsPerTenSecondsMax })
  let askAt: Millis | null = null
  let tellAt: Millis | null = null

  const tellSoon = (): void => void (tellAt ??= context.now + limits.gossipMs)

  /** One who names shares without end takes no place from others: of who has most listed, one makes way. Whether there is a place now. */
  function makePlace(giver: PeerId): boolean {
    if (listed.size < limits.sharesListedMax) return true
    const [most, count] = mostCounted(charges)
    if (most === giver || count <= 1 + (charges.get(giver) ?? 0)) return false
    const last = [...listed].findLast(([, { chargedTo }]) => chargedTo === most)
    if (last) drop(...last)
    return last !== undefined
  }

  function list(share: ShareId, giver: PeerId): void {
    const known = listed.get(share)
    if (known) {
      if (known.givers.size < limits.giversMax) known.givers.add(giver)
      return
    }
    if (!makePlace(giver)) return
    const manifest = own.noted(share) ?? null
    listed.set(share, { givers: new Set([giver]), chargedTo: giver, manifest, askedOf: null, askedAt: 0 })
    countUp(charges, giver)
    if (manifest !== null) return emit({ type: 'shareHeard', manifest })
    unknown.add(share)
    askAt ??= context.now + limits.gossipMs
  }

  function drop(share: ShareId, { chargedTo, manifest }: Listed): void {
    listed.delete(share)
    unknown.delete(share)
    const left = (charges.get(chargedTo) ?? 1) - 1
    if (left > 0) charges.set(chargedTo, left)
    else charges.delete(chargedTo)
    if (manifest !== null) emit({ type: 'shareUnheard', share })
  }

  function unlist(share: ShareId, giver: PeerId): void {
    const known = listed.get(share)
    if (known?.givers.delete(giver) && known.givers.size === 0) drop(share, known)
  }

  function learn({ share, manifest }: KnownShare): void {
    const known = listed.get(share)
    if (!known || known.manifest !== null) return
    known.manifest = manifest
    unknown.delete(share)
    emit({ type: 'shareHeard', manifest })
    if (owed.size > 0) tellSoon()
  }

  /** First one that gives the share itself; else anybody, who may have heard of it. */
  function tellerOf({ givers, askedOf }: Listed): PeerId | undefined {
    const linked = roster.linked().filter(({ peer }) => peer !== askedOf)
    const near = linked.filter(({ peer }) => givers.has(peer))
    const from = near.length > 0 ? near : linked
    return from[context.random() % Math.max(1, from.length)]?.peer
  }

  function ask(): void {
    const asks = new Map<PeerId, ShareId[]>()
    for (const share of unknown) {
      const known = listed.get(share)
      if (!known || (known.askedOf !== null && context.now - known.askedAt < askAgainMs)) continue
      const teller = tellerOf(known)
      if (teller === undefined) continue
      known.askedOf = teller
      known.askedAt = context.now
      putInto(asks, teller, share)
    }
    for (const [peer, all] of asks)
      for (const shares of inParts(all, limits.headsPerMessage))
        emit({ type: 'send', peer, message: { type: 'whatAre', shares } })
    askAt = unknown.size > 0 ? context.now + limits.gossipMs : null
  }

  const manifestOf = (share: ShareId): string | null =>
    own.noted(share) ?? listed.get(share)?.manifest ?? null

  function tell(): void {
    tellAt = null
    for (const [peer, shares] of owed) {
      const manifests: string[] = []
      for (const share of shares) {
        const manifest = manifestOf(share)
        // What nobody lists any more nobody waits for.
        if (manifest !== null || !listed.has(share)) shares.delete(share)
        if (manifest !== null && told.allows(peer)) manifests.push(manifest)
      }
      if (shares.size === 0) owed.delete(peer)
      for (const part of manifestParts(manifests))
        emit({ type: 'send', peer, message: { type: 'manifests', manifests: part } })
    }
  }

  return {
    cardChanged(before, after) {
      const kept = new Set(after?.shares)
      if (before) for (const share of before.shares) if (!kept.has(share)) unlist(share, before.peer)
      if (after) for (const share of kept) list(share, after.peer)
    },
    sharesChanged({ fresh, gone }) {
      for (const known of fresh) {
        own.note(known.share, known.manifest)
        learn(known)
      }
      for (const share of gone) own.forget(share)
    },
    asked({ peer }, shares) {
      const of = owed.get(peer) ?? new Set()
      for (const share of shares) if (of.size < limits.sharesListedMax) of.add(share)
      owed.set(peer, of)
      tellSoon()
    },
    manifestsArrived({ peer }, manifests) {
      for (const manifest of manifests)
        if (unknown.size > 0 && heard.allows(peer)) emit({ type: 'checkManifest', from: peer, manifest })
    },
    manifestChecked: learn,
    giversOf: (share) => listed.get(share)?.givers ?? nobody,
    attend() {
      for (const peer of owed.keys()) if (!roster.findLinked(peer)) owed.delete(peer)
      if (tellAt !== null && context.now >= tellAt) tell()
      if (askAt !== null && context.now >= askAt && census.isLarge()) ask()
    },
    deadlines: () => [
      ...(tellAt === null ? [] : [{ at: tellAt, why: 'tell' }]),
      ...(askAt === null || !census.isLarge() ? [] : [{ at: askAt, why: 'ask' }]),
    ],
  }
}
