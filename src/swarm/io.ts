import type { Bytes } from '../shared/bytes.ts'
import type { Millis, PeerId, PieceIndex, ShareId } from '../shared/ids.ts'
import type { Run } from './bitfield.ts'
import type { HashPart, UnsignedPart } from './hashList.ts'
import type { Manifest } from './manifest.ts'

/** A block: `limits.blockSizeBytes` from `block` times that inside its piece, less at the piece's end. */
export interface BlockAt {
  readonly piece: PieceIndex
  /** From 0. */
  readonly block: number
}

/** How much of a hash list somebody knows, and the digest of that: by it two who have been told different lists find out. */
export interface Listed {
  readonly count: number
  readonly digest: Bytes
}

/** Somebody whom we are not linked with and who holds some of a share, as a member between us says. */
export interface FarHolder {
  readonly peer: PeerId
  /** It holds all of it. */
  readonly isWhole: boolean
}

/** What peers tell each other about shares, in the terms of BitTorrent (BEP 3) where it has one. */
export type SwarmMessage =
  | { readonly type: 'offer'; readonly manifest: Manifest }
  /** All that the sender holds of a share, and how far it knows the hash list; replaces what it said before. */
  | {
      readonly type: 'bitfield'
      readonly share: ShareId
      readonly listed: Listed
      readonly bits: Uint8Array
    }
  /**
   * The sender neither holds nor wants the share, and would pass on these pieces, which it can get of these holders; replaces what it said
   * before. Comes after an offer, in place of a bitfield.
   */
  | {
      readonly type: 'through'
      readonly share: ShareId
      readonly listed: Listed
      readonly holders: readonly FarHolder[]
      readonly bits: Uint8Array
    }
  | { readonly type: 'have'; readonly share: ShareId; readonly runs: readonly Run[] }
  /** The sender wants the share, and the hash list from this piece on. */
  | { readonly type: 'interested'; readonly share: ShareId; readonly hashesFrom: PieceIndex }
  | { readonly type: 'notInterested'; readonly share: ShareId }
  /** The sender neither holds nor wants any of it any more. */
  | { readonly type: 'withdraw'; readonly share: ShareId }
  /** The sender has no room to know of a share it was offered, and will not hear what is said about it. */
  | { readonly type: 'ignored'; readonly share: ShareId }
  | { readonly type: 'hashes'; readonly share: ShareId; readonly part: HashPart }
  /** Pieces that only the sender holds and has promised to somebody else: ask it for others first. */
  | { readonly type: 'promise'; readonly share: ShareId; readonly pieces: readonly PieceIndex[] }
  | { readonly type: 'request' | 'cancel'; readonly share: ShareId; readonly blocks: readonly BlockAt[] }
  /** The sender cannot serve these: it no longer has the piece. */
  | { readonly type: 'refuse'; readonly share: ShareId; readonly blocks: readonly BlockAt[] }
  | {
      readonly type: 'block'
      readonly share: ShareId
      readonly piece: PieceIndex
      readonly block: number
      readonly bytes: Bytes
    }

/** Why a download stopped that the user can mend and resume. */
export type StorageFault = { readonly code: 'full' } | { readonly code: 'broken'; readonly detail: string }

/** Why a download stopped. `contradicted`: its origin has signed two hash lists, so that nobody can say what it is. */
export type StopFault = StorageFault | { readonly code: 'contradicted' }

/** What a later page of this tab is to do with a share. */
export type KeptWish = 'fetch' | 'pause' | 'offer'

export type SwarmInput =
  | { readonly type: 'peerLinked' | 'peerUnlinked'; readonly peer: PeerId }
  | { readonly type: 'messageArrived'; readonly peer: PeerId; readonly message: SwarmMessage }
  /** Whom a peer says it is linked with, in place of what it said before; null where it may find a way to everyone. */
  | { readonly type: 'neighboursHeard'; readonly peer: PeerId; readonly neighbours: readonly PeerId[] | null }
  /** Whether we pass on what others cannot get of each other, from now on. */
  | { readonly type: 'carryingAllowed'; readonly isAllowed: boolean }
  /** Some of a block from the peer has come, and not all of it. */
  | { readonly type: 'blockComing'; readonly peer: PeerId }
  /** So much waits on the peer's link (more than `limits.linkBacklogMaxBytes`) that no more should; or it has drained again. */
  | { readonly type: 'linkBacklog'; readonly peer: PeerId; readonly isFull: boolean }
  /** Bytes that did not parse. */
  | { readonly type: 'messageFaulted'; readonly peer: PeerId }
  /** Somebody in the room gives this share, whom we need not be linked with; nobody does any more. */
  | { readonly type: 'shareHeard'; readonly manifest: Manifest }
  | { readonly type: 'shareUnheard'; readonly share: ShareId }
  /** The user offers files of this device; their hashes follow. */
  | { readonly type: 'shareOffered'; readonly manifest: Manifest }
  /**
   * A share that an earlier page of this tab had. Its parts, from the first on, are verified; the claimed pieces are on disk by an
   * earlier page's word. What it `fetch`es and what is on `pause` is put away in an open store, or, where the rest has no room (`fits`), waits
   * for some; an `offer` was of files that this page does not have, unless all of them were copied (`fits`). `completed`: all of it was here.
   */
  | {
      readonly type: 'shareRestored'
      readonly manifest: Manifest
      readonly isOrigin: boolean
      readonly parts: readonly HashPart[]
      readonly claimed: readonly PieceIndex[]
      readonly wish: KeptWish
      readonly fits: boolean
      readonly completed: boolean
    }
  | {
      readonly type: 'pieceRechecked'
      readonly share: ShareId
      readonly piece: PieceIndex
      readonly right: boolean
    }
  /** Files of this device look like a share we know; their hashes follow and are compared. */
  | { readonly type: 'sourceAttached'; readonly share: ShareId }
  /** The next piece of our own files, in order. */
  | {
      readonly type: 'pieceHashed'
      readonly share: ShareId
      readonly piece: PieceIndex
      readonly hash: Uint8Array
    }
  /** A part of the hash list of a share of ours is signed. */
  | {
      readonly type: 'partSigned'
      readonly share: ShareId
      readonly part: UnsignedPart
      readonly signature: Bytes
    }
  /** Whether the share's origin signed a part that a peer sent. */
  | {
      readonly type: 'partVerified'
      readonly share: ShareId
      readonly part: HashPart
      readonly right: boolean
    }
  /** Our own files can no longer be read. */
  | { readonly type: 'sourceLost'; readonly share: ShareId }
  /** What the user asked for. Remove also withdraws what we offer. */
  | {
      readonly type: 'downloadAsked' | 'pauseAsked' | 'resumeAsked' | 'cancelAsked' | 'removeAsked'
      readonly share: ShareId
    }
  /** Whoever looks at a share while it comes wants what is next first; or no longer. */
  | { readonly type: 'inOrderAsked' | 'anyOrderAsked'; readonly share: ShareId }
  | { readonly type: 'storeOpened'; readonly share: ShareId }
  | { readonly type: 'storeFailed'; readonly share: ShareId; readonly fault: StorageFault }
  | {
      readonly type: 'pieceChecked'
      readonly share: ShareId
      readonly piece: PieceIndex
      readonly right: boolean
    }
  /** The piece could not be written; it stays gathered. */
  | {
      readonly type: 'pieceFaulted'
      readonly share: ShareId
      readonly piece: PieceIndex
      readonly fault: StorageFault
    }
  /** So many bytes of blocks the link to the peer takes now; replaces what was said before. The last block of them may exceed it. */
  | {
      readonly type: 'linkHasRoom'
      readonly peer: PeerId
      readonly roomBytes: number
      /** To the peer and back, without the queues; null while unknown. */
      readonly roundTripMs: Millis | null
      /** As in `uplinkHasRoom`. */
      readonly uplinkRoomBytes: number
    }
  /** A block handed out is gone with the lane it was on. */
  | ({
      readonly type: 'blockLost'
      readonly peer: PeerId
      readonly share: ShareId
      readonly lengthBytes: number
    } & BlockAt)
  /**
   * How many bytes of blocks all links together may be given now; replaces what was said before, which was any number. Where they are
   * few, a thin uplink is shared by few at a time: what is in many hands comes whole to nobody soon.
   */
  | { readonly type: 'uplinkHasRoom'; readonly roomBytes: number }
  /** So many bytes went out for others that are no blocks: the upload limit counts them. */
  | { readonly type: 'sentElsewhere'; readonly bytes: number }
  /** A block could not be read, and so was not sent. Its room is told with the next linkHasRoom. */
  | ({
      readonly type: 'blockUnreadable'
      readonly peer: PeerId
      readonly share: ShareId
      readonly lengthBytes: number
    } & BlockAt)
  /** There may be room in the store now where there was none. */
  | { readonly type: 'spaceFreed' }
  | { readonly type: 'woke' }

export type SwarmEffect =
  | { readonly type: 'send'; readonly peer: PeerId; readonly message: SwarmMessage }
  /** Sign these bytes with the key we made for the share; answered by partSigned. One at a time a share. */
  | {
      readonly type: 'signPart'
      readonly share: ShareId
      readonly part: UnsignedPart
      readonly bytes: Bytes
    }
  /** See whether the holder of the key signed these bytes; answered by partVerified. One at a time a share. */
  | {
      readonly type: 'verifyPart'
      readonly share: ShareId
      readonly part: HashPart
      readonly key: Bytes
      readonly bytes: Bytes
    }
  /** Make room for the share; answered by storeOpened or storeFailed. */
  | { readonly type: 'openStore'; readonly manifest: Manifest }
  | { readonly type: 'closeStore'; readonly share: ShareId }
  /** Until closeCarried, pieces of the share are gathered and kept in memory alone, to be passed on. */
  | { readonly type: 'openCarried'; readonly manifest: Manifest }
  | { readonly type: 'closeCarried'; readonly share: ShareId }
  /** Nobody needs the piece any more. */
  | { readonly type: 'forgetCarried'; readonly share: ShareId; readonly piece: PieceIndex }
  | {
      readonly type: 'keepBlock'
      readonly share: ShareId
      readonly piece: PieceIndex
      readonly block: number
      readonly bytes: Bytes
    }
  /** All blocks are in: hash, and write if right. Answered by pieceChecked or pieceFaulted. */
  | { readonly type: 'checkPiece'; readonly share: ShareId; readonly piece: PieceIndex; readonly hash: Bytes }
  /** The last block: keepBlock and checkPiece in one. */
  | {
      readonly type: 'finishPiece'
      readonly share: ShareId
      readonly piece: PieceIndex
      readonly block: number
      readonly bytes: Bytes
      readonly hash: Bytes
    }
  /** Hash a piece again that is on disk. Answered by pieceRechecked. One at a time a share. */
  | {
      readonly type: 'recheckPiece'
      readonly share: ShareId
      readonly piece: PieceIndex
      readonly hash: Bytes
    }
  | { readonly type: 'dropPiece'; readonly share: ShareId; readonly piece: PieceIndex }
  /** Read the block and send it; or say blockUnreadable. */
  | ({
      readonly type: 'uploadBlock'
      readonly peer: PeerId
      readonly share: ShareId
      readonly lengthBytes: number
    } & BlockAt)
  | { readonly type: 'dropLink'; readonly peer: PeerId; readonly reason: 'badPieces' | 'misbehaved' }
  | {
      readonly type: 'wakeAt'
      readonly at: Millis
      readonly why: 'announce' | 'tick' | 'uploadLimit' | 'hashesDue' | 'settle'
    }
  | { readonly type: 'report'; readonly report: SwarmReport }

export type SwarmReport =
  | { readonly type: 'shareAppeared' | 'shareGone' | 'shareCompleted'; readonly share: ShareId }
  /** Its origin has signed two hash lists. */
  | { readonly type: 'shareContradicted'; readonly share: ShareId }
  /** The attached files are not the share after all. */
  | { readonly type: 'sourceDiffers'; readonly share: ShareId; readonly piece: PieceIndex }
  /** The peer offers more than we keep track of. Once a link. */
  | { readonly type: 'sharesIgnored'; readonly peer: PeerId }
  /** We offer more than the peer keeps track of: this share for one. Once a link. */
  | { readonly type: 'shareUnseen'; readonly share: ShareId; readonly peer: PeerId }
  | { readonly type: 'peerMisbehaved'; readonly peer: PeerId; readonly why: string }
