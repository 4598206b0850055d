import type { PeerId, PieceIndex } from '../shared/ids.ts'
import { Bitfield } from './bitfield.ts'
import type { PeerState, ShareState, Turn } from './state.ts'

/* Who holds what at first hand, and who would only pass it on; who is linked with whom. */

/** Whether the peer holds some of the share itself, as it says. */
export function isNearHolder(share: ShareState, peer: PeerId): boolean {
  const bits = share.ledger.holdings.get(peer)
  return bits !== undefined && !share.through.has(peer) && (bits.count > 0 || bits.full)
}

/** Whether somebody else than this peer holds the piece itself. */
export function isWithOthers(share: ShareState, piece: PieceIndex, peer: PeerState): boolean {
  for (const [id, bits] of share.ledger.holdings)
    if (id !== peer.peer && !share.through.has(id) && bits.has(piece)) return true
  return false
}

/** The peer holds nothing of the share any more, at first hand or not. */
export function forgetHolder(share: ShareState, peer: PeerState): void {
  share.ledger.removePeer(peer.peer)
  share.through.delete(peer.peer)
}

/** Whether both have said whom they are linked with, and neither named the other. */
export function areApart({ state }: Turn, one: PeerState, other: PeerState): boolean {
  const [ofOne, ofOther] = [state.neighbours.get(one.peer), state.neighbours.get(other.peer)]
  if (one === other || !ofOne || !ofOther) return false
  return !ofOne.has(other.peer) && !ofOther.has(one.peer)
}

/**
 * Of these pieces the peer's part, where several would pass them on: they are dealt out by turns, so that all who ask for a piece ask the
 * same peer, which fetches it once.
 */
export function dealtTo(share: ShareState, peer: PeerState, bits: Bitfield): Bitfield {
  const passers = [...share.through.keys()].toSorted()
  const part = new Bitfield(share.pieceCount)
  for (let piece = passers.indexOf(peer.peer); piece < share.pieceCount; piece += passers.length)
    if (bits.has(piece)) part.add(piece)
  return part
}

/**
 * The pieces of a share that the peer may be asked for; null for none. Of one that would pass them on, those that nobody else gives who
 * holds them itself and has not stalled; and where we fetch for others, none: what came through somebody goes no further.
 */
export function askable({ state }: Turn, share: ShareState, peer: PeerState): Bitfield | null {
  const bits = share.ledger.holdings.get(peer.peer)
  if (!bits || bits.count === 0) return null
  if (!share.through.has(peer.peer)) return bits
  if (share.carrying) return null
  let left = bits
  for (const [id, held] of share.ledger.holdings)
    if (!share.through.has(id) && state.peers.get(id)?.isStalled === false) left = left.without(held)
  return left.count > 0 ? left : null
}
