import { pieceLength } from '../shared/geometry.ts'
import type { PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { forgetInterest, isForOthers, tell, tellInterest } from './announcing.ts'
import { runsOf } from './bitfield.ts'
import { awaitedPieces, forgetCarried } from './carriedRoom.ts'
import { isWithOthers } from './nearness.ts'
import { closeOpenPiece } from './openPieces.ts'
import { fillAll, stopRequests } from './requests.ts'
import { stages, type Carrying, type OpenPiece, type PeerState, type ShareState, type Turn } from './state.ts'
import { refuseAll, refuseWaiting, serve } from './uploads.ts'

/*
 * What we pass on of shares that we neither hold nor want, to members whom we offered them to (telling.ts). A piece is fetched when
 * it is asked for, checked, given to who asked, and kept in memory until everyone who takes the share through us has it, or the room is
 * needed. Nobody can make us fetch much more than it then takes.
 */

/** A member wants what we offered it of others: from now on we fetch of it what is asked for. */
export function carry(turn: Turn, share: ShareState): void {
  if (share.carrying || !isForOthers(share)) return
  share.carrying = { here: new Set(), wantedBy: new Map(), news: new Set() }
  turn.state.carried.add(share)
  share.ledger.startWanting()
  turn.emit({ type: 'openCarried', manifest: share.manifest })
  tellInterest(turn, share)
}

/** Nobody takes it through us any more, or we hold or want it ourselves: what was to be passed on is forgotten. */
export function endCarrying(turn: Turn, share: ShareState): void {
  const { carrying } = share
  if (!carrying) return
  stopRequests(turn, share)
  for (const { piece } of share.open.values()) {
    const lengthBytes = pieceLength(share.geometry, piece)
    turn.state.openBytes -= lengthBytes
    turn.state.carriedBytes -= lengthBytes
  }
  for (const piece of carrying.here) turn.state.carriedBytes -= pieceLength(share.geometry, piece)
  share.open.clear()
  share.stage.fill(stages.lacking)
  share.ledger.stopWanting()
  turn.state.carried.delete(share)
  share.carrying = null
  for (const peer of share.interestToldTo)
    turn.emit({ type: 'send', peer, message: { type: 'notInterested', share: share.manifest.share } })
  forgetInterest(share)
  refuseAll(turn, share)
  turn.emit({ type: 'closeCarried', share: share.manifest.share })
}

/** Has what was asked for since fetched, and ends what nobody takes any more. */
export function tendCarrying(turn: Turn): void {
  let isMore = false
  for (const share of turn.state.carried) {
    const { carrying } = share
    const takers = [...takersOf(turn, share)]
    if (!carrying || takers.length === 0) {
      endCarrying(turn, share)
      continue
    }
    unwantUnasked(turn, share, carrying)
    for (const peer of takers) isMore = wantAsked(turn, share, carrying, peer) || isMore
  }
  if (isMore) fillAll(turn)
}

/** Those who take the share through us. */
function* takersOf({ state }: Turn, share: ShareState): Generator<PeerState> {
  for (const id of share.interested) {
    const peer = state.peers.get(id)
    if (peer && share.offeredTo.get(id)?.through) yield peer
  }
}

/** What is asked for no more is not begun. */
function unwantUnasked(turn: Turn, share: ShareState, { wantedBy }: Carrying): void {
  if (wantedBy.size === 0) return
  const awaited = awaitedPieces(turn, share)
  for (const [piece, peer] of wantedBy) {
    if (awaited.has(piece)) continue
    wantedBy.delete(piece)
    share.ledger.unwant(piece)
    peer.carriedForBytes -= pieceLength(share.geometry, piece)
  }
}

/** Whether some of what the peer waits for is to be fetched now. What nobody can give any more it is refused. */
function wantAsked(turn: Turn, share: ShareState, { here, wantedBy }: Carrying, peer: PeerState): boolean {
  const isLost = (piece: PieceIndex): boolean => !here.has(piece) && !isWithOthers(share, piece, peer)
  refuseWaiting(turn, peer, share, isLost)
  let isMore = false
  for (const { share: of, piece } of peer.queue) {
    const isKnown = of === share && piece < share.list.count
    if (!isKnown || share.stage[piece] !== stages.lacking || wantedBy.has(piece)) continue
    const lengthBytes = pieceLength(share.geometry, piece)
    if (peer.carriedForBytes + lengthBytes > mayBeCarriedBytes(turn, peer)) break
    peer.carriedForBytes += lengthBytes
    wantedBy.set(piece, peer)
    share.ledger.want(piece)
    isMore = true
  }
  return isMore
}

/** What may be fetched for the peer until now: it pays by taking what came before, and slowly is forgiven what it did not take. */
function mayBeCarriedBytes({ now }: Turn, { carriedToBytes, linkedAt }: PeerState): number {
  const forgivenBytes = ((now - linkedAt) / 1000) * limits.carriedForgivenBytesPerSecond
  return carriedToBytes * (1 + limits.carriedUntakenPart) + limits.carriedPerPeerMaxBytes + forgivenBytes
}

/** A piece to be passed on is checked: it goes to those who wait for it. */
export function keepCarried(turn: Turn, share: ShareState, open: OpenPiece): void {
  closeOpenPiece(turn, share, open)
  share.stage[open.piece] = stages.carried
  share.suspect.delete(open.piece)
  share.carrying?.here.add(open.piece)
  serve(turn)
}

/** A member tells that it holds more: what all who take the share through us hold need not be kept, and what is new is news to them. */
export function holdingChanged(turn: Turn, share: ShareState, pieces: Iterable<PieceIndex>): void {
  const { carrying } = share
  if (!carrying) return
  for (const piece of pieces) carrying.news.add(piece)
  const takers = [...takersOf(turn, share)]
  const isTaken = (piece: PieceIndex): boolean =>
    takers.every(({ peer }) => share.ledger.holdings.get(peer)?.has(piece) === true)
  for (const piece of carrying.here) if (isTaken(piece)) forgetCarried(turn, share, piece)
}

/** Tells those who take the share through us what more we could get for them. */
export function announceCarriable(turn: Turn, share: ShareState): void {
  const { carrying } = share
  if (!carrying || carrying.news.size === 0) return
  const news = [...carrying.news]
  carrying.news.clear()
  for (const peer of takersOf(turn, share)) {
    const bits = share.ledger.holdings.get(peer.peer)
    const runs = runsOf(news.filter((piece) => bits?.has(piece) !== true && isWithOthers(share, piece, peer)))
    if (peer.isBacklogged && runs.length > 0) peer.missedHaves.add(share.manifest.share)
    else
      for (let at = 0; at < runs.length; at += limits.runsPerMessage) {
        const part = runs.slice(at, at + limits.runsPerMessage)
        tell(turn, peer, { type: 'have', share: share.manifest.share, runs: part })
      }
  }
}
