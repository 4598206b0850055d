import type { Millis, PeerId, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Census } from './census.ts'
import type { Deadline, RoomContext } from './context.ts'
import { inParts } from './inParts.ts'
import type { Card } from './io.ts'
import type { LinkedMember } from './member.ts'
import { createQuota } from './quota.ts'
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
  /** What we know of ourselves. */
  manifestKnown(share: ShareId, manifest: string): void
  /** Members ask what these are. */
  asked(from: LinkedMember, shares: readonly ShareId[]): void
  /** A member tells; each is checked, as asked with `checkManifest`. False where it told what nobody asked. */
  manifestsArrived(from: LinkedMember, manifests: readonly string[]): boolean
  /** Of what came: it is the share's own. */
  manifestChecked(share: ShareId, manifest: string): void
  /** Members that give the share, as they say. */
  giversOf(share: ShareId): ReadonlySet<PeerId>
  attend(): void
  deadlines(): Deadline[]
}

interface Listed {
  readonly givers: Set<PeerId>
  /** Null until somebody has told it. */
  manifest: string | null
  /** Who asked us for it before we had it. */
  readonly owedTo: Set<PeerId>
  askedOf: PeerId | null
  askedAt: Millis
}

const nobody: ReadonlySet<PeerId> = new Set()

export function createCatalogue(context: RoomContext, roster: Roster, census: Census): Catalogue {
  const { emit } = context
  const listed = new Map<ShareId, Listed>()
  /** What we know of ourselves, and others may ask for. */
  const own = new Map<ShareId, string>()
  /** Of these it is not known what they are. */
  const unknown = new Set<ShareId>()
  /** Manifests asked of each, and not told yet. */
  const due = new Map<PeerId, number>()
  const toldOf = createQuota<PeerId>(context, { countMax: limits.manifestsPerTenSecondsMax })
  let askAt: Millis | null = null

  function list(share: ShareId, giver: PeerId): void {
    const known = listed.get(share)
    if (known) return void known.givers.add(giver)
    if (listed.size >= limits.sharesListedMax) return
    const manifest = own.get(share) ?? null
    listed.set(share, { givers: new Set([giver]), manifest, owedTo: new Set(), askedOf: null, askedAt: 0 })
    if (manifest !== null) return emit({ type: 'shareHeard', manifest })
    unknown.add(share)
    askAt ??= context.now
  }

  function unlist(share: ShareId, giver: PeerId): void {
    const known = listed.get(share)
    if (!known?.givers.delete(giver) || known.givers.size > 0) return
    listed.delete(share)
    unknown.delete(share)
    if (known.manifest !== null) emit({ type: 'shareUnheard', share })
  }

  function learn(share: ShareId, manifest: string): void {
    const known = listed.get(share)
    if (!known || known.manifest !== null) return
    known.manifest = manifest
    unknown.delete(share)
    emit({ type: 'shareHeard', manifest })
    for (const peer of known.owedTo)
      if (roster.findLinked(peer))
        emit({ type: 'send', peer, message: { type: 'manifests', manifests: [manifest] } })
    known.owedTo.clear()
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
      asks.set(teller, [...(asks.get(teller) ?? []), share])
    }
    for (const peer of due.keys()) if (!roster.findLinked(peer)) due.delete(peer)
    for (const [peer, all] of asks) {
      due.set(peer, (due.get(peer) ?? 0) + all.length)
      for (const shares of inParts(all, limits.headsPerMessage))
        emit({ type: 'send', peer, message: { type: 'whatAre', shares } })
    }
    askAt = unknown.size > 0 ? context.now + limits.gossipMs : null
  }

  return {
    cardChanged(before, after) {
      const kept = new Set(after?.shares)
      if (before) for (const share of before.shares) if (!kept.has(share)) unlist(share, before.peer)
      if (after) for (const share of kept) list(share, after.peer)
    },
    manifestKnown(share, manifest) {
      if (own.size < limits.sharesListedMax) own.set(share, manifest)
      learn(share, manifest)
    },
    asked({ peer }, shares) {
      const manifests = shares.flatMap((share): string[] => {
        if (!toldOf.allows(peer)) return []
        const known = listed.get(share)
        const manifest = own.get(share) ?? known?.manifest ?? null
        if (manifest === null) known?.owedTo.add(peer)
        return manifest === null ? [] : [manifest]
      })
      for (const part of manifestParts(manifests))
        emit({ type: 'send', peer, message: { type: 'manifests', manifests: part } })
    },
    manifestsArrived({ peer }, manifests) {
      const left = (due.get(peer) ?? 0) - manifests.length
      if (left < 0) return false
      due.set(peer, left)
      for (const manifest of manifests) emit({ type: 'checkManifest', from: peer, manifest })
      return true
    },
    manifestChecked: learn,
    giversOf: (share) => listed.get(share)?.givers ?? nobody,
    attend() {
      if (askAt !== null && context.now >= askAt && census.isLarge()) ask()
    },
    deadlines: () => (askAt === null || !census.isLarge() ? [] : [{ at: askAt, why: 'ask' }]),
  }
}
