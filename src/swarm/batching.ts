import { limits } from '../shared/limits.ts'
import { listeners, tell, tellHeld, announceSoon } from './announcing.ts'
import { runsOf } from './bitfield.ts'
import { announceCarriable } from './carrying.ts'
import { sendHashes, signNext } from './listing.ts'
import { renewListRoom, type PeerState, type ShareState, type Turn } from './state.ts'
import { tellCarriable } from './telling.ts'

/** Has what was hashed since signed, and sends the next parts of hash lists to those who want them, and the batch of haves. */
export function announceBatch(turn: Turn): void {
  turn.state.announceAt = null
  for (const peer of turn.state.peers.values()) renewListRoom(peer, turn.now)
  for (const share of turn.state.shares.values()) {
    signNext(turn, share)
    // The list goes before what it is needed for.
    sendHashes(turn, share)
    announceHaves(turn, share)
    announceCarriable(turn, share)
  }
}

function announceHaves(turn: Turn, share: ShareState): void {
  if (share.unannounced.length === 0) return
  const runs = runsOf(share.unannounced.splice(0))
  for (const peer of listeners(turn, share)) {
    if (peer.isBacklogged) {
      peer.missedHaves.add(share.manifest.share)
      continue
    }
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
    if (offer.through) tellCarriable(turn, peer, share, offer.through)
    else tellHeld(turn, peer, share)
  }
  peer.missedHaves.clear()
  announceSoon(turn)
}
