import type { Millis } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { PeerState, Request, SwarmState } from './state.ts'

/*
 * How much is asked ahead of a peer. Each block asked is bound to one source, which may turn out slow while another is free, so as
 * little as keeps the source busy: what it delivers in a round trip and a slack, and one block. (Committing early is what costs a swarm:
 * simulated, three blocks ahead of each of twelve sources instead of one take 8 % longer.)
 */

/** How many bytes may be asked of the peer and not yet here. `blockBytes`: what the next block asked has at most. */
export function aheadMaxBytes(state: SwarmState, peer: PeerState, blockBytes: number): number {
  if (peer.isStalled) return blockBytes
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
  return now - peer.blockComingAt < limits.requestStallMs && now - peer.lastBlockAt < limits.requestTimeoutMs
}

/** Silent for so long while it owes blocks, the peer is taken for stalled: blocks of a thin link may lie further apart. */
function stallMs(peer: PeerState): Millis {
  const [oldest] = peer.requests
  const blockMs = oldest && peer.bytesPerSecond ? (1000 * oldest.lengthBytes) / peer.bytesPerSecond : 0
  return Math.min(limits.requestTimeoutMs, Math.max(limits.requestStallMs, 3 * blockMs))
}
