import type { Millis, PeerId, ShareId } from '../shared/ids.ts'
import type { FarHolder, StopFault } from './io.ts'
import type { Manifest } from './manifest.ts'
import { stages, type ShareState, type Source } from './state.ts'

export interface HolderSnapshot {
  readonly peer: PeerId
  /** Pieces it holds. */
  readonly heldCount: number
  readonly downBytes: number
  readonly upBytes: number
  /** When its last block came; -Infinity before the first. */
  readonly lastBlockAt: Millis
  /** Of whom it would pass the share on to us; null where it holds it itself, or takes it. */
  readonly through: readonly FarHolder[] | null
  /** It takes the share through us. */
  readonly isPassedTo: boolean
}

/** What can be said of a share at a moment. Traffic is counted from the start. */
export interface ShareSnapshot {
  readonly share: ShareId
  readonly manifest: Manifest
  readonly state: 'offered' | 'downloading' | 'paused' | 'stopped' | 'complete'
  readonly source: Source
  readonly fault: StopFault | null
  /** Its origin has signed two hash lists: nobody can say what it is. */
  readonly contradicted: boolean
  readonly pieceCount: number
  readonly heldCount: number
  /** Pieces that an earlier page kept, and that are still to be hashed again. */
  readonly claimedCount: number
  /** Bytes of the files themselves, the tree left out. */
  readonly heldPayloadBytes: number
  /** Others that hold all of it, those counted of whom a member between says so. */
  readonly otherCopies: number
  /** Pieces that the others hold between them. */
  readonly othersCount: number
  /** Pieces that we or others hold. */
  readonly reachableCount: number
  /** Those who hold some of it, would pass it on to us, or take it from us. */
  readonly holders: readonly HolderSnapshot[]
  readonly wastedBytes: number
}

/** Costs as much as the share has holders, however many pieces it has. */
export function snapshotOf(share: ShareState): ShareSnapshot {
  return {
    share: share.manifest.share,
    manifest: share.manifest,
    state: stateOf(share),
    source: share.source,
    fault: share.wish.state === 'stopped' ? share.wish.fault : null,
    contradicted: share.contradicted,
    pieceCount: share.pieceCount,
    heldCount: share.held.count,
    claimedCount: share.claimedCount,
    heldPayloadBytes: share.heldPayloadBytes,
    otherCopies: wholeHolders(share).size,
    othersCount: share.ledger.reachableCount,
    reachableCount: share.ledger.roomCount,
    holders: [...new Set([...share.ledger.holdings.keys(), ...share.interested])].map((peer) =>
      holderOf(share, peer),
    ),
    wastedBytes: share.wastedBytes,
  }
}

function holderOf(share: ShareState, peer: PeerId): HolderSnapshot {
  const traffic = share.traffic.get(peer)
  return {
    peer,
    heldCount: share.ledger.holdings.get(peer)?.count ?? 0,
    downBytes: traffic?.downBytes ?? 0,
    upBytes: traffic?.upBytes ?? 0,
    lastBlockAt: traffic?.lastBlockAt ?? -Infinity,
    through: share.through.get(peer) ?? null,
    isPassedTo: share.carrying !== null && share.interested.has(peer),
  }
}

function wholeHolders(share: ShareState): Set<PeerId> {
  const whole = new Set<PeerId>()
  for (const [peer, bits] of share.ledger.holdings) if (bits.full && !share.through.has(peer)) whole.add(peer)
  for (const far of share.through.values()) for (const { peer, isWhole } of far) if (isWhole) whole.add(peer)
  return whole
}

function stateOf(share: ShareState): ShareSnapshot['state'] {
  switch (share.wish.state) {
    case 'none':
      return share.held.full && share.completed ? 'complete' : 'offered'
    case 'opening':
    case 'downloading':
      return 'downloading'
    case 'paused':
      return 'paused'
    case 'stopped':
      return 'stopped'
  }
}

/** How one of `cells` equal parts of the pieces stands. */
export interface StripPart {
  readonly pieceCount: number
  readonly heldCount: number
  readonly openCount: number
  /** The fewest others that hold any one of its pieces not held here; Infinity when all are. */
  readonly rarest: number
}

/** The pieces from first to last in at most `cells` parts. */
export function stripOf(share: Readonly<ShareState>, cells: number): StripPart[] {
  const count = Math.min(cells, share.pieceCount)
  return Array.from({ length: count }, (_, cell) => {
    const from = Math.floor((cell * share.pieceCount) / count)
    const to = Math.floor(((cell + 1) * share.pieceCount) / count)
    let heldCount = 0
    let openCount = 0
    let rarest = Infinity
    for (let piece = from; piece < to; piece++) {
      if (share.stage[piece] === stages.held) heldCount++
      else rarest = Math.min(rarest, share.ledger.copies[piece] ?? 0)
      if (share.stage[piece] === stages.open || share.stage[piece] === stages.claimed) openCount++
    }
    return { pieceCount: to - from, heldCount, openCount, rarest }
  })
}
