import { blockLength, pieceLength } from '../shared/geometry.ts'
import type { Millis, PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Bitfield } from './bitfield.ts'
import { makeCarriedRoom } from './carriedRoom.ts'
import { askable, dealtTo } from './nearness.ts'
import { beginPiece, makeRoom } from './openPieces.ts'
import { expectedAt } from './pace.ts'
import {
  isListHere,
  isMissing,
  stages,
  type BlockState,
  type OpenPiece,
  type PeerState,
  type Request,
  type ShareState,
  type Turn,
} from './state.ts'
import { randomCommonPiece } from './wantedPieces.ts'

export interface Pick {
  readonly open: OpenPiece
  readonly block: number
}

/** The share is fetched from now on, after those that are already. */
export function startPicking(turn: Turn, share: ShareState): void {
  turn.state.downloads.add(share)
  share.ledger.startWanting()
  if (!isListHere(share)) return
  for (let piece = 0; piece < share.list.count; piece++)
    if (share.stage[piece] === stages.lacking) share.ledger.want(piece)
}

export function stopPicking(turn: Turn, share: ShareState): void {
  turn.state.downloads.delete(share)
  share.ledger.stopWanting()
}

/**
 * What to ask this peer for next, of one share: first what finishes a piece already begun, unless others have that one too and the peer
 * has some that nobody else has (a source that finishes for everyone what others could gives nothing new); then what is next where it
 * is to come in order, then the rarest piece it has (random among equals, in runs; one promised to somebody else counts as less rare), then, with nothing left to begin, a second copy of a
 * block that it would bring well before the one who owes it (end game). Null when it has nothing for us.
 */
export function pickBlock(turn: Turn, share: ShareState, peer: PeerState): Pick | null {
  const bits = askable(turn, share, peer)
  if (!bits) return null
  const mayGive = (open: OpenPiece): boolean =>
    bits.has(open.piece) && !open.checking && (open.solo === null || open.solo === peer.peer)

  const begun = begunBlock(share, peer, mayGive)
  if (begun !== null && (isLone(share, begun.open.piece) || !share.ledger.hasLonePiece(bits))) return begun
  const piece = newPiece(turn, share, peer, bits)
  if (piece !== null) return { open: beginPiece(turn, share, piece, peer), block: 0 }
  return begun ?? secondCopy(turn, share, peer, mayGive)
}

/** A missing block of a piece begun: of one that nobody else has, where there is one. */
function begunBlock(share: ShareState, peer: PeerState, mayGive: (open: OpenPiece) => boolean): Pick | null {
  let best: Pick | null = null
  for (const open of share.open.values()) {
    if (open.missingCount === 0 || !mayGive(open)) continue
    const block = firstMissing(open, peer)
    if (block < 0) continue
    if (isLone(share, open.piece)) return { open, block }
    best ??= { open, block }
  }
  return best
}

/** -1 where there is none that was not asked of this peer. */
function firstMissing(open: OpenPiece, peer: PeerState): number {
  return open.blocks.findIndex((block) => isMissing(block) && !isAskedOf(block, peer))
}

const isLone = (share: ShareState, piece: PieceIndex): boolean => share.ledger.copies[piece] === 1

const isAskedOf = ({ requests }: BlockState, peer: PeerState): boolean =>
  requests.some((request) => request.peer === peer)

/** A piece to begin with this peer, for which there is room. */
function newPiece(turn: Turn, share: ShareState, peer: PeerState, bits: Bitfield): PieceIndex | null {
  const piece =
    (share.isInOrder ? nextInOrder(share, bits) : null) ??
    (share.through.has(peer.peer) ? nextThrough(turn, share, peer, bits) : null) ??
    rarestPiece(turn, share, peer, bits)
  if (piece === null) return null
  const lengthBytes = pieceLength(share.geometry, piece)
  if (!makeRoom(turn, lengthBytes) || (share.carrying && !makeCarriedRoom(turn, lengthBytes))) return null
  peer.lastPicked = { share, piece }
  return piece
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
  return isNextRarest ? next : randomCommonPiece(rarest, bits, turn.state.random)
}

/**
 * Of the peer's part of what is passed on: any, where others near us take the share too and give us theirs; else the first, so that
 * all who are as far from each other ask for the same, which is fetched once and soon not needed any more.
 */
function nextThrough(turn: Turn, share: ShareState, peer: PeerState, bits: Bitfield): PieceIndex | null {
  const part = dealtTo(share, peer, bits)
  if (share.ledger.holdings.size > share.through.size) return rarestPiece(turn, share, peer, part)
  return share.ledger.rarestOf(part)?.commonPiece(part, 0) ?? null
}

/** The first of the next pieces that the peer has and that may be begun; promised ones come from whom they were promised to. */
function nextInOrder(share: ShareState, bits: Bitfield): PieceIndex | null {
  const { held, ledger, pieceCount, manifest } = share
  while (share.heldUpTo < pieceCount && held.has(share.heldUpTo)) share.heldUpTo++
  const end = Math.min(pieceCount, share.heldUpTo + limits.inOrderAheadBytes / manifest.pieceSizeBytes)
  for (let piece = share.heldUpTo; piece < end; piece++)
    if (bits.has(piece) && ledger.isWanted(piece) && !ledger.promised.has(piece)) return piece
  return null
}

/** The block that this peer would bring soonest before the one who owes it. */
function secondCopy(
  turn: Turn,
  share: ShareState,
  peer: PeerState,
  mayGive: (open: OpenPiece) => boolean,
): Pick | null {
  if (share.ledger.wantedCount > 0) return null
  const { now } = turn
  let best: Pick | null = null
  let bestGainMs: Millis = limits.endGameGainMs
  for (const open of share.open.values()) {
    if (!mayGive(open)) continue
    for (const [block, slot] of open.blocks.entries()) {
      const [first] = slot.requests
      if (slot.here || !first || slot.requests.length >= limits.endGameCopiesMax) continue
      if (isAskedOf(slot, peer)) continue
      const gainMs = stillExpectedAt(first, now) - expectedAt(peer, first.lengthBytes, now)
      if (gainMs <= bestGainMs) continue
      best = { open, block }
      bestGainMs = gainMs
    }
  }
  return best
}

/** What is late will take as long again. */
const stillExpectedAt = ({ expectedAt: at }: Request, now: Millis): Millis => now + Math.abs(at - now)

export const lengthOf = (share: ShareState, pick: Pick): number =>
  blockLength(share.geometry, pick.open.piece, pick.block)
