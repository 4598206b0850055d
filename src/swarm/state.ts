import type { Bytes } from '../shared/bytes.ts'
import { blockCount, type Geometry } from '../shared/geometry.ts'
import type { Millis, PeerId, PieceIndex, ShareId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { Random } from '../shared/random.ts'
import type { Bitfield } from './bitfield.ts'
import { HashList, type HashPart, type UnsignedPart } from './hashList.ts'
import type { FarHolder, StopFault, SwarmEffect } from './io.ts'
import { Ledger } from './ledger.ts'
import { geometryOf, pieceCountOf, type Manifest, type Sha256 } from './manifest.ts'

/** What the user wants of a share that is not ours. */
export type Wish =
  | { readonly state: 'none' }
  | { readonly state: 'opening' }
  | { readonly state: 'downloading' }
  /** `opened`: whether the store had made room by then. */
  | { readonly state: 'paused'; readonly opened: boolean }
  | { readonly state: 'stopped'; readonly opened: boolean; readonly fault: StopFault }

/**
 * Whether files of this device back the share. `lost`: they did, and can no longer be read. `away`: they did on an earlier page, and the user
 * has not handed them to this one.
 */
export type Source = 'none' | 'hashing' | 'whole' | 'lost' | 'away'

/**
 * Where a piece stands here. `claimed`: an earlier page kept it, and it is to be hashed again before it counts. `carried`: it is here to be
 * passed on alone.
 */
export const stages = { lacking: 0, open: 1, held: 2, claimed: 3, carried: 4 } as const

/** One block asked of one peer. */
export interface Request {
  readonly peer: PeerState
  readonly share: ShareState
  readonly open: OpenPiece
  readonly block: number
  readonly lengthBytes: number
  readonly askedAt: Millis
  /** What the peer had delivered by then. */
  readonly deliveredBefore: number
  /** When it should come, as the peer's pace was then. */
  readonly expectedAt: Millis
  /** The peer has been silent for long: the block may be asked of another, and is still taken from this one. */
  lapsed: boolean
}

export interface BlockState {
  here: boolean
  readonly requests: Request[]
}

/** A piece begun: its blocks come in from one or several peers. */
export interface OpenPiece {
  readonly piece: PieceIndex
  readonly blocks: BlockState[]
  /** Blocks neither here nor, but for requests that lapsed, asked for. */
  missingCount: number
  /** Blocks not here. */
  awaitedCount: number
  readonly givers: Set<PeerId>
  /** After a corrupt piece from several givers: only this peer is asked, so that the next blame is certain. */
  readonly solo: PeerId | null
  checking: boolean
}

export interface Traffic {
  downBytes: number
  upBytes: number
  lastBlockAt: Millis
}

/** A piece that we alone hold, promised to the first who asked for it. */
export interface Given {
  readonly peer: PeerId
  /** Until as many blocks of it have left for that peer. */
  blocksLeft: number
  readonly promisedAt: Millis
}

/** A part of a hash list that a peer sent, and nobody has looked at. */
export interface PartSent {
  readonly peer: PeerId
  readonly part: HashPart
}

/** What we pass on of a share that we neither hold nor want, to those who have no other way to it. */
export interface Carrying {
  /** Pieces that are here, checked, oldest first. */
  readonly here: Set<PieceIndex>
  /** Pieces to be fetched and not begun, and who asked for each first. */
  readonly wantedBy: Map<PieceIndex, PeerState>
  /** What neighbours have come to hold since the last batch of haves. */
  readonly news: Set<PieceIndex>
}

/** What came of offering a share to a peer. */
export interface OfferMade {
  /** Of whom we would get it, where it was offered through us; null where we hold or want it ourselves. */
  readonly through: readonly FarHolder[] | null
  /** How much of the hash list it has been sent: none of it twice. */
  hashesSent: number
  /** It has no room to know of the share. */
  isIgnored: boolean
}

export interface ShareState {
  readonly manifest: Manifest
  readonly geometry: Geometry
  readonly pieceCount: number
  readonly ledger: Ledger
  /** What we hold, as the ledger has it. */
  readonly held: Readonly<Bitfield>
  /** Bytes of the files themselves held, the tree left out. */
  heldPayloadBytes: number
  source: Source
  wish: Wish
  /** What comes first of it is fetched first, as far as that delays nobody. */
  isInOrder: boolean
  /** Every piece before this one is held, as far as was looked. */
  heldUpTo: PieceIndex
  /** All of it has been here, if only for the zero pieces of an empty file. */
  completed: boolean
  /** The room says that somebody gives it, whom we need not be linked with. */
  isHeard: boolean
  /** Verified. */
  readonly list: HashList
  /** We made the share's key, and sign its list. */
  isOrigin: boolean
  /** Hashes of our own files from the list's end on: to be signed by us, or to be compared with what comes of the list. */
  readonly ownAhead: Bytes[]
  /** The part that is being signed. */
  signing: UnsignedPart | null
  /** When the last was to be signed. */
  signedAt: Millis
  /** Parts that came and are not verified, oldest first. */
  readonly unverified: PartSent[]
  /** The one of those that is being verified. */
  verifying: PartSent | null
  /** Its origin has signed two lists: it is neither fetched nor given any more. */
  contradicted: boolean
  /** Who seems to have been told another list: asked for nothing, given nothing, blamed for nothing. */
  readonly parted: Set<PeerId>
  /** One of `stages` a piece. */
  readonly stage: Uint8Array
  /** Pieces that an earlier page kept, to be hashed again. */
  claimedCount: number
  /** The one of them that is being. */
  rechecking: PieceIndex | null
  /** Pieces begun, oldest first. */
  readonly open: Map<PieceIndex, OpenPiece>
  /** Pieces that came corrupt from several givers. */
  readonly suspect: Set<PieceIndex>
  /** Held since the last batch of haves. */
  readonly unannounced: PieceIndex[]
  /** Whose budget it counts against: one who offers it. Null where nobody does, or we had it before anyone. */
  chargedTo: PeerState | null
  /** Whom we have offered it to, since we last withdrew it. */
  readonly offeredTo: Map<PeerId, OfferMade>
  /** Who wants it from us. */
  readonly interested: Set<PeerId>
  /** Who would pass it on to us, and of whom they would get it. */
  readonly through: Map<PeerId, readonly FarHolder[]>
  /** Null while nobody wants it through us. */
  carrying: Carrying | null
  /** Whom we have asked for its hash list, and from where on the next part of each is to be. */
  readonly hashesAskedOf: Map<PeerId, PieceIndex>
  /** Who knows that we want it, since we last began to. */
  readonly interestToldTo: Set<PeerId>
  /** When others than the first are told, though no hashes have come; null while nobody is. */
  hashesDueAt: Millis | null
  /** Pieces nobody else held when first asked for, and to whom each was promised. */
  readonly givenTo: Map<PieceIndex, Given>
  readonly traffic: Map<PeerId, Traffic>
  /** Bytes that came twice or unasked. */
  wastedBytes: number
}

export interface UploadItem {
  readonly share: ShareState
  readonly piece: PieceIndex
  readonly block: number
  readonly lengthBytes: number
}

/** What of hash lists may still go to a peer in this batch, which began then. */
export interface ListRoom {
  parts: number
  bytes: number
  readonly since: Millis
}

export interface PeerState {
  readonly peer: PeerId
  /** Blocks we asked it for, oldest first. */
  readonly requests: Set<Request>
  /** Bytes of those. */
  aheadBytes: number
  /** The last piece begun with it. */
  lastPicked: { readonly share: ShareState; readonly piece: PieceIndex } | null
  /** Bytes of blocks asked for that it has delivered, ever. */
  deliveredBytes: number
  /** Bytes of blocks ever asked of it, and ever sent by it. */
  askedBytes: number
  sentBytes: number
  /** At what pace it delivers while it owes blocks; null until it has. */
  bytesPerSecond: number | null
  /** It owed blocks for long, and has delivered none since. */
  isStalled: boolean
  lastBlockAt: Millis
  /** When some of a block last came, and not all of it. */
  blockComingAt: Millis
  /** Blocks it asked us for, oldest first. */
  readonly queue: UploadItem[]
  /** Bytes of blocks that its link takes now: served while it is above 0. */
  roomBytes: number
  /** To the peer and back; null while unknown. */
  roundTripMs: Millis | null
  /** When it was last served, as a count of blocks served to anyone. */
  lastServedTurn: number
  /** The piece being served to it, to be finished before others are begun. */
  serving: { readonly share: ShareState; readonly piece: PieceIndex } | null
  readonly linkedAt: Millis
  /** Bytes of pieces ever fetched to be passed on to it, and of blocks of such ever sent to it. */
  carriedForBytes: number
  carriedToBytes: number
  badPieces: number
  strikes: number
  /** How many pieces its words may still change, and since when (`limits.changedPiecesBurst`). */
  changesLeft: number
  changesLeftAt: Millis
  /** Of all shares together. */
  listRoom: ListRoom
  /** Too much waits on its link: what can wait does. */
  isBacklogged: boolean
  /** Shares of which it was told no haves meanwhile. */
  readonly missedHaves: Set<ShareId>
  /** The shares it offers, as far as we know of them. */
  readonly offered: Set<ShareId>
  /** What of those counts against its budget. */
  readonly charged: { shares: number; pieces: number }
  /** Whether it was reported that offers of it were ignored. */
  isOverBudget: boolean
  /** Whether it was reported that it ignores offers of ours. */
  isIgnoring: boolean
}

export interface SwarmState {
  readonly random: Random
  readonly sha256: Sha256
  readonly uploadLimitBytesPerSecond: number
  readonly peers: Map<PeerId, PeerState>
  readonly shares: Map<ShareId, ShareState>
  /** Shares being fetched, in the order asked for: the first is served first. */
  readonly downloads: Set<ShareState>
  /** Whether we pass on what others cannot get of each other. */
  carries: boolean
  /** Shares that we pass on. */
  readonly carried: Set<ShareState>
  /** Bytes of pieces begun or here to be passed on. */
  carriedBytes: number
  /** Whom each peer says it is linked with. */
  readonly neighbours: Map<PeerId, ReadonlySet<PeerId>>
  /** When we next look over who should hear of what through us. */
  settleAt: Millis | null
  /** Bytes of all open pieces. */
  openBytes: number
  /** Blocks asked of all peers together. */
  requestCount: number
  /** Peers that owe blocks. */
  askedCount: number
  /** Blocks that all peers together wait for. */
  queuedCount: number
  /** Bytes of blocks that all links together may be given now. */
  uplinkRoomBytes: number
  servedTurn: number
  /** When the upload limit allows the next block. */
  nextUploadAt: Millis
  announceAt: Millis | null
  tickAt: Millis | null
  wakeAt: Millis
}

/** One call of the machine: the state, the moment, and where its orders go. */
export interface Turn {
  readonly state: SwarmState
  readonly now: Millis
  readonly emit: (effect: SwarmEffect) => void
}

export function newShareState(manifest: Manifest, sha256: Sha256): ShareState {
  const pieceCount = pieceCountOf(manifest)
  const ledger = new Ledger(pieceCount)
  return {
    manifest,
    geometry: geometryOf(manifest),
    pieceCount,
    ledger,
    held: ledger.held,
    heldPayloadBytes: 0,
    source: 'none',
    wish: { state: 'none' },
    isInOrder: false,
    heldUpTo: 0,
    completed: false,
    isHeard: false,
    list: new HashList(sha256),
    isOrigin: false,
    ownAhead: [],
    signing: null,
    signedAt: -Infinity,
    unverified: [],
    verifying: null,
    contradicted: false,
    parted: new Set(),
    stage: new Uint8Array(pieceCount),
    claimedCount: 0,
    rechecking: null,
    open: new Map(),
    suspect: new Set(),
    unannounced: [],
    chargedTo: null,
    offeredTo: new Map(),
    interested: new Set(),
    through: new Map(),
    carrying: null,
    hashesAskedOf: new Map(),
    interestToldTo: new Set(),
    hashesDueAt: null,
    givenTo: new Map(),
    traffic: new Map(),
    wastedBytes: 0,
  }
}

export function newPeerState(peer: PeerId, now: Millis): PeerState {
  return {
    peer,
    requests: new Set(),
    aheadBytes: 0,
    lastPicked: null,
    deliveredBytes: 0,
    askedBytes: 0,
    sentBytes: 0,
    bytesPerSecond: null,
    isStalled: false,
    lastBlockAt: now,
    blockComingAt: -Infinity,
    queue: [],
    roomBytes: 0,
    roundTripMs: null,
    lastServedTurn: 0,
    serving: null,
    linkedAt: now,
    carriedForBytes: 0,
    carriedToBytes: 0,
    badPieces: 0,
    strikes: 0,
    changesLeft: limits.changedPiecesBurst,
    changesLeftAt: now,
    listRoom: newListRoom(now),
    isBacklogged: false,
    missedHaves: new Set(),
    offered: new Set(),
    charged: { shares: 0, pieces: 0 },
    isOverBudget: false,
    isIgnoring: false,
  }
}

const newListRoom = (since: Millis): ListRoom => ({
  parts: limits.hashPartsPerBatch,
  bytes: limits.hashListBytesPerBatch,
  since,
})

/** Another batch of hash lists may go to the peer, unless the last has just begun. */
export function renewListRoom(peer: PeerState, now: Millis): void {
  if (now - peer.listRoom.since >= limits.announceBatchMs) peer.listRoom = newListRoom(now)
}

export function newOpenPiece(share: ShareState, piece: PieceIndex, solo: PeerId | null): OpenPiece {
  const count = blockCount(share.geometry, piece)
  return {
    piece,
    blocks: Array.from({ length: count }, () => ({ here: false, requests: [] })),
    missingCount: count,
    awaitedCount: count,
    givers: new Set(),
    solo,
    checking: false,
  }
}

/** Shares that pieces are asked of, those for ourselves first. */
export function* fetchedShares({ downloads, carried }: SwarmState): Generator<ShareState> {
  yield* downloads
  yield* carried
}

/** Whether the piece is here to be given: held, or passed on. */
export const isHere = ({ held, carrying }: ShareState, piece: PieceIndex): boolean =>
  held.has(piece) || carrying?.here.has(piece) === true

export function trafficWith(share: ShareState, peer: PeerId): Traffic {
  const known = share.traffic.get(peer)
  if (known) return known
  const traffic = { downBytes: 0, upBytes: 0, lastBlockAt: -Infinity }
  share.traffic.set(peer, traffic)
  return traffic
}

/**
 * More of the hash list than its first part, which comes with the offer. Before, nothing is asked for: all would ask for the first piece
 * (in a room of thirty that took a hundredth of the time, simulated).
 */
export const isListHere = ({ list, pieceCount }: ShareState): boolean =>
  list.count > 1 || list.count === pieceCount

/** Whether somebody should be asked for the block. */
export const isMissing = ({ here, requests }: BlockState): boolean =>
  !here && requests.every(({ lapsed }) => lapsed)
