import type { Millis, PeerId, ShareId } from '../shared/ids.ts'
import type { StopFault } from './io.ts'
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
  /** Bytes of the files themselves, the tree left out. */
  readonly heldPayloadBytes: number
  /** Others that hold all of it. */
  readonly otherCopies: number
  /** Pieces that the others hold between them. */
  readonly othersCount: number
  /** Pieces that we or others hold. */
  readonly reachableCount: number
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
    heldPayloadBytes: share.heldPayloadBytes,
    otherCopies: share.ledger.fullCount,
    othersCount: share.ledger.reachableCount,
    reachableCount: share.ledger.roomCount,
    holders: [...share.ledger.holdings].map(([peer, bits]) => ({
      peer,
      heldCount: bits.count,
      downBytes: share.traffic.get(peer)?.downBytes ?? 0,
      upBytes: share.traffic.get(peer)?.upBytes ?? 0,
      lastBlockAt: share.traffic.get(peer)?.lastBlockAt ?? -Infinity,
    })),
    wastedBytes: share.wastedBytes,
  }
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
