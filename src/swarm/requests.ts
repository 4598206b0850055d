import type { Bytes } from '../shared/bytes.ts'
import type { PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { BlockAt } from './io.ts'
import { dropOpenPiece } from './openPieces.ts'
import { aheadMaxBytes, expectedAt, isSending, learnPace, timeoutMs } from './pace.ts'
import { lengthOf, pickBlock } from './picker.ts'
import {
  fetchedShares,
  isMissing,
  trafficWith,
  type BlockState,
  type OpenPiece,
  type PeerState,
  type Request,
  type ShareState,
  type Turn,
} from './state.ts'
import { strike } from './strikes.ts'

/** Asks every peer for as much as its pace allows; those that let us down last get what is left. */
export function fillAll(turn: Turn): void {
  if (turn.state.downloads.size + turn.state.carried.size === 0) return
  for (const peer of turn.state.peers.values()) if (!peer.isStalled) fill(turn, peer)
  for (const peer of turn.state.peers.values()) if (peer.isStalled) fill(turn, peer)
}

/** Asks one peer for as much as its pace allows: of the share asked for first, then of the next; last for others. */
export function fill(turn: Turn, peer: PeerState): void {
  if (peer.isBacklogged) return
  for (const share of fetchedShares(turn.state)) {
    const blockBytes = Math.min(limits.blockSizeBytes, share.manifest.pieceSizeBytes)
    const maxBytes = aheadMaxBytes(turn.state, peer, share)
    // A message for every single block would cost both sides more than the block itself: wait until a few can be asked at once.
    const freeBytes = maxBytes - peer.aheadBytes
    if (peer.aheadBytes > 0 && freeBytes < maxBytes * limits.requestBatchFraction) return
    const mayAsk = (): boolean =>
      peer.aheadBytes + blockBytes <= maxBytes && peer.requests.size < limits.requestsAheadMax
    const blocks: BlockAt[] = []
    while (mayAsk() && blocks.length < limits.requestsPerMessage) {
      const pick = pickBlock(turn, share, peer)
      if (!pick) break
      addRequest(turn, share, peer, pick.open, pick.block, lengthOf(share, pick))
      blocks.push({ piece: pick.open.piece, block: pick.block })
    }
    if (blocks.length > 0) send(turn, peer, { type: 'request', share: share.manifest.share, blocks })
    if (!mayAsk()) return
  }
}

function addRequest(
  turn: Turn,
  share: ShareState,
  peer: PeerState,
  open: OpenPiece,
  block: number,
  lengthBytes: number,
): void {
  const slot = open.blocks[block]
  if (!slot) return
  if (slot.requests.length >= limits.endGameCopiesMax)
    cancelRequests(turn, slot.requests.filter(({ lapsed }) => lapsed).slice(0, 1))
  const { now, state } = turn
  const request: Request = {
    peer,
    share,
    open,
    block,
    lengthBytes,
    askedAt: now,
    deliveredBefore: peer.deliveredBytes,
    expectedAt: expectedAt(peer, lengthBytes, now),
    lapsed: false,
  }
  changeBlock(open, slot, () => slot.requests.push(request))
  peer.requests.add(request)
  peer.aheadBytes += lengthBytes
  peer.askedBytes += lengthBytes
  state.requestCount++
  if (peer.requests.size > 1) return
  state.askedCount++
  peer.lastBlockAt = now
}

/** Ends a request, whether served or not; an unserved block becomes missing again. */
function endRequest({ state }: Turn, request: Request): void {
  const { peer, open, lengthBytes } = request
  if (!peer.requests.delete(request)) return
  state.requestCount--
  if (peer.requests.size === 0) state.askedCount--
  peer.aheadBytes -= lengthBytes
  const slot = open.blocks[request.block]
  if (slot) changeBlock(open, slot, () => slot.requests.splice(slot.requests.indexOf(request), 1))
}

/** Whatever may make a block missing, or no longer, goes through here: the piece keeps count. */
function changeBlock(open: OpenPiece, slot: BlockState, change: () => void): void {
  const wasMissing = isMissing(slot)
  change()
  open.missingCount += Number(isMissing(slot)) - Number(wasMissing)
}

export function blockArrived(
  turn: Turn,
  peer: PeerState,
  share: ShareState,
  at: BlockAt,
  bytes: Bytes,
): void {
  const request = findRequest(peer, share, at)
  if (!request) {
    share.wastedBytes += bytes.length
    return
  }
  endRequest(turn, request)
  if (bytes.length !== request.lengthBytes) {
    strike(turn, peer, 'a block of the wrong length')
    return fill(turn, peer)
  }
  learnPace(peer, request, turn.now)
  const traffic = trafficWith(share, peer.peer)
  traffic.downBytes += bytes.length
  traffic.lastBlockAt = turn.now
  gather(turn, share, request, bytes)
  fill(turn, peer)
}

function gather(turn: Turn, share: ShareState, request: Request, bytes: Bytes): void {
  const { open, block, peer } = request
  const slot = open.blocks[block]
  if (!slot) return
  changeBlock(open, slot, () => (slot.here = true))
  const others = [...slot.requests]
  cancelRequests(turn, others)
  open.awaitedCount--
  open.givers.add(peer.peer)
  keep(turn, share, open, block, bytes)
  for (const other of others) fill(turn, other.peer)
}

/** A piece's last block and its check are one order, where its hash is known by then. */
function keep(turn: Turn, share: ShareState, open: OpenPiece, block: number, bytes: Bytes): void {
  const hash = open.awaitedCount === 0 ? share.list.hashAt(open.piece) : null
  const at = { share: share.manifest.share, piece: open.piece, block, bytes } as const
  if (hash) open.checking = true
  turn.emit(hash ? { type: 'finishPiece', ...at, hash } : { type: 'keepBlock', ...at })
}

export function checkPiece(turn: Turn, share: ShareState, open: OpenPiece): void {
  const hash = share.list.hashAt(open.piece)
  if (!hash) return
  open.checking = true
  turn.emit({ type: 'checkPiece', share: share.manifest.share, piece: open.piece, hash })
}

function findRequest(peer: PeerState, share: ShareState, at: BlockAt): Request | null {
  for (const request of peer.requests) {
    if (request.block === at.block && request.open.piece === at.piece && request.share === share)
      return request
  }
  return null
}

export const requestsOf = (open: OpenPiece): Request[] => open.blocks.flatMap((block) => block.requests)

/** Takes requests back, and says so to the peers asked, many blocks at once. */
export function cancelRequests(turn: Turn, requests: readonly Request[]): void {
  const blocksOf = new Map<PeerState, Map<ShareState, BlockAt[]>>()
  for (const request of requests) {
    endRequest(turn, request)
    const byShare = blocksOf.get(request.peer) ?? new Map<ShareState, BlockAt[]>()
    const blocks = byShare.get(request.share) ?? []
    blocks.push({ piece: request.open.piece, block: request.block })
    blocksOf.set(request.peer, byShare.set(request.share, blocks))
  }
  for (const [peer, byShare] of blocksOf)
    for (const [share, blocks] of byShare)
      // As many as may be asked of a peer fit in one message.
      send(turn, peer, { type: 'cancel', share: share.manifest.share, blocks })
}

/** The peer says it cannot serve these: they go elsewhere. */
export function blocksRefused(
  turn: Turn,
  peer: PeerState,
  share: ShareState,
  blocks: readonly BlockAt[],
): void {
  for (const at of blocks) {
    const request = findRequest(peer, share, at)
    if (!request) continue
    endRequest(turn, request)
    share.ledger.takeBack(peer.peer, at.piece)
    if (request.open.solo === peer.peer) beginAnew(turn, share, request.open)
  }
  fillAll(turn)
}

/** What a peer alone was to give is taken from another, from its first block on, so that blame stays certain. */
function giveUpSolo(
  turn: Turn,
  peer: PeerState,
  share: ShareState,
  isGivenUp: (share: ShareState, open: OpenPiece) => boolean = () => true,
): void {
  for (const open of share.open.values()) {
    if (open.solo === peer.peer && !open.checking && isGivenUp(share, open)) beginAnew(turn, share, open)
  }
}

function beginAnew(turn: Turn, share: ShareState, open: OpenPiece): void {
  cancelRequests(turn, requestsOf(open))
  dropOpenPiece(turn, share, open)
}

/**
 * The only holder of pieces has promised them to somebody else. Where we asked it for one too and nothing has come, we ask for
 * another instead: each piece leaves a lone holder once before any leaves it twice.
 */
export function piecesPromised(
  turn: Turn,
  peer: PeerState,
  share: ShareState,
  pieces: readonly PieceIndex[],
): void {
  const promised = [...new Set(pieces)].filter((piece) => share.ledger.promise(peer.peer, piece))
  const given = promised.flatMap((piece) => share.open.get(piece) ?? []).filter(isUntouched)
  for (const open of given) beginAnew(turn, share, open)
  if (given.length > 0) fill(turn, peer)
}

const isUntouched = (open: OpenPiece): boolean => open.awaitedCount === open.blocks.length

/**
 * Of peers that owe blocks and have long sent none, others may be asked for them, and the first that brings one cancels the other;
 * in the end they are taken back.
 */
export function expireRequests(turn: Turn): void {
  for (const peer of turn.state.peers.values()) {
    const silentMs = turn.now - peer.lastBlockAt
    if (peer.requests.size === 0 || isSending(peer, turn.now)) continue
    peer.isStalled = true
    for (const request of peer.requests) lapse(request)
    for (const share of fetchedShares(turn.state)) giveUpSolo(turn, peer, share, isHeldElsewhere)
    if (silentMs < timeoutMs(peer)) continue
    cancelRequests(turn, [...peer.requests])
    for (const share of fetchedShares(turn.state)) giveUpSolo(turn, peer, share)
    peer.lastBlockAt = turn.now
  }
}

function lapse(request: Request): void {
  const slot = request.open.blocks[request.block]
  if (slot) changeBlock(request.open, slot, () => (request.lapsed = true))
}

const isHeldElsewhere = (share: ShareState, { piece }: OpenPiece): boolean =>
  (share.ledger.copies[piece] ?? 0) > 1

/** The peer no longer has the share, or is gone: what it owes of it is asked of others. */
export function giveBackRequests(turn: Turn, peer: PeerState, share: ShareState): void {
  for (const request of peer.requests) if (request.share === share) endRequest(turn, request)
  giveUpSolo(turn, peer, share)
}

/** Stops asking for a share; what is gathered stays. */
export function stopRequests(turn: Turn, share: ShareState): void {
  cancelRequests(turn, [...share.open.values()].flatMap(requestsOf))
}

type Outgoing = Parameters<Turn['emit']>[0] & { type: 'send' }
const send = (turn: Turn, peer: PeerState, message: Outgoing['message']): void =>
  turn.emit({ type: 'send', peer: peer.peer, message })
