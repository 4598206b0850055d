import type { Millis, PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { SwarmMessage } from './io.ts'
import { isListHere, type PeerState, type ShareState, type Turn } from './state.ts'

/** We hold some of the share, offer it, or want it: the room hears of it from us. */
export const isOurs = (share: ShareState): boolean =>
  share.source === 'hashing' ||
  share.source === 'whole' ||
  share.held.count > 0 ||
  share.wish.state !== 'none'

/** We neither hold nor want any of it, nor had its files: it can only be passed on. */
export const isForOthers = (share: ShareState): boolean => !isOurs(share) && share.source === 'none'

export const tell = (turn: Turn, peer: PeerState, message: SwarmMessage): void =>
  turn.emit({ type: 'send', peer: peer.peer, message })

/** The first words on a link: all that we know of. */
export function greet(turn: Turn, peer: PeerState): void {
  for (const share of turn.state.shares.values()) {
    if (isOurs(share) && !share.contradicted) tellShare(turn, peer, share)
  }
}

/** Offers a share to everyone, or says anew what we hold of it. */
export function announceShare(turn: Turn, share: ShareState): void {
  if (share.contradicted) return
  for (const peer of turn.state.peers.values()) tellShare(turn, peer, share)
}

function tellShare(turn: Turn, peer: PeerState, share: ShareState): void {
  const offer = share.offeredTo.get(peer.peer)
  const hashesSent = offer?.isIgnored === false ? offer.hashesSent : 0
  share.offeredTo.set(peer.peer, { through: null, hashesSent, isIgnored: false })
  tell(turn, peer, { type: 'offer', manifest: share.manifest })
  tellHeld(turn, peer, share)
}

/** In place of all haves before. */
export function tellHeld(turn: Turn, peer: PeerState, share: ShareState): void {
  const { list, held, manifest } = share
  const listed = { count: list.count, digest: list.digest }
  tell(turn, peer, { type: 'bitfield', share: manifest.share, listed, bits: held.bytes.slice() })
  tellFirstPart(turn, peer, share)
}

/** Those who know of the share from us. */
export function* listeners(turn: Turn, share: ShareState): Generator<PeerState> {
  for (const [id, { isIgnored }] of share.offeredTo) {
    const peer = turn.state.peers.get(id)
    if (peer && !isIgnored) yield peer
  }
}

/** By its one hash a peer that has not asked for the list tells whether files dropped there are the share. */
export function tellFirstPart(turn: Turn, peer: PeerState, share: ShareState): void {
  const [part] = share.list.parts
  if (part && !share.interested.has(peer.peer))
    tell(turn, peer, { type: 'hashes', share: share.manifest.share, part })
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
  if (!peer.isIgnoring && !offer.through) {
    const report = { type: 'shareUnseen', share: share.manifest.share, peer: peer.peer } as const
    turn.emit({ type: 'report', report })
  }
  peer.isIgnoring ||= !offer.through
  return true
}

/** A withdrawal leaves room at the peer: what it ignored is offered again, at least one share and as many as have these pieces. */
function offerAgain(turn: Turn, peer: PeerState, freePieces: number): void {
  if (!peer.isIgnoring) return
  let left = Math.max(1, freePieces)
  for (const share of turn.state.shares.values()) {
    if (left <= 0) return
    const offer = share.offeredTo.get(peer.peer)
    if (!offer?.isIgnored || offer.through) continue
    left -= share.pieceCount
    tellShare(turn, peer, share)
  }
}

/** Our own files are compared with the share's hash list, as that comes. */
const isAttached = ({ source, isOrigin }: ShareState): boolean => source === 'hashing' && !isOrigin

/** Whether we go on with the hash list as peers come that know more of it. */
export const seeksList = ({ state }: Turn, share: ShareState): boolean =>
  state.downloads.has(share) || share.carrying !== null || isAttached(share)

/**
 * Tells everyone who offers the share, and has not been told, that we want it. Since that is answered with the hash list, at first only one
 * is told, who holds some of it, and the others when hashes have come or are overdue: in a mesh the list from each of ten neighbours kept
 * all uplinks busy for a third of a second before the first piece (simulated).
 */
export function tellInterest(turn: Turn, share: ShareState): void {
  const isToAll = isListHere(share) || isAttached(share)
  const isFirst = !isToAll && share.hashesDueAt === null
  if (!isToAll && share.hashesDueAt !== null && share.hashesDueAt > turn.now) return
  for (const peer of turn.state.peers.values()) {
    const bits = share.ledger.holdings.get(peer.peer)
    if (!bits || share.interestToldTo.has(peer.peer) || (isFirst && bits.count === 0)) continue
    if (share.carrying && share.through.has(peer.peer)) continue
    share.interestToldTo.add(peer.peer)
    if (!share.hashesAskedOf.has(peer.peer)) share.hashesAskedOf.set(peer.peer, share.list.count)
    tell(turn, peer, { type: 'interested', share: share.manifest.share, hashesFrom: share.list.count })
    if (!isFirst) continue
    share.hashesDueAt = turn.now + limits.hashesDueMs
    return
  }
}

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
  if (seeksList(turn, share)) tellInterest(turn, share)
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

export function announceIn(turn: Turn, waitMs: Millis): void {
  turn.state.announceAt = Math.min(turn.state.announceAt ?? Infinity, turn.now + waitMs)
}
