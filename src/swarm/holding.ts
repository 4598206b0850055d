import { bytesEqual } from '../shared/bytes.ts'
import { pieceLength } from '../shared/geometry.ts'
import type { PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { announceHave, announceSoon, forgetInterest, isOurs, withdraw } from './announcing.ts'
import { forgetUnoffered } from './budget.ts'
import { keepCarried } from './carrying.ts'
import { countOf, hashBytes, type HashPart } from './hashList.ts'
import { payloadLength } from './manifest.ts'
import { closeOpenPiece, dropOpenPiece } from './openPieces.ts'
import { stopPicking } from './picker.ts'
import { cancelRequests, checkPiece, fill, fillAll, requestsOf, stopRequests } from './requests.ts'
import { stages, type OpenPiece, type ShareState, type Turn } from './state.ts'
import { refuseAll } from './uploads.ts'

/** A piece is checked and kept, or hashed from our own files: from now on we give it. */
export function hold(turn: Turn, share: ShareState, piece: PieceIndex): void {
  const open = share.open.get(piece)
  if (open) closeOpenPiece(turn, share, open)
  if (share.stage[piece] === stages.claimed) share.claimedCount--
  share.stage[piece] = stages.held
  share.suspect.delete(piece)
  if (!share.ledger.hold(piece)) return
  share.heldPayloadBytes += payloadLength(share.manifest, piece)
  announceHave(turn, share, piece)
  if (share.held.full) complete(turn, share)
}

export function complete(turn: Turn, share: ShareState): void {
  if (share.source === 'hashing') share.source = 'whole'
  stopPicking(turn, share)
  for (const peer of share.interestToldTo)
    turn.emit({ type: 'send', peer, message: { type: 'notInterested', share: share.manifest.share } })
  forgetInterest(share)
  share.wish = { state: 'none' }
  // Of what was complete before this page was opened there is no news.
  const isNews = !share.completed
  share.completed = true
  if (isNews) turn.emit({ type: 'report', report: { type: 'shareCompleted', share: share.manifest.share } })
}

/** The next piece of our own files. Of a share of ours it counts at once, of another's when the list says the same. */
export function pieceHashed(turn: Turn, share: ShareState, piece: PieceIndex, hash: Uint8Array): void {
  if (share.source !== 'hashing') return
  const listed = share.list.hashAt(piece)
  if (listed) {
    if (bytesEqual(listed, hash)) ownPieceFound(turn, share, piece)
    else sourceDiffers(turn, share, piece)
    return
  }
  const isNext = piece === share.list.count + share.ownAhead.length && piece < share.pieceCount
  if (!isNext) return sourceDiffers(turn, share, piece)
  share.ownAhead.push(new Uint8Array(hash))
  if (!share.isOrigin) return
  announceSoon(turn)
  ownPieceFound(turn, share, piece)
}

/** The list has grown by this part: what it says of pieces that our own files were hashed to. */
export function ownPiecesListed(turn: Turn, share: ShareState, part: HashPart): void {
  for (const [at, hash] of share.ownAhead.splice(0, countOf(part)).entries()) {
    const piece = part.first + at
    const listed = part.hashes.subarray(at * hashBytes, (at + 1) * hashBytes)
    if (!bytesEqual(listed, hash)) return sourceDiffers(turn, share, piece)
    ownPieceFound(turn, share, piece)
  }
}

function sourceDiffers(turn: Turn, share: ShareState, piece: PieceIndex): void {
  share.source = 'none'
  share.ownAhead.length = 0
  turn.emit({ type: 'report', report: { type: 'sourceDiffers', share: share.manifest.share, piece } })
  if (isOurs(share)) return
  withdraw(turn, share)
  forgetUnoffered(turn, share)
}

/** What is being fetched of a piece is not needed once our own files have it. */
function ownPieceFound(turn: Turn, share: ShareState, piece: PieceIndex): void {
  const open = share.open.get(piece)
  const requests = open && !open.checking ? requestsOf(open) : []
  cancelRequests(turn, requests)
  if (open && !open.checking) dropOpenPiece(turn, share, open)
  hold(turn, share, piece)
  if (piece === share.pieceCount - 1) share.source = 'whole'
  for (const { peer } of requests) fill(turn, peer)
}

export function pieceChecked(turn: Turn, share: ShareState, piece: PieceIndex, right: boolean): void {
  const open = share.open.get(piece)
  if (!open?.checking) return
  if (right) return share.carrying ? keepCarried(turn, share, open) : hold(turn, share, piece)
  blame(turn, share, open)
  open.checking = false
  dropOpenPiece(turn, share, open)
  fillAll(turn)
}

/** A lone giver of a corrupt piece is at fault; among several, the piece is next taken from one alone. */
function blame(turn: Turn, share: ShareState, open: OpenPiece): void {
  const [giver, another] = open.givers
  if (giver === undefined || share.contradicted || share.parted.has(giver)) return
  if (another !== undefined) {
    share.suspect.add(open.piece)
    return
  }
  share.ledger.takeBack(giver, open.piece)
  const peer = turn.state.peers.get(giver)
  if (!peer) return
  peer.badPieces++
  turn.emit({ type: 'report', report: { type: 'peerMisbehaved', peer: giver, why: 'a corrupt piece' } })
  if (peer.badPieces === limits.badPiecesMax)
    turn.emit({ type: 'dropLink', peer: giver, reason: 'badPieces' })
}

/** Pieces gathered whole whose check or writing was put off are checked now. */
export function checkGathered(turn: Turn, share: ShareState): void {
  for (const open of share.open.values()) {
    if (open.awaitedCount === 0 && !open.checking) checkPiece(turn, share, open)
  }
}

/** Holds nothing of the share any more. */
export function letGo(turn: Turn, share: ShareState): void {
  stopPicking(turn, share)
  stopRequests(turn, share)
  for (const open of share.open.values()) turn.state.openBytes -= pieceLength(share.geometry, open.piece)
  share.open.clear()
  share.stage.fill(stages.lacking)
  share.claimedCount = 0
  share.ledger.letGo()
  share.heldPayloadBytes = 0
  share.heldUpTo = 0
  share.completed = false
  share.unannounced.length = 0
  share.givenTo.clear()
  refuseAll(turn, share)
}
