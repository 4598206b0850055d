import type { EngineShare } from '../engine/engine.ts'
import type { MemberSnapshot } from '../room/io.ts'
import type { Millis, PeerId, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { HolderSnapshot, ShareSnapshot, StripPart } from '../swarm/snapshot.ts'
import type { KnownShares } from './knownShares.ts'
import { RateMeter } from './rates.ts'
import type { HolderView, OriginView, ShareState, ShareTrouble, ShareView, StripCell } from './view.ts'

/** Everything fetched and nothing new in the room for this long: the download waits for somebody. */
const waitingAfterMs = 2000
/** The same where members far away say they give it: the room looks for a link with one of them meanwhile. */
const outOfReachAfterMs = 30_000
/** Copies from which on a piece counts as common. */
const commonCopies = 2

/** Who people are, as a view says it. */
export interface NamesOf {
  nameOf(peer: PeerId): string
  originOf(share: ShareId): OriginView | null
  /** Members that give the share, as they say: in a large room, linked with us or not. */
  giversOf(share: ShareId): ReadonlySet<PeerId>
}

export interface ShareViewsOptions {
  /** Infinity where pieces are kept on disk. */
  readonly memoryLimitBytes: number
  /** Whether one click is enough to give a share of an earlier page again. */
  canAsk(share: ShareId): boolean
}

/** What has to be remembered of a share between two looks at it. */
interface Memory {
  readonly down: Map<PeerId, RateMeter>
  readonly up: Map<PeerId, RateMeter>
  /** Pieces held and reachable at the last change, and when that was. */
  progress: string
  progressAt: Millis
  /** Who took pieces away that nobody else has. */
  leftBy: string | null
}

/** Makes the shares' views from what the engine told of them: adds speeds, names and troubles. */
export class ShareViews {
  readonly #known: KnownShares
  readonly #options: ShareViewsOptions
  readonly #memories = new Map<ShareId, Memory>()
  /** Shares the user took off the list. */
  readonly hidden = new Set<ShareId>()
  /** Shares handed to the browser's downloads. */
  readonly saved = new Set<ShareId>()
  /** Bytes saved so far of shares being saved. */
  readonly saving = new Map<ShareId, number>()

  constructor(known: KnownShares, options: ShareViewsOptions) {
    this.#known = known
    this.#options = options
  }

  /** Newest first. */
  views(members: readonly MemberSnapshot[], names: NamesOf, now: Millis): ShareView[] {
    const states = new Map(members.map((member) => [member.peer, member.state]))
    const shares = this.#known.all().toReversed()
    const known = new Set(shares.map(({ share }) => share))
    for (const share of this.#memories.keys()) if (!known.has(share)) this.#memories.delete(share)
    return shares
      .filter(({ share }) => !this.hidden.has(share))
      .map((share) => this.#view(share, states, names, now))
  }

  /** A member is gone, and with it pieces of the share that nobody else has. */
  piecesLeft(share: ShareId, name: string): void {
    const memory = this.#memories.get(share)
    if (memory) memory.leftBy = name
  }

  #memory(share: ShareId, now: Millis): Memory {
    const known = this.#memories.get(share)
    if (known) return known
    const memory = { down: new Map(), up: new Map(), progress: '', progressAt: now, leftBy: null }
    this.#memories.set(share, memory)
    return memory
  }

  #view(
    share: EngineShare,
    states: ReadonlyMap<PeerId, MemberSnapshot['state']>,
    { nameOf, originOf, giversOf }: NamesOf,
    now: Millis,
  ): ShareView {
    const { manifest, pieceCount } = share
    const near = new Set(share.holders.map(({ peer }) => peer))
    const far = [...giversOf(share.share)].filter((peer) => !near.has(peer))
    const otherCopies = share.otherCopies + far.length
    const memory = this.#memory(share.share, now)
    noteProgress(memory, share, now)
    const holders = share.holders.map((holder) =>
      holderView(memory, holder, pieceCount, states.get(holder.peer) ?? 'lost', nameOf, now),
    )
    const downBytesPerSecond = sum(holders, (holder) => holder.downBytesPerSecond)
    const offer = offerers(share, far)
    const leftBytes = manifest.sizeBytes - share.heldPayloadBytes
    return {
      share: share.share,
      name: manifest.name,
      kind: manifest.kind,
      sizeBytes: manifest.sizeBytes,
      fileCount: manifest.fileCount,
      state: shareState(share),
      mine: isAway(share) || (share.source !== 'none' && share.source !== 'away'),
      offeredBy: offer.by.map(nameOf),
      offeredThrough: offer.through.map(nameOf),
      origin: originOf(share.share),
      haveBytes: share.heldPayloadBytes,
      isRechecked: share.claimedCount > 0,
      downBytesPerSecond,
      upBytesPerSecond: sum(holders, (holder) => holder.upBytesPerSecond),
      timeLeftMs: downBytesPerSecond > 0 ? (1000 * leftBytes) / downBytesPerSecond : null,
      sourceCount: share.holders.filter((holder) => now - holder.lastBlockAt < limits.sourceRecentMs).length,
      copies: otherCopies + (share.state === 'complete' ? 1 : 0),
      otherCopies,
      // Who gives it from afar has all of it, or its origin is about to.
      roomFraction: far.length > 0 ? 1 : fraction(share.othersCount, pieceCount, share.otherCopies > 0),
      reachableFraction: far.length > 0 ? 1 : fraction(share.reachableCount, pieceCount, true),
      holders,
      strip: share.strip.map(stripCell),
      pieceCount,
      pieceSizeBytes: manifest.pieceSizeBytes,
      trouble: this.#trouble(share, memory, far.length > 0, now),
      savingBytes: this.saving.get(share.share) ?? null,
      saved: this.saved.has(share.share),
    }
  }

  #trouble(share: ShareSnapshot, memory: Memory, isGiven: boolean, now: Millis): ShareTrouble | null {
    if (share.contradicted) return { code: 'contradicted' }
    if (share.source === 'lost') return { code: 'sourceChanged' }
    if (isAway(share)) return { code: 'filesAway', canAsk: this.#options.canAsk(share.share) }
    if (share.fault?.code === 'broken') return { code: 'storageBroken', detail: share.fault.detail }
    if (share.fault?.code === 'full') {
      const limitBytes = this.#options.memoryLimitBytes
      if (share.manifest.sizeBytes > limitBytes) return { code: 'tooLargeForMemory', limitBytes }
      return { code: 'storageFull', neededBytes: share.manifest.sizeBytes - share.heldPayloadBytes }
    }
    const isWanted = share.state === 'downloading' || share.state === 'paused'
    if (!isWanted || share.claimedCount > 0 || share.reachableCount === share.pieceCount) return null
    const waitsMs = share.heldCount === share.reachableCount ? now - memory.progressAt : 0
    if (isGiven) return waitsMs > outOfReachAfterMs ? { code: 'restOutOfReach' } : null
    const isStuck = waitsMs > waitingAfterMs
    return isStuck || memory.leftBy !== null ? { code: 'waitingForRest', leftBy: memory.leftBy } : null
  }
}

function noteProgress(memory: Memory, share: ShareSnapshot, now: Millis): void {
  const progress = `${share.heldCount}/${share.reachableCount}`
  if (progress !== memory.progress) {
    memory.progress = progress
    memory.progressAt = now
  }
  if (share.reachableCount === share.pieceCount) memory.leftBy = null
}

function holderView(
  memory: Memory,
  holder: HolderSnapshot,
  pieceCount: number,
  state: HolderView['state'],
  nameOf: NamesOf['nameOf'],
  now: Millis,
): HolderView {
  return {
    peer: holder.peer,
    name: nameOf(holder.peer),
    state,
    fraction: fraction(holder.heldCount, pieceCount, true),
    downBytesPerSecond: meter(memory.down, holder.peer).update(holder.downBytes, now),
    upBytesPerSecond: meter(memory.up, holder.peer).update(holder.upBytes, now),
    passesOnFrom: holder.through?.map(({ peer }) => nameOf(peer)) ?? null,
    isPassedTo: holder.isPassedTo,
  }
}

function meter(meters: Map<PeerId, RateMeter>, peer: PeerId): RateMeter {
  const known = meters.get(peer)
  if (known) return known
  const fresh = new RateMeter()
  meters.set(peer, fresh)
  return fresh
}

/** An earlier page gave it from files of this device. */
const isAway = ({ source, state }: ShareSnapshot): boolean => source === 'away' && state === 'offered'

function shareState(share: ShareSnapshot): ShareState {
  if (isAway(share)) return 'paused'
  if (share.source === 'lost' || (share.contradicted && share.state === 'offered')) return 'failed'
  return share.state === 'stopped' ? 'failed' : share.state
}

/**
 * Those who hold the most of it: all, or, while its origin still hashes, as much as there is. Where none of them is linked with us, also who
 * passes it on.
 */
function offerers(
  share: ShareSnapshot,
  giving: readonly PeerId[],
): { by: readonly PeerId[]; through: readonly PeerId[] } {
  if (share.holders.length === 0) return { by: giving, through: [] }
  const most = Math.max(0, ...share.holders.map((holder) => holder.heldCount))
  const top = share.holders.filter((holder) => holder.heldCount === most)
  const near = top.filter(({ through }) => through === null)
  if (near.length > 0) return { by: near.map(({ peer }) => peer), through: [] }
  const far = top.flatMap(({ through }) => through ?? []).map(({ peer }) => peer)
  return { by: [...new Set(far)], through: top.map(({ peer }) => peer) }
}

/** Of an empty file there are no pieces to count: `otherwise` says whether it is there. */
const fraction = (count: number, of: number, otherwise: boolean): number =>
  of === 0 ? (otherwise ? 1 : 0) : count / of

function stripCell(part: StripPart): StripCell {
  if (part.heldCount === part.pieceCount) return 'here'
  if (part.openCount > 0) return 'coming'
  if (part.heldCount > 0) return 'partly'
  if (part.rarest === 0) return 'nowhere'
  return part.rarest >= commonCopies ? 'common' : 'rare'
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0)
