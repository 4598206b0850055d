import type { PieceIndex } from '../shared/ids.ts'
import { tell, withdraw } from './announcing.ts'
import { endCarrying } from './carrying.ts'
import type { HashPart } from './hashList.ts'
import type { Listed } from './io.ts'
import { forgetHolder } from './nearness.ts'
import { fillAll, giveBackRequests } from './requests.ts'
import type { PeerState, ShareState, Turn } from './state.ts'
import { blocksCancelled, forgetTaker, refuseAll } from './uploads.ts'
import { stopContradicted } from './wishes.ts'

/*
 * An origin that signs two hash lists for one share gives some members other bytes than others, and each of them would take the others
 * for liars. Two signed parts that cannot both be of one list prove that it was the origin.
 */

/** Whether what a peer says of its list can be what we know too. One longer than ours cannot be told: then the peer can. */
export function agrees({ list }: ShareState, { count, digest }: Listed): boolean {
  if (count > list.count) return true
  const own = list.digestAt(count)
  return own !== null && own.every((byte, at) => byte === digest[at])
}

/**
 * The peer has another list, or says so: nothing goes between us and it any more, so that neither takes the other for a liar, and it is
 * shown our part before where it was found, by which an honest one can see that the origin signed two.
 */
export function partWays(turn: Turn, peer: PeerState, share: ShareState, foundAt?: PieceIndex): void {
  if (share.parted.has(peer.peer)) return
  share.parted.add(peer.peer)
  giveBackRequests(turn, peer, share)
  forgetHolder(share, peer)
  blocksCancelled(turn, peer, share, () => true)
  forgetTaker(share, peer)
  fillAll(turn)
  const part = foundAt === undefined ? null : share.list.partAt(Math.max(0, foundAt - 1))
  if (part) tell(turn, peer, { type: 'hashes', share: share.manifest.share, part })
}

/** The origin signed this, and signed something else: nobody can say what the share is. The proof goes to everyone it concerns. */
export function contradict(turn: Turn, share: ShareState, part: HashPart): void {
  const { list, manifest } = share
  share.contradicted = true
  share.unverified.length = 0
  const own = list.partAt(Math.min(part.first, list.count - 1))
  for (const peer of turn.state.peers.values()) {
    if (!peer.offered.has(manifest.share) && !share.offeredTo.has(peer.peer)) continue
    for (const proof of [own, part])
      if (proof) tell(turn, peer, { type: 'hashes', share: manifest.share, part: proof })
  }
  stopContradicted(turn, share)
  endCarrying(turn, share)
  refuseAll(turn, share)
  withdraw(turn, share)
  turn.emit({ type: 'report', report: { type: 'shareContradicted', share: manifest.share } })
}
