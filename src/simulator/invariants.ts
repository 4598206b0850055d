import { pieceLength } from '../shared/geometry.ts'
import { limits } from '../shared/limits.ts'
import { assert } from '../shared/result.ts'
import { isListHere, isMissing, stages, type ShareState } from '../swarm/state.ts'
import { copyOf, type VirtualPeer } from './virtualPeer.ts'
import type { World } from './world.ts'

type Invariant = (share: Readonly<ShareState>, peer: VirtualPeer) => void

/** What must hold for the peer that has just taken something in. */
export function checkInvariants(world: World, peer: VirtualPeer): void {
  for (const id of world.shares) {
    const share = peer.swarm.inspect(id)
    if (share) for (const holds of Object.values(invariants)) holds(share, peer)
  }
}

/** When all have what they want, and everything said has been heard, nobody has anything begun, asked for or handed out. */
export function checkRest(world: World): void {
  for (const peer of world.peers.values()) {
    if (!peer.alive || peer.mute) continue
    for (const [what, bytes] of Object.entries(peer.swarm.load()))
      assert(bytes === 0, () => `${bytes} ${what} are left at rest`)
  }
}

export const invariants = {
  onlyCheckedPiecesAreHeld(share, peer) {
    const { verified } = copyOf(peer, share.manifest.share)
    for (let piece = 0; piece < share.pieceCount; piece++) {
      if (share.held.has(piece))
        assert(verified.has(piece), () => `piece ${piece} is held and was never checked`)
    }
  },

  /** Each open piece counts its own blocks right, and no held or lacking piece is open. */
  openPiecesAddUp(share) {
    for (const open of share.open.values()) {
      const missing = open.blocks.filter(isMissing).length
      const awaited = open.blocks.filter((block) => !block.here).length
      assert(open.missingCount === missing, () => `missing blocks of piece ${open.piece} add up`)
      assert(open.awaitedCount === awaited, () => `awaited blocks of piece ${open.piece} add up`)
      assert(share.stage[open.piece] === stages.open, () => `open piece ${open.piece} is marked open`)
      const mayRest = share.wish.state !== 'downloading'
      assert(awaited > 0 || open.checking || mayRest, () => `gathered piece ${open.piece} is being checked`)
    }
    let marked = 0
    for (
      let piece = share.stage.indexOf(stages.open);
      piece >= 0;
      piece = share.stage.indexOf(stages.open, piece + 1)
    )
      marked++
    assert(marked === share.open.size, 'as many pieces are marked open as are open')
  },

  /**
   * While the share is fetched, exactly the pieces that are neither held nor begun and whose hash is known may be begun; to be passed on,
   * of those the ones that somebody asked for.
   */
  wantedPiecesAddUp(share) {
    const isFetched = share.wish.state === 'downloading' && isListHere(share)
    for (let piece = 0; piece < share.pieceCount; piece++) {
      const isDue = share.carrying ? share.carrying.wantedBy.has(piece) : isFetched
      const isWanted = isDue && piece < share.list.count && share.stage[piece] === stages.lacking
      assert(share.ledger.isWanted(piece) === isWanted, () => `piece ${piece} is wanted: ${isWanted}`)
    }
  },

  requestsAreWithinLimits(share) {
    const aheadBytes = new Map<string, number>()
    for (const open of share.open.values()) {
      for (const { requests } of open.blocks) {
        assert(requests.length <= limits.endGameCopiesMax, 'a block is asked of few')
        for (const { peer, lengthBytes } of requests) {
          aheadBytes.set(peer.peer, (aheadBytes.get(peer.peer) ?? 0) + lengthBytes)
          assert(share.ledger.holdings.has(peer.peer), 'who is asked is linked and offers the share')
        }
      }
    }
    const throughBytes = limits.throughAheadPieces * share.manifest.pieceSizeBytes
    for (const [peer, bytes] of aheadBytes) {
      const isThrough = [...share.through.keys()].some((id) => id === peer)
      const mayBeBytes = Math.max(limits.requestedAheadMaxBytes, isThrough ? throughBytes : 0)
      assert(bytes <= mayBeBytes, 'what is asked ahead stays within its limit')
    }
  },

  memoryIsWithinLimits(_, peer) {
    let openBytes = 0
    for (const id of peer.copies.keys()) {
      const share = peer.swarm.inspect(id)
      if (!share) continue
      for (const { piece } of share.open.values()) openBytes += pieceLength(share.geometry, piece)
    }
    assert(openBytes === peer.swarm.load().openBytes, 'open pieces are counted right')
    assert(openBytes <= limits.openPiecesMaxBytes, 'open pieces stay within their limit')
  },

  /** What is passed on is what is counted, stays within its limit, and is of no share of our own. */
  carriedIsWithinLimits(_, peer) {
    let carriedBytes = 0
    for (const id of peer.copies.keys()) {
      const share = peer.swarm.inspect(id)
      if (!share?.carrying) continue
      assert(share.wish.state === 'none' && share.held.count === 0, 'what is ours is not passed on')
      for (const piece of share.carrying.here) {
        assert(share.stage[piece] === stages.carried, () => `piece ${piece}, to be passed on, is marked so`)
        carriedBytes += pieceLength(share.geometry, piece)
      }
      for (const { piece } of share.open.values()) carriedBytes += pieceLength(share.geometry, piece)
    }
    assert(carriedBytes === peer.swarm.load().carriedBytes, 'what is passed on is counted right')
    assert(carriedBytes <= limits.carriedMaxBytes, 'what is passed on stays within its limit')
  },

  /** A download is never stuck: where somebody here has what we lack, somebody is asked, or a piece is being checked. */
  somebodyIsAsked(share, peer) {
    if (share.wish.state !== 'downloading' || !isListHere(share)) return
    // Of several downloads the first is served first.
    if (peer.copies.size > 1 && peer.swarm.load().aheadBytes > 0) return
    for (const open of share.open.values())
      if (open.checking || open.blocks.some((block) => block.requests.length > 0)) return
    for (let piece = 0; piece < share.list.count; piece++) {
      const isObtainable = share.stage[piece] !== stages.held && (share.ledger.copies[piece] ?? 0) > 0
      assert(!isObtainable, () => `somebody has piece ${piece}, and nobody is asked`)
    }
  },
} as const satisfies Record<string, Invariant>
