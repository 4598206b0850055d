import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { isForOthers, tell, tellFirstPart } from './announcing.ts'
import { Bitfield } from './bitfield.ts'
import type { FarHolder } from './io.ts'
import { areApart, isNearHolder } from './nearness.ts'
import type { PeerState, ShareState, Turn } from './state.ts'
import { blocksCancelled, forgetTaker } from './uploads.ts'

/*
 * Two members that cannot be linked still exchange, through one that is linked with both. It offers each what the other holds, as long as
 * neither says that it is linked with the other, and passes on what is asked for (carrying.ts). Only what is held at first hand is offered so:
 * nothing goes through two.
 */

/** Who has what, or who is linked with whom, is not what it was: what follows is done when that has settled. */
export function settleSoon({ state, now }: Turn): void {
  if (state.carries && state.neighbours.size > 1) state.settleAt ??= now + limits.throughSettleMs
}

/** A peer says whom it is linked with, or that is not known any more. That may come before we hear of its link, and after it has ended. */
export function neighboursHeard(turn: Turn, peer: PeerId, neighbours: readonly PeerId[] | null): void {
  const { neighbours: known, peers } = turn.state
  if (neighbours === null) {
    settleSoon(turn)
    known.delete(peer)
    return
  }
  known.delete(peer)
  known.set(peer, new Set(neighbours))
  settleSoon(turn)
  if (known.size <= limits.rosterEntriesMax) return
  for (const id of known.keys()) if (!peers.has(id)) return void known.delete(id)
}

/** Who passes on no more takes back at once what it has offered of others: who takes it so asks others. */
export function carryingAllowed(turn: Turn, isAllowed: boolean): void {
  if (turn.state.carries === isAllowed) return
  turn.state.carries = isAllowed
  settle(turn)
}

/** Offers each peer what those hold whom it is not linked with, and takes back what it can get without us. */
export function settle(turn: Turn): void {
  turn.state.settleAt = null
  for (const peer of turn.state.peers.values()) settleWith(turn, peer)
}

function settleWith(turn: Turn, peer: PeerState): void {
  const { peers, shares, carries } = turn.state
  const far = carries ? [...peers.values()].filter((other) => areApart(turn, peer, other)) : []
  let sharesLeft = limits.throughSharesPerPeerMax
  let piecesLeft = limits.throughPiecesPerPeerMax
  for (const share of shares.values()) {
    const offer = share.offeredTo.get(peer.peer)
    const holders = farHolders(share, peer, far)
    const isOffered = holders.length > 0 && sharesLeft > 0 && piecesLeft >= share.pieceCount
    if (!isOffered) {
      if (offer?.through) takeBack(turn, peer, share)
      continue
    }
    sharesLeft--
    piecesLeft -= share.pieceCount
    if (!offer?.through || !isSame(offer.through, holders)) offerThrough(turn, peer, share, holders)
  }
}

function farHolders(share: ShareState, peer: PeerState, far: readonly PeerState[]): FarHolder[] {
  if (!isForOthers(share) || share.contradicted || share.parted.has(peer.peer)) return []
  return far
    .filter((other) => isNearHolder(share, other.peer))
    .slice(0, limits.farHoldersMax)
    .map((other) => ({ peer: other.peer, isWhole: share.ledger.holdings.get(other.peer)?.full === true }))
}

const isSame = (some: readonly FarHolder[], others: readonly FarHolder[]): boolean =>
  some.length === others.length &&
  some.every(({ peer, isWhole }, at) => peer === others[at]?.peer && isWhole === others[at]?.isWhole)

function offerThrough(turn: Turn, peer: PeerState, share: ShareState, through: readonly FarHolder[]): void {
  const offer = share.offeredTo.get(peer.peer)
  const hashesSent = offer?.isIgnored === false ? offer.hashesSent : 0
  share.offeredTo.set(peer.peer, { hashesSent, isIgnored: false, through })
  if (offer?.isIgnored !== false) tell(turn, peer, { type: 'offer', manifest: share.manifest })
  tellCarriable(turn, peer, share, through)
}

/** In place of all haves before: what we could get for the peer. */
export function tellCarriable(
  turn: Turn,
  peer: PeerState,
  share: ShareState,
  through: readonly FarHolder[],
): void {
  const { list, manifest, ledger } = share
  const bits = new Bitfield(share.pieceCount)
  for (const holder of through) {
    const held = ledger.holdings.get(holder.peer)
    if (held && !share.through.has(holder.peer)) bits.addAll(held)
  }
  const listed = { count: list.count, digest: list.digest }
  tell(turn, peer, { type: 'through', share: manifest.share, listed, holders: through, bits: bits.bytes })
  tellFirstPart(turn, peer, share)
}

/** The peer can get the share without us, or nobody has it for it any more. */
function takeBack(turn: Turn, peer: PeerState, share: ShareState): void {
  share.offeredTo.delete(peer.peer)
  blocksCancelled(turn, peer, share, () => true)
  forgetTaker(share, peer)
  tell(turn, peer, { type: 'withdraw', share: share.manifest.share })
}
