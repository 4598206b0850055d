import { limits } from '../shared/limits.ts'
import type { PeerState, Turn } from './state.ts'

/** A message that no honest peer sends. */
export function strike(turn: Turn, peer: PeerState, why: string): void {
  peer.strikes++
  turn.emit({ type: 'report', report: { type: 'peerMisbehaved', peer: peer.peer, why } })
  if (peer.strikes === limits.strikesMax)
    turn.emit({ type: 'dropLink', peer: peer.peer, reason: 'misbehaved' })
}

/** What only who means harm sends: its link is dropped at once, and it is heard no more. */
export function misbehaved(turn: Turn, peer: PeerState, why: string): void {
  if (peer.strikes >= limits.strikesMax) return
  peer.strikes = limits.strikesMax
  turn.emit({ type: 'report', report: { type: 'peerMisbehaved', peer: peer.peer, why } })
  turn.emit({ type: 'dropLink', peer: peer.peer, reason: 'misbehaved' })
}

/**
 * Counts a block's bytes that came from a peer. One that sends more than it was ever asked for, and more than what may have gone twice with
 * lanes that were lost, fills our downlink on purpose.
 */
export function chargeBlock(turn: Turn, peer: PeerState, lengthBytes: number): void {
  peer.sentBytes += lengthBytes
  const maxBytes = peer.askedBytes * (1 + limits.unaskedPart) + limits.unaskedMaxBytes
  if (peer.sentBytes > maxBytes) misbehaved(turn, peer, 'more blocks than it was asked for')
}

/** Requests, cancels and refusals make us look things up, and read what nobody may want in the end. */
export const chargeBlocks = (turn: Turn, peer: PeerState, count: number): void =>
  charge(turn, peer, limits.requestCostPieces + count)

/**
 * What a peer says of its pieces costs work, of which each peer has so much a second: a token bucket. Honest peers say each thing
 * once and stay far below; beyond it each message is a strike.
 */
export const chargeChanges = (turn: Turn, peer: PeerState, pieces: number): void =>
  charge(turn, peer, Math.max(limits.changedPiecesLeast, pieces))

function charge(turn: Turn, peer: PeerState, cost: number): void {
  const regained = ((turn.now - peer.changesLeftAt) * limits.changedPiecesPerSecond) / 1000
  const left = Math.min(limits.changedPiecesBurst, peer.changesLeft + regained)
  peer.changesLeftAt = turn.now
  peer.changesLeft = Math.max(0, left - cost)
  if (cost > left) strike(turn, peer, 'more changes than an honest peer has to tell')
}
