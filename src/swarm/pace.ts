import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { PeerState, Request, ShareState, SwarmState } from './state.ts'

/*
 * How much is asked ahead of a peer. Each block asked is bound to one source, which may turn out slow while another is free, so as
 * little as keeps the source busy: what it delivers in a round trip and a slack, and one block. (Committing early is what costs a swarm:
 * simulated, three blocks ahead of each of twelve sources instead of one take 8 % longer.)
 */

/** How many bytes may be asked of the peer and not yet here, once something of the share is asked for. */
export function aheadMaxBytes(state: SwarmState, peer: PeerState, share: ShareState): number {
  const { pieceSizeBytes } = share.manifest
  const blockBytes = Math.min(limits.blockSizeBytes, pieceSizeBytes)
  if (peer.isStalled) return blockBytes
  const atItsPaceBytes = aheadAtPaceBytes(state, peer, blockBytes)
  // Who passes pieces on sends none of one before all of it has come.
  if (share.through.has(peer.peer))
    return Math.max(atItsPaceBytes, limits.throughAheadPieces * pieceSizeBytes)
  return atItsPaceBytes
}

/** `blockBytes`: what the next block asked has at most. */
function aheadAtPaceBytes(state: SwarmState, peer: PeerState, blockBytes: number): number {
  const sources = state.askedCount + (peer.requests.size === 0 ? 1 : 0)
  if (peer.bytesPerSecond === null) return Math.max(blockBytes, limits.requestedAheadFirstBytes / sources)
  const slackMs = Math.max(limits.requestSlackMinMs, limits.requestSlackMs / sources ** 2)
  const aheadMs = (peer.roundTripMs ?? 0) + slackMs
  return Math.min(limits.requestedAheadMaxBytes, (peer.bytesPerSecond * aheadMs) / 1000 + blockBytes)
}

/** What the peer delivers, seen over the time that it took for one block and those asked before it. */
export function learnPace(peer: PeerState, request: Request, now: Millis): void {
  peer.isStalled = false
  peer.lastBlockAt = now
  peer.deliveredBytes += request.lengthBytes
  const tookMs = Math.max(1, now - request.askedAt)
  const bytesPerSecond = (1000 * (peer.deliveredBytes - request.deliveredBefore)) / tookMs
  const before = peer.bytesPerSecond ?? bytesPerSecond
  peer.bytesPerSecond = before + (bytesPerSecond - before) * limits.paceWeight
}

/** When the peer will have delivered all that it was asked and so many bytes more, as far as can be told. */
export function expectedAt(peer: PeerState, moreBytes: number, now: Millis): Millis {
  const rate = peer.bytesPerSecond
  const spanMs = rate === null ? limits.requestStallMs : (1000 * (peer.aheadBytes + moreBytes)) / rate
  return now + (peer.roundTripMs ?? 0) + spanMs
}

/** Whether the peer is at the blocks that it owes: it need not be asked about what it has not had the time for. */
export function isSending(peer: PeerState, now: Millis): boolean {
  if (now - peer.lastBlockAt < stallMs(peer)) return true
  // One that sends a little of a block now and then, and never all of it, is not waited for without end.
  return now - peer.blockComingAt < limits.requestStallMs && now - peer.lastBlockAt < timeoutMs(peer)
}

/** Silent for so long while it owes blocks, the peer has its requests taken back. */
export const timeoutMs = (peer: PeerState): Millis =>
  Math.max(limits.requestTimeoutMs, limits.requestStallMs + fetchingMs(peer))

/** Silent for so long while it owes blocks, the peer is taken for stalled: blocks of a thin link may lie further apart. */
function stallMs(peer: PeerState): Millis {
  const [oldest] = peer.requests
  const blockMs = oldest && peer.bytesPerSecond ? (1000 * oldest.lengthBytes) / peer.bytesPerSecond : 0
  const aloneMs = Math.min(limits.requestTimeoutMs, Math.max(limits.requestStallMs, 3 * blockMs))
  return aloneMs + fetchingMs(peer)
}

/** For so long a peer that passes on what it owes may have to fetch it. */
function fetchingMs(peer: PeerState): Millis {
  const [oldest] = peer.requests
  if (!oldest?.share.through.has(peer.peer)) return 0
  const aheadBytes = limits.throughAheadPieces * oldest.share.manifest.pieceSizeBytes
  return (1000 * aheadBytes) / limits.carriedLeastBytesPerSecond
}
