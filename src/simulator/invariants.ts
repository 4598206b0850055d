import { pieceLength } from '../shared/geometry.ts'
import { limits } from '../shared/limits.ts'
import { assert } from '../shared/result.ts'
import { stages, type ShareState } from '../swarm/state.ts'
import type { VirtualPeer, World } from './world.ts'

/** What must hold for the peer that has just taken something in. */
export function checkInvariants(world: World, peer: VirtualPeer): void {
  const share = peer.swarm.inspect(world.share)
  if (!share) return
  onlyCheckedPiecesAreHeld(share, peer)
  openPiecesAddUp(share)
  requestsAreWithinLimits(share)
}

function onlyCheckedPiecesAreHeld(share: Readonly<ShareState>, peer: VirtualPeer): void {
  for (let piece = 0; piece < share.pieceCount; piece++) {
    if (share.held.has(piece))
      assert(peer.verified.has(piece), `piece ${piece} is held and was never checked`)
  }
}

/** Each open piece counts its own blocks right, and no held or lacking piece is open. */
function openPiecesAddUp(share: Readonly<ShareState>): void {
  for (const open of share.open.values()) {
    const missing = open.blocks.filter((block) => !block.here && block.requests.length === 0).length
    const awaited = open.blocks.filter((block) => !block.here).length
    assert(open.missingCount === missing, `missing blocks of piece ${open.piece} add up`)
    assert(open.awaitedCount === awaited, `awaited blocks of piece ${open.piece} add up`)
    assert(share.stage[open.piece] === stages.open, `open piece ${open.piece} is marked open`)
    assert(awaited > 0 || open.checking, `gathered piece ${open.piece} is being checked`)
  }
  const marked = share.stage.filter((stage) => stage === stages.open).length
  assert(marked === share.open.size, 'as many pieces are marked open as are open')
}

function requestsAreWithinLimits(share: Readonly<ShareState>): void {
  const aheadBytes = new Map<string, number>()
  let openBytes = 0
  for (const open of share.open.values()) {
    openBytes += pieceLength(share.geometry, open.piece)
    for (const { requests } of open.blocks) {
      assert(requests.length <= limits.endGameCopiesMax, 'a block is asked of few')
      for (const { peer, lengthBytes } of requests) {
        aheadBytes.set(peer.peer, (aheadBytes.get(peer.peer) ?? 0) + lengthBytes)
        assert(peer.requests.size > 0, 'a request is known to its peer')
      }
    }
  }
  for (const bytes of aheadBytes.values()) {
    assert(bytes <= limits.requestedAheadMaxBytes, 'what is asked ahead stays within its limit')
  }
  assert(openBytes <= limits.openPiecesMaxBytes, 'open pieces stay within their limit')
}
