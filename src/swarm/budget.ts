import { limits } from '../shared/limits.ts'
import { isOurs, withdraw } from './announcing.ts'
import { endCarrying } from './carrying.ts'
import { pieceCountOf, type Manifest } from './manifest.ts'
import { newShareState, type PeerState, type ShareState, type Turn } from './state.ts'
import { chargeChanges } from './strikes.ts'

/*
 * What strangers may make us know of. Each share that somebody offers counts against the budget of one member that offers it, the
 * first, so that nobody's offers crowd out another's; what we hold or want stays whoever offers it.
 */

const hasRoom = (peer: PeerState, pieceCount: number): boolean =>
  peer.charged.shares < limits.sharesPerPeerMax && peer.charged.pieces + pieceCount <= limits.piecesPerPeerMax

function charge(peer: PeerState, share: ShareState): void {
  share.chargedTo = peer
  peer.charged.shares++
  peer.charged.pieces += share.pieceCount
}

/** A share nobody had offered yet: known from now on, or ignored where the peer has used up its budget. */
export function newShareOffered(turn: Turn, peer: PeerState, manifest: Manifest): void {
  const pieceCount = pieceCountOf(manifest)
  const isIgnored = !hasRoom(peer, pieceCount)
  chargeChanges(turn, peer, isIgnored ? 0 : pieceCount)
  if (isIgnored) return ignore(turn, peer, manifest)
  const share = newShareState(manifest, turn.state.sha256)
  turn.state.shares.set(manifest.share, share)
  charge(peer, share)
  peer.offered.add(manifest.share)
  turn.emit({ type: 'report', report: { type: 'shareAppeared', share: manifest.share } })
}

function ignore(turn: Turn, peer: PeerState, { share }: Manifest): void {
  if (!peer.isBacklogged) turn.emit({ type: 'send', peer: peer.peer, message: { type: 'ignored', share } })
  if (peer.isOverBudget) return
  peer.isOverBudget = true
  turn.emit({ type: 'report', report: { type: 'sharesIgnored', peer: peer.peer } })
}

/** The peer offers the share no more, or is gone. */
export function uncharge(peer: PeerState, share: ShareState): void {
  if (share.chargedTo !== peer) return
  share.chargedTo = null
  peer.charged.shares--
  peer.charged.pieces -= share.pieceCount
}

/**
 * A share that we neither hold nor want must be offered by somebody whose budget has room for it. Otherwise it is gone, and those
 * who still offer it are told.
 */
export function forgetUnoffered(turn: Turn, share: ShareState): void {
  if (share.chargedTo || share.isHeard || isOurs(share) || share.source === 'lost' || share.source === 'away')
    return
  const id = share.manifest.share
  const offerers = [...turn.state.peers.values()].filter((peer) => peer.offered.has(id))
  const next = offerers.find((peer) => hasRoom(peer, share.pieceCount))
  if (next) return charge(next, share)
  for (const peer of offerers) {
    peer.offered.delete(id)
    ignore(turn, peer, share.manifest)
  }
  endCarrying(turn, share)
  if (share.offeredTo.size > 0) withdraw(turn, share)
  turn.state.shares.delete(id)
  turn.emit({ type: 'report', report: { type: 'shareGone', share: id } })
}
