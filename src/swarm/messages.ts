import type { PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { unreachable } from '../shared/result.ts'
import { announceSoon, forgetInterestTold, offerIgnored, seeksList, tellInterest } from './announcing.ts'
import { Bitfield, type Run } from './bitfield.ts'
import { forgetUnoffered, newShareOffered, uncharge } from './budget.ts'
import { carry, holdingChanged } from './carrying.ts'
import type { FarHolder, SwarmMessage } from './io.ts'
import { partArrived, sendHashesTo } from './listing.ts'
import type { Manifest } from './manifest.ts'
import { forgetHolder } from './nearness.ts'
import { blockArrived, blocksRefused, fill, fillAll, giveBackRequests, piecesPromised } from './requests.ts'
import type { PeerState, ShareState, Turn } from './state.ts'
import { chargeBlock, chargeBlocks, chargeChanges, strike } from './strikes.ts'
import { settleSoon, tellCarriable } from './telling.ts'
import { agrees, partWays } from './twoLists.ts'
import { blocksCancelled, blocksRequested, forgetTaker } from './uploads.ts'

/** What a peer says. Nothing of it is believed further than it could be checked. */
export function messageArrived(turn: Turn, peer: PeerState, message: SwarmMessage): void {
  if (peer.strikes >= limits.strikesMax) return
  if (message.type === 'block') chargeBlock(turn, peer, message.bytes.length)
  if ('blocks' in message) chargeBlocks(turn, peer, message.blocks.length)
  if (message.type === 'offer') return offerArrived(turn, peer, message.manifest)
  const share = turn.state.shares.get(message.share)
  if (!share) return
  switch (message.type) {
    case 'bitfield':
      return heldArrived(turn, peer, share, message, null)
    case 'through':
      return heldArrived(turn, peer, share, message, message.holders)
    case 'have':
      return haveArrived(turn, peer, share, message.runs)
    case 'withdraw':
      return withdrawn(turn, peer, share)
    case 'ignored':
      return ignored(turn, peer, share)
    case 'interested':
      return interestArrived(turn, peer, share, message.hashesFrom)
    case 'notInterested':
      share.interested.delete(peer.peer)
      return blocksCancelled(turn, peer, share, () => true)
    case 'hashes':
      return partArrived(turn, peer, share, message.part)
    case 'promise':
      return piecesPromised(turn, peer, share, message.pieces)
    case 'request':
      return blocksRequested(turn, peer, share, message.blocks)
    case 'cancel': {
      const isCancelled = ({ piece, block }: { piece: number; block: number }): boolean =>
        message.blocks.some((at) => at.piece === piece && at.block === block)
      return blocksCancelled(turn, peer, share, isCancelled)
    }
    case 'refuse':
      return blocksRefused(turn, peer, share, message.blocks)
    case 'block':
      return blockArrived(turn, peer, share, message, message.bytes)
    default:
      return unreachable(message)
  }
}

/** The id says what the share is: there is no other manifest of it. */
function offerArrived(turn: Turn, peer: PeerState, manifest: Manifest): void {
  const known = turn.state.shares.get(manifest.share)
  if (!known) return newShareOffered(turn, peer, manifest)
  chargeChanges(turn, peer, 0)
  peer.offered.add(manifest.share)
}

/** All that a peer holds of a share, or, of far holders, could get through it. */
function heldArrived(
  turn: Turn,
  peer: PeerState,
  share: ShareState,
  { bits, listed }: SwarmMessage & { type: 'bitfield' | 'through' },
  through: readonly FarHolder[] | null,
): void {
  const held = Bitfield.parse(share.pieceCount, bits)
  if (!held) return strike(turn, peer, 'a bitfield of the wrong size')
  if (listed.count > share.pieceCount) return strike(turn, peer, 'hashes beyond the share')
  if (!peer.offered.has(share.manifest.share)) return
  const isFirst = !share.ledger.holdings.has(peer.peer)
  chargeChanges(turn, peer, isFirst ? 0 : share.pieceCount)
  if (!agrees(share, listed)) return partWays(turn, peer, share, listed.count)
  if (share.parted.has(peer.peer)) return
  if (through) share.through.set(peer.peer, through)
  else share.through.delete(peer.peer)
  share.ledger.setHolding(peer.peer, held)
  settleSoon(turn)
  if (!through && share.carrying) tellHoldersAnew(turn, peer, share)
  if (!seeksList(turn, share)) return
  tellInterest(turn, share)
  fill(turn, peer)
}

function haveArrived(turn: Turn, peer: PeerState, share: ShareState, runs: readonly Run[]): void {
  const newCount = share.ledger.addHave(peer.peer, runs)
  if (newCount === null) return strike(turn, peer, 'a have beyond the share')
  chargeChanges(
    turn,
    peer,
    runs.reduce((sum, [, count]) => sum + count, 0),
  )
  if (newCount === 0) return
  if (share.ledger.holdings.get(peer.peer)?.full === true) settleSoon(turn)
  if (share.carrying && !share.through.has(peer.peer)) carriableGrew(turn, share, runs)
  if (!seeksList(turn, share)) return
  tellInterest(turn, share)
  fill(turn, peer)
}

function* piecesIn(runs: readonly Run[]): Generator<PieceIndex> {
  for (const [first, count] of runs) for (let at = 0; at < count; at++) yield first + at
}

function carriableGrew(turn: Turn, share: ShareState, runs: readonly Run[]): void {
  holdingChanged(turn, share, piecesIn(runs))
  announceSoon(turn)
}

/** A holder says anew what it holds: so do we, to those who take the share through us. */
function tellHoldersAnew(turn: Turn, holder: PeerState, share: ShareState): void {
  holdingChanged(turn, share, [])
  for (const id of share.interested) {
    const peer = turn.state.peers.get(id)
    const through = share.offeredTo.get(id)?.through
    if (peer && peer !== holder && through) tellCarriable(turn, peer, share, through)
  }
}

/** The list is sent once, however often it is asked for: a link loses nothing. */
function interestArrived(turn: Turn, peer: PeerState, share: ShareState, hashesFrom: PieceIndex): void {
  const offer = share.offeredTo.get(peer.peer)
  if (!offer || offer.isIgnored || share.parted.has(peer.peer)) return
  offer.hashesSent = Math.max(offer.hashesSent, Math.min(hashesFrom, share.pieceCount))
  share.interested.add(peer.peer)
  if (offer.through) {
    carry(turn, share)
    tellCarriable(turn, peer, share, offer.through)
  }
  sendHashesTo(turn, peer, share)
}

/** What it does not know of it cannot want. */
function ignored(turn: Turn, peer: PeerState, share: ShareState): void {
  if (!offerIgnored(turn, peer, share)) return
  blocksCancelled(turn, peer, share, () => true)
  forgetTaker(share, peer)
}

function withdrawn(turn: Turn, peer: PeerState, share: ShareState): void {
  if (!peer.offered.delete(share.manifest.share)) return
  chargeChanges(turn, peer, share.pieceCount)
  forgetHolder(share, peer)
  settleSoon(turn)
  forgetInterestTold(turn, share, peer)
  uncharge(peer, share)
  blocksCancelled(turn, peer, share, () => true)
  forgetTaker(share, peer)
  giveBackRequests(turn, peer, share)
  forgetUnoffered(turn, share)
  fillAll(turn)
}
