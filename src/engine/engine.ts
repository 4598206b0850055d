import type { KeptKey } from '../crypto/crypto.ts'
import type { BulkChannel } from '../link/bulkChannel.ts'
import type { Bytes } from '../shared/bytes.ts'
import type { PeerId, ShareId } from '../shared/ids.ts'
import type { LogDetail, LogLevel } from '../shared/log.ts'
import type { Result } from '../shared/result.ts'
import type { StoreFault } from '../store/pieceStore.ts'
import type { StoredSource } from '../store/shareIndex.ts'
import type { KeptWish, SwarmInput, SwarmReport } from '../swarm/io.ts'
import type { Manifest, ManifestFields } from '../swarm/manifest.ts'
import type { ShareSnapshot, StripPart } from '../swarm/snapshot.ts'

/**
 * The door of what moves bytes: the swarm, the store and the bulk channels of all links, in a worker or on the page. Orders go in as
 * calls; what comes of them comes out as events, in the order it happened. A link is named by a number of its own, so that a peer's
 * successive links never mix.
 */
export interface Engine {
  /** Takes over the bulk channel of a lane, in the task that made it. Lane 0 comes first, and with it the link. */
  addLane(link: number, lane: number, channel: BulkChannel): void
  /** Nobody sits between on a further lane. */
  laneProven(link: number, lane: number): void
  /** The lane's connection is gone. */
  removeLane(link: number, lane: number): void
  /** The other side listens on lane 0, and takes messages of so many bytes at once. */
  otherListens(link: number, messageMaxBytes: number): void
  /** The room has taken the peer in: the swarm may know of it. Until then what comes on the link waits. */
  linkAdmitted(link: number, peer: PeerId): void
  linkClosed(link: number): void
  /** Whom a member says it is linked with, null where it may find a way to everyone: what those cannot get of each other we pass on. */
  neighboursHeard(peer: PeerId, neighbours: readonly PeerId[] | null): void
  /** Whether what others cannot get of each other is passed on, from now on. */
  carry(isAllowed: boolean): void
  /** Somebody in the room gives the share, whom we need not be linked with; nobody does any more. */
  shareHeard(manifest: Manifest): void
  shareUnheard(share: ShareId): void

  /** Takes up what an earlier page of this tab kept, once, before anything is offered: the shares are known when it is done. */
  restore(): Promise<readonly EarlierShare[]>
  /**
   * Offers files of this device at once, under the id that these fields give, and hashes them in their turn; done when they are hashed, or
   * nobody wants them hashed. `key` is that of the fields: it signs the hash list. `source`: where a later page finds them.
   */
  offer(
    fields: ManifestFields,
    files: readonly File[],
    key: KeptKey,
    source: StoredSource | null,
  ): Promise<void>
  /**
   * Files that look like a share of the room: each piece of theirs that is right we hold from now on. Answers what came of it.
   */
  attach(manifest: Manifest, files: readonly File[], source: StoredSource | null): Promise<Attached>
  /** So many bytes of letters went out that others wrote: the upload limit counts them. */
  sentElsewhere(bytes: number): void
  /** Something that this browser kept is gone: what had no room may have some now. */
  spaceFreed(): void
  /** What the user wants of a share. Unknown shares are gone already. */
  want(wish: Wish, share: ShareId): void
  /** The share's bytes from `fromBytes` to `toBytes` as a blob, on disk where there is one; for saving. */
  blob(share: ShareId, fromBytes: number, toBytes: number): Promise<Result<Blob, StoreFault>>
  /** Its details are looked at, or no more: only then its strip is kept current while it is at rest. */
  lookAt(share: ShareId, isLookedAt: boolean): void
  /** Lets go of everything; resolves when the disk is let go. */
  close(): Promise<void>
}

/** A share that an earlier page of this tab had. */
export interface EarlierShare {
  readonly share: ShareId
  readonly wish: KeptWish
  /** All of it was here, and handed over if it was asked for. */
  readonly completed: boolean
  /** Where its files are, for this page to ask for; null where the browser told none. */
  readonly source: StoredSource | null
  /** It was given from files of this device, and all of them were copied to the store: nobody has to hand them over again. */
  readonly isCopied: boolean
}

/** `differs`: they are another share. `unlisted`: its hash list ends before them, and grows no more. `ended`: none of these. */
export type Attached = 'ended' | 'differs' | 'unlisted'
export type Wish = (SwarmInput & { type: `${string}Asked` })['type']

/** What the page knows of a share. */
export interface EngineShare extends ShareSnapshot {
  /** The hash of its first piece, as far as somebody said it; null while unknown. */
  readonly firstHash: Bytes | null
  /** Its pieces in at most `stripCells` parts; empty while it is at rest and nobody looks at it. */
  readonly strip: readonly StripPart[]
}

/** Cells of a piece strip: enough to see, few enough to draw often. */
export const stripCells = 120

export type EngineEvent =
  /** Shares that look different, a few times a second, and before every report; and those that are no more. */
  | {
      readonly type: 'sharesChanged'
      /** Oldest first, as far as they are new. */
      readonly changed: readonly EngineShare[]
      readonly gone: readonly ShareId[]
    }
  | { readonly type: 'reported'; readonly report: SwarmReport }
  /** The peer is gone, and with it pieces that neither we nor anybody else has. */
  | { readonly type: 'piecesLeft'; readonly share: ShareId; readonly peer: PeerId }
  /** Files of this device are not any more what was offered; or they were offered, and this device cannot read them. */
  | { readonly type: 'sourceChanged' | 'sourceUnreadable'; readonly share: ShareId }
  /** The engine listens on the link's first bulk channel: the other side is to be told. */
  | { readonly type: 'listening'; readonly link: number }
  /** A further connection to the peer would carry more. */
  | { readonly type: 'wantsLane'; readonly link: number }
  /** That lane adds nothing. */
  | { readonly type: 'dropsLane'; readonly link: number; readonly lane: number }
  /** The bulk channel is gone, or the other side sent on it what no honest one sends. */
  | { readonly type: 'linkFailed'; readonly link: number; readonly detail: string }
  /** The peer did what no honest one does: its link is to be dropped, and it stays out for a while. */
  | { readonly type: 'peerBanned'; readonly peer: PeerId; readonly reason: 'badPieces' | 'misbehaved' }
  /** Peers that sent anything in the last second. */
  | { readonly type: 'peersHeard'; readonly peers: readonly PeerId[] }
  | {
      readonly type: 'logged'
      readonly level: LogLevel
      readonly what: string
      readonly detail: LogDetail | undefined
    }
  /** Something threw that only a bug of ours can make throw. */
  | { readonly type: 'bugFound'; readonly error: unknown }

export type EngineListener = (event: EngineEvent) => void

/** An engine whose store is open, and that nobody has spoken to yet. */
export interface OpenedEngine {
  readonly storage: { readonly kind: 'disk' } | { readonly kind: 'memory'; readonly limitBytes: number }
  /** Why pieces are kept in memory, as the browser put it; null when they are on disk. */
  readonly withoutDisk: string | null
  /** What this tab is called in what it keeps: its page, loaded anew, asks for it by that name. */
  readonly tab: string
  /** Starts it: the one listener hears of everything from now on. */
  start(listener: EngineListener): Engine
}
