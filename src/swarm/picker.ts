import { blockLength, pieceLength } from '../shared/geometry.ts'
import type { PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Bitfield } from './bitfield.ts'
import { beginPiece, makeRoom } from './openPieces.ts'
import { stages, type OpenPiece, type PeerState, type Request, type ShareState, type Turn } from './state.ts'
import { randomCommonPiece } from './wantedPieces.ts'

export interface Pick {
  readonly open: OpenPiece
  readonly block: number
}

/** The share is fetched from now on, after those that are already. */
export function startPicking(turn: Turn, share: ShareState): void {
  turn.state.downloads.add(share)
  share.ledger.startWanting()
  for (let piece = 0; piece < share.hashCount; piece++)
    if (share.stage[piece] === stages.lacking) share.ledger.want(piece)
}

export function stopPicking(turn: Turn, share: ShareState): void {
  turn.state.downloads.delete(share)
  share.ledger.stopWanting()
}

/**
 * What to ask this peer for next, of one share: first what finishes a piece already begun, then the rarest piece it has (random
 * among equals, in runs; one promised to somebody else counts as less rare), then, with nothing else left to ask, a second copy of a
 * block that another peer has owed for long (end game). Null when it has nothing for us.
 */
export function pickBlock(turn: Turn, share: ShareState, peer: PeerState): Pick | null {
  const bits = share.ledger.holdings.get(peer.peer)
  if (!bits || bits.count === 0) return null
  const mayGive = (open: OpenPiece): boolean =>
    bits.has(open.piece) && !open.checking && (open.solo === null || open.solo === peer.peer)

  for (const open of share.open.values()) {
    if (open.missingCount > 0 && mayGive(open)) return { open, block: firstMissing(open) }
  }
  const piece = rarestPiece(turn, share, peer, bits)
  if (piece !== null) return { open: beginPiece(turn, share, piece, peer), block: 0 }
  return secondCopy(turn, share, peer, mayGive)
}

function firstMissing(open: OpenPiece): number {
  return open.blocks.findIndex((block) => !block.here && block.requests.length === 0)
}

/**
 * The rarest piece the peer has: the one after the last begun with it, where that is as rare as any (runs with random beginnings are
 * as diverse as single random pieces, and disks read and write them faster), else one at random.
 */
function rarestPiece(turn: Turn, share: ShareState, peer: PeerState, bits: Bitfield): PieceIndex | null {
  const rarest = share.ledger.rarestOf(bits)
  if (!rarest) return null
  const next = peer.lastPicked?.share === share ? peer.lastPicked.piece + 1 : share.pieceCount
  const isNextRarest = rarest.has(next) && bits.has(next)
  const piece = isNextRarest ? next : randomCommonPiece(rarest, bits, turn.state.random)
  if (piece === null || !makeRoom(turn, pieceLength(share.geometry, piece))) return null
  peer.lastPicked = { share, piece }
  return piece
}

function secondCopy(
  turn: Turn,
  share: ShareState,
  peer: PeerState,
  mayGive: (open: OpenPiece) => boolean,
): Pick | null {
  let oldest: Request | null = null
  for (const open of share.open.values()) {
    if (!mayGive(open)) continue
    for (const { here, requests } of open.blocks) {
      const first = requests[0]
      if (here || !first || requests.length >= limits.endGameCopiesMax) continue
      if (requests.some((request) => request.peer === peer)) continue
      if (oldest === null || first.askedAt < oldest.askedAt) oldest = first
    }
  }
  if (oldest === null || turn.now - oldest.askedAt < limits.endGameAfterMs) return null
  return { open: oldest.open, block: oldest.block }
}

export const lengthOf = (share: ShareState, pick: Pick): number =>
  blockLength(share.geometry, pick.open.piece, pick.block)
