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
 * What a peer says of its pieces costs work, of which each peer has so much a second: a token bucket. Honest peers say each thing
 * once and stay far below; beyond it each message is a strike.
 */
export function chargeChanges(turn: Turn, peer: PeerState, pieces: number): void {
  const regained = ((turn.now - peer.changesLeftAt) * limits.changedPiecesPerSecond) / 1000
  const left = Math.min(limits.changedPiecesBurst, peer.changesLeft + regained)
  const cost = Math.max(limits.changedPiecesLeast, pieces)
  peer.changesLeftAt = turn.now
  peer.changesLeft = Math.max(0, left - cost)
  if (cost > left) strike(turn, peer, 'more changes than an honest peer has to tell')
}
