import type { Millis, PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { runsOf } from './bitfield.ts'
import { hashBytes } from './hashList.ts'
import type { SwarmMessage } from './io.ts'
import type { OfferMade, PeerState, ShareState, Turn } from './state.ts'

/** Whether the room should hear of a share from us: we hold some of it, offer it, or want it. */
export const isOurs = (share: ShareState): boolean =>
  share.source === 'hashing' ||
  share.source === 'whole' ||
  share.held.count > 0 ||
  share.wish.state !== 'none'

const tell = (turn: Turn, peer: PeerState, message: SwarmMessage): void =>
  turn.emit({ type: 'send', peer: peer.peer, message })

/** The first words on a link: all that we know of. */
export function greet(turn: Turn, peer: PeerState): void {
  for (const share of turn.state.shares.values()) {
    if (isOurs(share)) tellShare(turn, peer, share)
  }
}

/** Offers a share to everyone, or says anew what we hold of it. */
export function announceShare(turn: Turn, share: ShareState): void {
  for (const peer of turn.state.peers.values()) tellShare(turn, peer, share)
}

function tellShare(turn: Turn, peer: PeerState, share: ShareState): void {
  const offer = share.offeredTo.get(peer.peer)
  if (!offer || offer.isIgnored) share.offeredTo.set(peer.peer, { hashesSent: 0, isIgnored: false })
  tell(turn, peer, { type: 'offer', manifest: share.manifest })
  tellHeld(turn, peer, share)
}

function tellHeld(turn: Turn, peer: PeerState, share: ShareState): void {
  tell(turn, peer, { type: 'bitfield', share: share.manifest.share, bits: share.held.bytes.slice() })
  tellFirstHash(turn, peer, share)
}

/** Those who know of the share from us. */
function* listeners(turn: Turn, share: ShareState): Generator<PeerState> {
  for (const [id, { isIgnored }] of share.offeredTo) {
    const peer = turn.state.peers.get(id)
    if (peer && !isIgnored) yield peer
  }
}

/** By it a peer that has not asked for the list tells whether files dropped there are the share. */
function tellFirstHash(turn: Turn, peer: PeerState, share: ShareState): void {
  if (share.hashCount === 0 || share.interested.has(peer.peer)) return
  const hashes = share.hashes.slice(0, hashBytes)
  tell(turn, peer, { type: 'hashes', share: share.manifest.share, first: 0, hashes })
}

/** We neither hold nor want anything of it any more. */
export function withdraw(turn: Turn, share: ShareState): void {
  const told = [...listeners(turn, share)]
  share.offeredTo.clear()
  share.interested.clear()
  forgetInterest(share)
  for (const peer of told) {
    tell(turn, peer, { type: 'withdraw', share: share.manifest.share })
    offerAgain(turn, peer, share.pieceCount)
  }
}

/** The peer has no room to know of a share of ours. Whether that is news. */
export function offerIgnored(turn: Turn, peer: PeerState, share: ShareState): boolean {
  const offer = share.offeredTo.get(peer.peer)
  if (!offer || offer.isIgnored) return false
  offer.isIgnored = true
  if (!peer.isIgnoring) {
    const report = { type: 'shareUnseen', share: share.manifest.share, peer: peer.peer } as const
    turn.emit({ type: 'report', report })
  }
  peer.isIgnoring = true
  return true
}

/** A withdrawal leaves room at the peer: what it ignored is offered again, at least one share and as many as have these pieces. */
function offerAgain(turn: Turn, peer: PeerState, freePieces: number): void {
  if (!peer.isIgnoring) return
  let left = Math.max(1, freePieces)
  for (const share of turn.state.shares.values()) {
    if (left <= 0) return
    if (share.offeredTo.get(peer.peer)?.isIgnored !== true) continue
    left -= share.pieceCount
    tellShare(turn, peer, share)
  }
}

/**
 * Tells everyone who offers the share, and has not been told, that we want it. Since that is answered with the hash list, at first only one
 * is told, who holds some of it, and the others when hashes have come or are overdue: in a mesh the list from each of ten neighbours kept
 * all uplinks busy for a third of a second before the first piece (simulated).
 */
export function tellInterest(turn: Turn, share: ShareState): void {
  const isFirst = share.hashCount === 0 && share.hashesDueAt === null
  if (!isFirst && !areHashesHere(turn, share)) return
  for (const peer of turn.state.peers.values()) {
    const bits = share.ledger.holdings.get(peer.peer)
    if (!bits || share.interestToldTo.has(peer.peer) || (isFirst && bits.count === 0)) continue
    share.interestToldTo.add(peer.peer)
    share.hashesAskedOf.add(peer.peer)
    tell(turn, peer, { type: 'interested', share: share.manifest.share, hashesFrom: share.hashCount })
    if (!isFirst) continue
    share.hashesDueAt = turn.now + limits.hashesDueMs
    return
  }
}

/** Or overdue. */
const areHashesHere = ({ now }: Turn, { hashCount, hashesDueAt }: ShareState): boolean =>
  hashCount > 0 || (hashesDueAt !== null && hashesDueAt <= now)

/** Nobody knows of our interest any more. */
export function forgetInterest(share: ShareState): void {
  share.interestToldTo.clear()
  share.hashesDueAt = null
}

/** The peer is gone, or no longer offers the share: if nobody else was told of our interest, another is. */
export function forgetInterestTold(turn: Turn, share: ShareState, peer: PeerState): void {
  share.hashesAskedOf.delete(peer.peer)
  if (!share.interestToldTo.delete(peer.peer) || share.interestToldTo.size > 0) return
  share.hashesDueAt = null
  if (turn.state.downloads.has(share)) tellInterest(turn, share)
}

/** The room hears of the piece with the next batch. */
export function announceHave(turn: Turn, share: ShareState, piece: PieceIndex): void {
  share.unannounced.push(piece)
  announceIn(turn, canWaitForMore(share) ? limits.announceFewMs : limits.announceBatchMs)
}

/** In the midst of a download a piece more or less changes little for others, and each have is a packet to each of them. */
const canWaitForMore = ({ wish, held, unannounced }: ShareState): boolean =>
  wish.state !== 'none' && held.count > 1 && !held.full && unannounced.length < limits.announceFew

export function announceSoon(turn: Turn): void {
  announceIn(turn, limits.announceBatchMs)
}

function announceIn(turn: Turn, waitMs: Millis): void {
  turn.state.announceAt = Math.min(turn.state.announceAt ?? Infinity, turn.now + waitMs)
}

/** Sends the batch of haves, and the next part of the hash list to those who want it. */
export function announceBatch(turn: Turn): void {
  turn.state.announceAt = null
  for (const share of turn.state.shares.values()) {
    announceHaves(turn, share)
    for (const id of share.interested) {
      const peer = turn.state.peers.get(id)
      const offer = share.offeredTo.get(id)
      if (peer && offer && !peer.isBacklogged) sendHashes(turn, peer, share, offer)
    }
  }
}

function announceHaves(turn: Turn, share: ShareState): void {
  if (share.unannounced.length === 0) return
  const isFirstNew = share.unannounced.includes(0)
  const runs = runsOf(share.unannounced.splice(0))
  for (const peer of listeners(turn, share)) {
    if (peer.isBacklogged) {
      peer.missedHaves.add(share.manifest.share)
      continue
    }
    if (isFirstNew) tellFirstHash(turn, peer, share)
    for (let at = 0; at < runs.length; at += limits.runsPerMessage) {
      const part = runs.slice(at, at + limits.runsPerMessage)
      tell(turn, peer, { type: 'have', share: share.manifest.share, runs: part })
    }
  }
}

/** The peer's link has drained: in place of all the haves it missed it is told once what we hold. */
export function announceMissed(turn: Turn, peer: PeerState): void {
  for (const id of peer.missedHaves) {
    const share = turn.state.shares.get(id)
    const offer = share?.offeredTo.get(peer.peer)
    if (!share || !offer || offer.isIgnored) continue
    tellHeld(turn, peer, share)
  }
  peer.missedHaves.clear()
  announceSoon(turn)
}

/** The next part of the hash list; the rest follows with the next batches. */
export function sendHashes(turn: Turn, peer: PeerState, share: ShareState, offer: OfferMade): void {
  for (let sent = 0; sent < limits.hashMessagesPerBatch && offer.hashesSent < share.hashCount; sent++) {
    const first = offer.hashesSent
    const end = Math.min(share.hashCount, first + limits.hashesPerMessage)
    const hashes = share.hashes.slice(first * hashBytes, end * hashBytes)
    tell(turn, peer, { type: 'hashes', share: share.manifest.share, first, hashes })
    offer.hashesSent = end
  }
  if (offer.hashesSent < share.hashCount) announceSoon(turn)
}
