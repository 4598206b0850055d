import type { Millis, PeerId, ShareId } from '../shared/ids.ts'
import type { Random } from '../shared/random.ts'
import { limits } from '../shared/limits.ts'
import { unreachable } from '../shared/result.ts'
import { announceShare, forgetInterestTold, greet, seeksList, tellInterest } from './announcing.ts'
import { announceMissed } from './batching.ts'
import { forgetUnoffered, uncharge } from './budget.ts'
import { endCarrying, tendCarrying } from './carrying.ts'
import { attendDeadlines, planWake } from './deadlines.ts'
import { complete, pieceChecked, pieceHashed } from './holding.ts'
import type { SwarmEffect, SwarmInput } from './io.ts'
import { partSigned, partVerified, signNext } from './listing.ts'
import { pieceCountOf, type Manifest, type Sha256 } from './manifest.ts'
import { messageArrived } from './messages.ts'
import { forgetHolder } from './nearness.ts'
import { isMemoryShort } from './openPieces.ts'
import { fill, fillAll, giveBackRequests } from './requests.ts'
import { pieceRechecked } from './rechecking.ts'
import { shareRestored } from './restoring.ts'
import { snapshotOf, type ShareSnapshot } from './snapshot.ts'
import {
  newPeerState,
  newShareState,
  type PeerState,
  type ShareState,
  type SwarmState,
  type Turn,
} from './state.ts'
import { strike } from './strikes.ts'
import { carryingAllowed, neighboursHeard, settleSoon } from './telling.ts'
import { blockLost, forgetTaker, linkHasRoom, keepUploadLimit, serve } from './uploads.ts'
import {
  cancel,
  download,
  pause,
  remove,
  resume,
  sourceLost,
  spaceFreed,
  stop,
  storeOpened,
} from './wishes.ts'

export interface SwarmOptions {
  readonly random: Random
  readonly sha256: Sha256
  /** 0 for none. */
  readonly uploadLimitBytesPerSecond: number
  /** Whether we pass on what others cannot get of each other, at first: it takes uplink and memory. */
  readonly carries: boolean
}

/** The machine that knows who has which piece, what to ask of whom, and what to serve to whom. */
export interface Swarm {
  /** The only way in. Runs to the end, never waits, never throws on what a peer sent. */
  handle(input: SwarmInput, now: Millis): SwarmEffect[]
  /** The shares as people see them, oldest first. */
  shares(): ShareSnapshot[]
  /** Their ids alone: for who looks at few of them. */
  ids(): ShareId[]
  /** One of those; null when it is not known. */
  snapshot(share: ShareId): ShareSnapshot | null
  /** The internals of one share, read-only by agreement: for pictures and for checking invariants. */
  inspect(share: ShareId): Readonly<ShareState> | null
  /** Bytes begun and not yet checked, asked for and not yet here, waiting to be served, here to be passed on: 0 each at rest. */
  load(): SwarmLoad
  /** The hash of a share's first piece, to tell whether a file may be it; null while unknown. */
  firstHash(share: ShareId): Uint8Array | null
}

export interface SwarmLoad {
  readonly openBytes: number
  readonly aheadBytes: number
  readonly queuedBytes: number
  readonly carriedBytes: number
}

export function createSwarm(options: SwarmOptions): Swarm {
  const state: SwarmState = {
    random: options.random,
    sha256: options.sha256,
    uploadLimitBytesPerSecond: options.uploadLimitBytesPerSecond,
    carries: options.carries,
    carried: new Set(),
    carriedBytes: 0,
    neighbours: new Map(),
    settleAt: null,
    peers: new Map(),
    shares: new Map(),
    downloads: new Set(),
    openBytes: 0,
    requestCount: 0,
    askedCount: 0,
    queuedCount: 0,
    uplinkRoomBytes: Infinity,
    servedTurn: 0,
    nextUploadAt: -Infinity,
    announceAt: null,
    tickAt: null,
    wakeAt: Infinity,
  }
  return {
    handle(input, now) {
      const effects: SwarmEffect[] = []
      const turn: Turn = { state, now, emit: (effect) => effects.push(effect) }
      const openBytesBefore = state.openBytes
      takeIn(turn, input)
      tendCarrying(turn)
      attendDeadlines(turn)
      if (isMemoryShort(openBytesBefore) && state.openBytes < openBytesBefore) fillAll(turn)
      planWake(turn)
      return effects
    },
    ids: () => [...state.shares.keys()],
    shares: () => [...state.shares.values()].map(snapshotOf),
    snapshot(id) {
      const share = state.shares.get(id)
      return share ? snapshotOf(share) : null
    },
    inspect: (share) => state.shares.get(share) ?? null,
    load() {
      const peers = [...state.peers.values()]
      return {
        openBytes: state.openBytes,
        aheadBytes: peers.reduce((sum, peer) => sum + peer.aheadBytes, 0),
        queuedBytes: peers
          .flatMap((peer) => peer.queue)
          .reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
        carriedBytes: state.carriedBytes,
      }
    },
    firstHash(id) {
      return state.shares.get(id)?.list.hashAt(0) ?? null
    },
  }
}

function takeIn(turn: Turn, input: SwarmInput): void {
  const { state } = turn
  switch (input.type) {
    case 'peerLinked':
      return peerLinked(turn, input.peer)
    case 'peerUnlinked':
      return withPeer(turn, input.peer, (peer) => peerUnlinked(turn, peer))
    case 'messageArrived':
      return withPeer(turn, input.peer, (peer) => messageArrived(turn, peer, input.message))
    case 'carryingAllowed':
      return carryingAllowed(turn, input.isAllowed)
    case 'neighboursHeard':
      return neighboursHeard(turn, input.peer, input.neighbours)
    case 'messageFaulted':
      return withPeer(turn, input.peer, (peer) => strike(turn, peer, 'a message that does not parse'))
    case 'blockComing':
      return withPeer(turn, input.peer, (peer) => void (peer.blockComingAt = turn.now))
    case 'linkBacklog':
      return withPeer(turn, input.peer, (peer) => linkBacklog(turn, peer, input.isFull))
    case 'linkHasRoom':
      return withPeer(turn, input.peer, (peer) => linkHasRoom(turn, peer, input))
    case 'uplinkHasRoom':
      state.uplinkRoomBytes = input.roomBytes
      return serve(turn)
    case 'sentElsewhere':
      return keepUploadLimit(turn, input.bytes)
    case 'blockLost':
      return withPeer(turn, input.peer, (peer) => blockLost(turn, peer, input))
    case 'blockUnreadable':
      return withPeer(turn, input.peer, (peer) => blockUnreadable(turn, peer, input))
    case 'shareHeard':
      return shareHeard(turn, input.manifest)
    case 'shareOffered':
      return shareOffered(turn, input.manifest)
    case 'shareRestored':
      return shareRestored(turn, input)
    case 'spaceFreed':
      return spaceFreed(turn)
    case 'woke':
      // The timer is spent, even where it went off a little early: it must be set again.
      state.wakeAt = Infinity
      return
    default: {
      const share = state.shares.get(input.share)
      if (share) shareInput(turn, share, input)
    }
  }
}

type ShareInput = Exclude<
  SwarmInput,
  {
    type:
      | 'peerLinked'
      | 'peerUnlinked'
      | 'messageArrived'
      | 'messageFaulted'
      | 'neighboursHeard'
      | 'carryingAllowed'
      | 'blockComing'
      | 'linkBacklog'
      | 'linkHasRoom'
      | 'uplinkHasRoom'
      | 'sentElsewhere'
      | 'blockLost'
      | 'blockUnreadable'
      | 'shareHeard'
      | 'shareOffered'
      | 'shareRestored'
      | 'spaceFreed'
      | 'woke'
  }
>

function shareInput(turn: Turn, share: ShareState, input: ShareInput): void {
  switch (input.type) {
    case 'sourceAttached':
      endCarrying(turn, share)
      share.source = 'hashing'
      share.ownAhead.length = 0
      announceShare(turn, share)
      if (seeksList(turn, share)) tellInterest(turn, share)
      return
    case 'pieceHashed':
      pieceHashed(turn, share, input.piece, input.hash)
      if (share.list.count === 0) signNext(turn, share)
      return
    case 'partSigned':
      return partSigned(turn, share, input)
    case 'partVerified':
      return partVerified(turn, share, input)
    case 'sourceLost':
      return sourceLost(turn, share)
    case 'downloadAsked':
      return download(turn, share)
    case 'pauseAsked':
      return pause(turn, share)
    case 'resumeAsked':
      return resume(turn, share)
    case 'inOrderAsked':
      share.isInOrder = true
      return
    case 'anyOrderAsked':
      share.isInOrder = false
      return
    case 'cancelAsked':
      cancel(turn, share)
      return forgetUnoffered(turn, share)
    case 'removeAsked':
      remove(turn, share)
      return forgetUnoffered(turn, share)
    case 'shareUnheard':
      share.isHeard = false
      return forgetUnoffered(turn, share)
    case 'storeOpened':
      return storeOpened(turn, share)
    case 'storeFailed':
      return stop(turn, share, input.fault)
    case 'pieceChecked':
      return pieceChecked(turn, share, input.piece, input.right)
    case 'pieceRechecked':
      return pieceRechecked(turn, share, input.piece, input.right)
    case 'pieceFaulted': {
      const open = share.open.get(input.piece)
      if (open) open.checking = false
      return stop(turn, share, input.fault)
    }
    default:
      return unreachable(input)
  }
}

function withPeer(turn: Turn, id: PeerId, then: (peer: PeerState) => void): void {
  const peer = turn.state.peers.get(id)
  if (peer) then(peer)
}

function peerLinked(turn: Turn, id: PeerId): void {
  if (turn.state.peers.has(id)) return
  const peer = newPeerState(id, turn.now)
  turn.state.peers.set(id, peer)
  greet(turn, peer)
}

function peerUnlinked(turn: Turn, peer: PeerState): void {
  turn.state.peers.delete(peer.peer)
  turn.state.neighbours.delete(peer.peer)
  turn.state.queuedCount -= peer.queue.length
  for (const share of turn.state.shares.values()) {
    giveBackRequests(turn, peer, share)
    forgetTaker(share, peer)
    forgetHolder(share, peer)
    share.traffic.delete(peer.peer)
    share.offeredTo.delete(peer.peer)
    forgetInterestTold(turn, share, peer)
    uncharge(peer, share)
    forgetUnoffered(turn, share)
  }
  settleSoon(turn)
  serve(turn)
  fillAll(turn)
}

function linkBacklog(turn: Turn, peer: PeerState, isFull: boolean): void {
  peer.isBacklogged = isFull
  if (isFull) return
  announceMissed(turn, peer)
  fill(turn, peer)
}

/** Known like one that a neighbour offers, though none may. Whoever makes up shares fills no more than this. */
function shareHeard(turn: Turn, manifest: Manifest): void {
  const { shares, sha256 } = turn.state
  const known = shares.get(manifest.share)
  if (known) known.isHeard = true
  else {
    const heard = [...shares.values()].filter(({ isHeard }) => isHeard)
    const pieces = heard.reduce((sum, { pieceCount }) => sum + pieceCount, pieceCountOf(manifest))
    if (heard.length >= limits.sharesListedMax || pieces > limits.piecesPerPeerMax) return
    const share = newShareState(manifest, sha256)
    share.isHeard = true
    shares.set(manifest.share, share)
    turn.emit({ type: 'report', report: { type: 'shareAppeared', share: manifest.share } })
  }
}

function shareOffered(turn: Turn, manifest: Manifest): void {
  if (turn.state.shares.has(manifest.share)) return
  const share = newShareState(manifest, turn.state.sha256)
  share.isOrigin = true
  share.source = 'hashing'
  turn.state.shares.set(manifest.share, share)
  announceShare(turn, share)
  turn.emit({ type: 'report', report: { type: 'shareAppeared', share: manifest.share } })
  if (share.held.full) complete(turn, share)
}

function blockUnreadable(turn: Turn, peer: PeerState, at: SwarmInput & { type: 'blockUnreadable' }): void {
  const blocks = [{ piece: at.piece, block: at.block }]
  turn.emit({ type: 'send', peer: peer.peer, message: { type: 'refuse', share: at.share, blocks } })
}
