import { blockCount, blockLength } from '../shared/geometry.ts'
import type { PieceIndex } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { BlockAt, SwarmInput } from './io.ts'
import { isWithOthers } from './nearness.ts'
import { isHere, trafficWith, type PeerState, type ShareState, type Turn, type UploadItem } from './state.ts'
import { strike } from './strikes.ts'

/**
 * A peer asks for blocks. What only we hold is promised to the first who asks, and the others are told, so that they ask for
 * something else.
 */
export function blocksRequested(
  turn: Turn,
  peer: PeerState,
  share: ShareState,
  blocks: readonly BlockAt[],
): void {
  const refused: BlockAt[] = []
  const isShut = share.contradicted || share.parted.has(peer.peer)
  let isTooMuch = false
  const promised = new Set<PieceIndex>()
  const promisedElsewhere = new Set<PieceIndex>()
  for (const { piece, block } of blocks) {
    if (piece >= share.pieceCount || block >= blockCount(share.geometry, piece)) {
      strike(turn, peer, 'a request beyond the share')
      continue
    }
    const isFull = peer.queue.length >= limits.uploadQueuePerPeerMax
    if (isFull || isShut || !mayGive(share, piece, peer)) {
      isTooMuch ||= isFull
      refused.push({ piece, block })
      continue
    }
    if (share.held.has(piece) && share.ledger.copies[piece] === 0) {
      const given = share.givenTo.get(piece)
      if (!given) {
        share.givenTo.set(piece, {
          peer: peer.peer,
          blocksLeft: blockCount(share.geometry, piece),
          promisedAt: turn.now,
        })
        promised.add(piece)
      } else if (given.peer !== peer.peer) promisedElsewhere.add(piece)
    }
    turn.state.queuedCount++
    peer.queue.push({ share, piece, block, lengthBytes: blockLength(share.geometry, piece, block) })
  }
  // Who reads no answers gets none; it is told of a share that is gone by the withdrawal.
  if (peer.isBacklogged && isTooMuch) strike(turn, peer, 'requests without end, their answers unread')
  if (refused.length > 0 && !peer.isBacklogged) refuse(turn, peer, share, refused)
  if (promised.size > 0) tellPromises(turn, peer, share, [...promised])
  if (promisedElsewhere.size > 0 && !peer.isBacklogged) tellPromise(turn, peer, share, [...promisedElsewhere])
  serve(turn)
}

/** Whether we hold the piece, or offered it through us and can get it. */
function mayGive(share: ShareState, piece: PieceIndex, peer: PeerState): boolean {
  return isHere(share, piece) || (share.carrying !== null && isWithOthers(share, piece, peer))
}

function refuse(turn: Turn, peer: PeerState, share: ShareState, blocks: readonly BlockAt[]): void {
  for (let at = 0; at < blocks.length; at += limits.requestsPerMessage) {
    const part = blocks.slice(at, at + limits.requestsPerMessage)
    const message = { type: 'refuse', share: share.manifest.share, blocks: part } as const
    turn.emit({ type: 'send', peer: peer.peer, message })
  }
}

function tellPromises(turn: Turn, to: PeerState, share: ShareState, pieces: readonly PieceIndex[]): void {
  for (const id of share.interested) {
    const peer = turn.state.peers.get(id)
    if (peer && peer !== to && !peer.isBacklogged) tellPromise(turn, peer, share, pieces)
  }
}

/** As many as may be asked in one message fit in one. */
function tellPromise(turn: Turn, peer: PeerState, share: ShareState, pieces: readonly PieceIndex[]): void {
  const message = { type: 'promise', share: share.manifest.share, pieces } as const
  turn.emit({ type: 'send', peer: peer.peer, message })
}

/** The peer no longer wants these, or no longer wants the share at all. */
export function blocksCancelled(
  turn: Turn,
  peer: PeerState,
  share: ShareState,
  isCancelled: (at: BlockAt) => boolean,
): void {
  const kept = peer.queue.filter((item) => item.share !== share || !isCancelled(item))
  const cancelled = peer.queue.filter((item) => item.share === share && isCancelled(item))
  if (cancelled.length === 0) return
  peer.queue.splice(0, peer.queue.length, ...kept)
  turn.state.queuedCount -= cancelled.length
  for (const { piece } of cancelled) takePromiseBack(share, peer, piece)
  serve(turn)
}

/** A promise to a peer that lets go of the piece before all of it was sent is free for the next who asks. */
function takePromiseBack(share: ShareState, peer: PeerState, piece: PieceIndex): void {
  const given = share.givenTo.get(piece)
  if (given?.peer !== peer.peer || given.blocksLeft === 0) return
  const isQueued = peer.queue.some((item) => item.share === share && item.piece === piece)
  if (!isQueued) share.givenTo.delete(piece)
}

/** The peer is gone, or has no more to do with the share: what was promised to it is free for the next who asks. */
export function forgetTaker(share: ShareState, peer: PeerState): void {
  share.interested.delete(peer.peer)
  for (const [piece, given] of share.givenTo) if (given.peer === peer.peer) share.givenTo.delete(piece)
}

/** We no longer hold the share: everyone who waits for it is told. */
export function refuseAll(turn: Turn, share: ShareState): void {
  for (const peer of turn.state.peers.values()) refuseWaiting(turn, peer, share, () => true)
}

/** What the peer waits for of such pieces it does not get. */
export function refuseWaiting(
  turn: Turn,
  peer: PeerState,
  share: ShareState,
  isRefused: (piece: PieceIndex) => boolean,
): void {
  const waiting = peer.queue.filter((item) => item.share === share && isRefused(item.piece))
  if (waiting.length === 0) return
  blocksCancelled(turn, peer, share, ({ piece }) => isRefused(piece))
  refuse(
    turn,
    peer,
    share,
    waiting.map(({ piece, block }) => ({ piece, block })),
  )
}

/** What its link takes from now on. */
export function linkHasRoom(
  turn: Turn,
  peer: PeerState,
  { roomBytes, roundTripMs, uplinkRoomBytes }: SwarmInput & { type: 'linkHasRoom' },
): void {
  peer.roomBytes = roomBytes
  peer.roundTripMs = roundTripMs
  turn.state.uplinkRoomBytes = uplinkRoomBytes
  serve(turn)
}

/** A block handed out did not reach the peer: it goes out again before all others, where it is still wanted and held. */
export function blockLost(
  turn: Turn,
  peer: PeerState,
  { share: id, piece, block, lengthBytes }: SwarmInput & { type: 'blockLost' },
): void {
  const share = turn.state.shares.get(id)
  if (!share) return
  trafficWith(share, peer.peer).upBytes -= lengthBytes
  // What was passed on, and is forgotten since, is fetched again.
  if ((!share.held.has(piece) && !share.carrying) || !share.interested.has(peer.peer)) return
  const given = share.givenTo.get(piece)
  if (given?.peer === peer.peer) given.blocksLeft++
  turn.state.queuedCount++
  peer.queue.unshift({ share, piece, block, lengthBytes })
  serve(turn)
}

/**
 * Hands blocks to the links that have room: first what finishes a piece that nobody else has, then other such pieces, then
 * the rest; among equals, by turns whoever has least and whoever was served longest ago.
 */
export function serve(turn: Turn): void {
  const { state } = turn
  while (state.queuedCount > 0 && state.nextUploadAt <= turn.now && state.uplinkRoomBytes > 0) {
    const next = nextUpload(turn)
    if (!next) return
    const { peer, index, item } = next
    peer.queue.splice(index, 1)
    state.queuedCount--
    peer.serving = { share: item.share, piece: item.piece }
    peer.lastServedTurn = ++state.servedTurn
    peer.roomBytes -= item.lengthBytes
    state.uplinkRoomBytes -= item.lengthBytes
    const given = item.share.givenTo.get(item.piece)
    if (given?.peer === peer.peer && given.blocksLeft > 0) given.blocksLeft--
    if (item.share.carrying) peer.carriedToBytes += item.lengthBytes
    keepUploadLimit(turn, item.lengthBytes)
    trafficWith(item.share, peer.peer).upBytes += item.lengthBytes
    const { piece, block, lengthBytes } = item
    turn.emit({
      type: 'uploadBlock',
      peer: peer.peer,
      share: item.share.manifest.share,
      piece,
      block,
      lengthBytes,
    })
  }
}

/** A leaky bucket: each block, and what else goes out for others, pushes the moment of the next one out by the time it takes at the limit. What a late timer cost is made up for. */
export function keepUploadLimit(turn: Turn, lengthBytes: number): void {
  const { state } = turn
  if (state.uploadLimitBytesPerSecond === 0) return
  const spanMs = (1000 * lengthBytes) / state.uploadLimitBytesPerSecond
  state.nextUploadAt = Math.max(state.nextUploadAt, turn.now - limits.uploadCatchUpMs) + spanMs
}

interface NextUpload {
  readonly peer: PeerState
  readonly index: number
  readonly item: UploadItem
  readonly urgency: number
}

/** Null when nothing waits where there is room. */
function nextUpload(turn: Turn): NextUpload | null {
  let best: NextUpload | null = null
  for (const peer of turn.state.peers.values()) {
    if (peer.roomBytes <= 0) continue
    const candidate = firstUpload(turn, peer)
    if (!candidate) continue
    const isBetter =
      best === null ||
      candidate.urgency > best.urgency ||
      (candidate.urgency === best.urgency && goesBefore(turn, candidate, best))
    if (isBetter) best = candidate
  }
  return best
}

/**
 * By turns, who has least of its share and who was served longest ago. The one, so that all finish together, however few links one has; the
 * other, so that nobody gains more than half of what we send by saying that it has nothing.
 */
function goesBefore({ state }: Turn, one: NextUpload, other: NextUpload): boolean {
  const lessHeld = heldPart(one) - heldPart(other)
  if (state.servedTurn % 2 === 0 && lessHeld !== 0) return lessHeld < 0
  return one.peer.lastServedTurn < other.peer.lastServedTurn
}

const heldPart = ({ peer, item: { share } }: NextUpload): number =>
  (share.ledger.holdings.get(peer.peer)?.count ?? 0) / share.pieceCount

/** The most urgent block in one peer's queue, the oldest among equals. */
function firstUpload(turn: Turn, peer: PeerState): NextUpload | null {
  let best: NextUpload | null = null
  for (const [index, item] of peer.queue.entries()) {
    const urgency = urgencyOf(turn, peer, item)
    if (urgency !== null && (best === null || urgency > best.urgency)) best = { peer, index, item, urgency }
  }
  return best
}

/**
 * 2 and 1 for the first copy of a piece, begun and not; null where it is not to leave yet: it is still to come from somebody else; or, just
 * promised to another, is not given twice before who asked has heard of the promise, while there is something else to ask for.
 */
function urgencyOf({ now }: Turn, peer: PeerState, { share, piece }: UploadItem): number | null {
  if (!isHere(share, piece)) return null
  const given = share.givenTo.get(piece)
  if (given === undefined || share.ledger.copies[piece] !== 0) return 0
  if (given.peer !== peer.peer) {
    const isUnheard = now - given.promisedAt < limits.promiseHeardMs
    return isUnheard && share.givenTo.size < share.pieceCount ? null : 0
  }
  if (given.blocksLeft === 0) return 0
  return peer.serving?.share === share && peer.serving.piece === piece ? 2 : 1
}
