import type { DeviceId, PeerId, ShareId } from '../shared/ids.ts'
import type { BrokerTrouble, SignalingState } from '../signaling/signaling.ts'
import type { Missed } from './missed.ts'

/** What the page shows. Written by the drivers a few times a second; components only read it. */
export interface View {
  /** The whole room link. */
  readonly roomLink: string
  /** The best that any broker is. */
  readonly signaling: SignalingState
  /** Each of the page's settings, in their order. */
  readonly brokers: readonly BrokerView[]
  readonly me: FaceView
  /** Everyone else. */
  readonly members: readonly MemberView[]
  /** Newest first. */
  readonly shares: readonly ShareView[]
  readonly notices: readonly Notice[]
  readonly storage: { readonly kind: 'disk' } | { readonly kind: 'memory'; readonly limitBytes: number }
  /** People this device remembers. */
  readonly contactCount: number
  /** What this browser keeps of all rooms; null until somebody looks at it. */
  readonly kept: KeptView | null
  /** The way in by hand, while somebody has it open. */
  readonly byHand: HandView | null
  /** Whether this device's address is hidden from others on new connections: by choice here, or always by the page's settings. */
  readonly hiding: 'off' | 'chosen' | 'always'
  /** Folders being read just now, before they are shares: files seen so far. Null when none. */
  readonly readingFiles: number | null
  /** What others cannot get of each other is passed on here. */
  readonly isHelping: boolean
  /** The page and all that it contacts is in this network. */
  readonly worksWithoutInternet: boolean
  /** A newer build of the page: none, one that can be changed to, or one that is being changed to. */
  readonly newVersion: 'none' | 'ready' | 'beingTaken'
}

/** What this page shows for another to scan or paste, with no broker between them, and how far it is. */
export interface HandView {
  /** `answer`: to the invitation of somebody else. */
  readonly kind: 'invitation' | 'answer'
  /** A link. Null while it is being made, and where it cannot be. */
  readonly text: string | null
  readonly state: 'making' | 'waiting' | 'connecting' | 'connected' | 'failed'
  /** Whom it leads to, as soon as that is known. */
  readonly peer: PeerId | null
  /** Why it failed, or what was wrong with what was taken last. */
  readonly trouble: HandTrouble | null
}

export type HandTrouble =
  /** There is nothing of ours in it. */
  | { readonly code: 'notOurs' }
  /** It is cut off, or was changed on its way. */
  | { readonly code: 'damaged' }
  | { readonly code: 'ownInvitation' | 'ownAnswer' }
  /** An answer, but not to what this page shows. */
  | { readonly code: 'otherInvitation' }
  /** Another tab of this browser shows the invitation, and has the answer now. */
  | { readonly code: 'takenElsewhere' }
  /** A link to the room that this page is in. */
  | { readonly code: 'sameRoom' }
  /** `link` leads there. `host`: of the page it was made on, where that is another one. */
  | { readonly code: 'otherRoom'; readonly link: string; readonly host: string | null }
  | { readonly code: 'connectedAlready' }
  /** Both are told of each other, and there is no way between them. */
  | { readonly code: 'noWay' }
  /** Nobody took the answer. */
  | { readonly code: 'nobodyCame' }
  /** Addresses are hidden, and there is no relay to hide behind. */
  | { readonly code: 'noRelay' }
  /** This browser knows no address of this device, or tells none. */
  | { readonly code: 'noAddress' }
  /** This browser does not say what another needs to hear. */
  | { readonly code: 'unable' }
  | { readonly code: 'notLoaded' }

export interface BrokerView {
  /** Its host. */
  readonly name: string
  readonly state: SignalingState
  /** Why it was last offline; null until it was. */
  readonly trouble: BrokerTrouble | null
}

export interface KeptView {
  /** The room opened last first; those that keep nothing are left out. */
  readonly rooms: readonly KeptRoomView[]
  /** Bytes that may still be kept; null where the browser does not tell. */
  readonly freeBytes: number | null
}

export interface KeptRoomView {
  /** Its name in what this browser keeps. */
  readonly room: string
  /** The fragment that opens it. */
  readonly fragment: string
  /** In ms since 1970. */
  readonly openedMs: number
  /** `here`: the room of this page. `open`: another page has it, and it is that page's to forget things of. */
  readonly where: 'here' | 'open' | 'closed'
  readonly keptBytes: number
  readonly shares: readonly KeptShareView[]
}

export interface KeptShareView {
  readonly tab: string
  readonly share: ShareId
  /** Untrusted text. */
  readonly name: string
  readonly kind: 'file' | 'folder'
  readonly sizeBytes: number
  /** Bytes of it that were fetched, or copied, to this device's disk. */
  readonly keptBytes: number
  /** Given from files of this device. */
  readonly isGiven: boolean
  /** Another page has it open: it is that page's to clear. */
  readonly isOpen: boolean
}

export interface MemberView extends FaceView {
  readonly peer: PeerId
  readonly hue: number
  /** `reachable`: in the room, and linked with others, not with us. */
  readonly state: 'connecting' | 'direct' | 'relayed' | 'lost' | 'reachable'
  /** Connections that carry the link to it; 0 without one. */
  readonly lanes: number
  readonly acquaintance: AcquaintanceView
}

/** What this device knows of a member's device. */
export interface AcquaintanceView {
  /** When they last met before now; null for a stranger. */
  readonly met: MetView | null
  /** Its words were compared with what its owner reads. */
  readonly isCompared: boolean
  readonly isRemembered: boolean
  /** It is another tab of this very browser. */
  readonly isThisDevice: boolean
  readonly likeness: LikenessView | null
}

export interface MetView {
  /** What it called itself then: untrusted text. */
  readonly name: string
  /** In ms since 1970. */
  readonly metMs: number
}

/** A member on one device whose name is easily taken for that of somebody on another. It may be chance. */
export type LikenessView =
  /** Of one met before. */
  | { readonly kind: 'contact'; readonly name: string; readonly metMs: number }
  /** Of another member. */
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'you' }

/** What is shown of a member, ourselves included. */
export interface FaceView {
  /** Untrusted text, cut to a sane length. */
  readonly name: string
  readonly device: 'phone' | 'tablet' | 'desktop'
  /** 0 to 359, the same for everyone who looks at this member. Null until our own keys are made, a moment after the page opens. */
  readonly hue: number | null
  /** Its browser, from which its words are made. Null until it has shown who it is. */
  readonly deviceId: DeviceId | null
}

/** Whose device has signed a share, whoever has it now. */
export type OriginView =
  | { readonly kind: 'you' }
  /** `isHere`: with a page of that device in the room. The name is what it calls itself, or called itself last: untrusted text. */
  | { readonly kind: 'known'; readonly name: string; readonly isHere: boolean }
  /** A device that is not here and was never met. */
  | { readonly kind: 'stranger' }
  /** The device that is named has not signed it. */
  | { readonly kind: 'unsigned' }

export type ShareState = 'offered' | 'downloading' | 'paused' | 'complete' | 'failed'

export interface ShareView {
  readonly share: ShareId
  /** Untrusted text: shown as text, with controls and bidi overrides removed. */
  readonly name: string
  readonly kind: 'file' | 'folder'
  readonly sizeBytes: number
  readonly fileCount: number
  readonly state: ShareState
  /** Offered from this device's own files. While `mine` and not `complete`, it is being hashed. */
  readonly mine: boolean
  /** Names of members who offer it (hold it from their own disk or all of it), ourselves left out. */
  readonly offeredBy: readonly string[]
  /** Names of members who pass it on to us, where none of those who offer it can be reached. */
  readonly offeredThrough: readonly string[]
  /** Whose key signed it; null until that is looked at. */
  readonly origin: OriginView | null
  /** Bytes checked and kept here. */
  readonly haveBytes: number
  /** What an earlier page kept of it is being checked again. */
  readonly isRechecked: boolean
  /** Received a second, smoothed; 0 when nothing comes. */
  readonly downBytesPerSecond: number
  readonly upBytesPerSecond: number
  /** Null when unknown. */
  readonly timeLeftMs: number | null
  /** Members who sent bytes of it in the last 3 s. */
  readonly sourceCount: number
  /** Members known to hold all of it, ourselves included. */
  readonly copies: number
  /** Others who hold all of it. */
  readonly otherCopies: number
  /** Fraction (0 to 1) of the share that the room holds between its members without us: 1 means we may leave. */
  readonly roomFraction: number
  /** Fraction (0 to 1) that can be had now, from us and everyone here: below 1 it waits for somebody. */
  readonly reachableFraction: number
  /** Those who hold some of it, pass it on to us, or take it from us. */
  readonly holders: readonly HolderView[]
  /** The pieces, left to right, at most 120 cells; empty unless it is on the way or its details are unfolded (`Session.unfold`). */
  readonly strip: readonly StripCell[]
  readonly pieceCount: number
  readonly pieceSizeBytes: number
  /** Why it failed, or what it waits for. Null when all is well. */
  readonly trouble: ShareTrouble | null
  /** Saving in progress: bytes written so far; null when none. */
  readonly savingBytes: number | null
  /** It was handed to the browser's downloads at least once. */
  readonly saved: boolean
}

export interface HolderView {
  readonly peer: PeerId
  readonly name: string
  readonly state: MemberView['state']
  /** Fraction (0 to 1) of the share this member holds. */
  readonly fraction: number
  readonly downBytesPerSecond: number
  readonly upBytesPerSecond: number
  /** Names of those of whom it gets what it passes on to us; null where it gives what it holds itself. */
  readonly passesOnFrom: readonly string[] | null
  /** We pass on to it what we do not keep. */
  readonly isPassedTo: boolean
}

/** here: checked and kept; coming: asked for; some of several pieces: `partly` here; else how rare it is among the others. */
export type StripCell = 'here' | 'partly' | 'coming' | 'common' | 'rare' | 'nowhere'

export type ShareTrouble =
  /** Nobody in the room has the rest; it goes on by itself when somebody with it comes back. */
  | { readonly code: 'waitingForRest'; readonly leftBy: string | null }
  /** Members that we are not linked with say that they give it, and for long no way to one of them was found. */
  | { readonly code: 'restOutOfReach' }
  /** Shared from this device before the page was opened anew. `canAsk`: one click and the browser's question are enough to go on. */
  | { readonly code: 'filesAway'; readonly canAsk: boolean }
  | { readonly code: 'storageFull'; readonly neededBytes: number }
  | { readonly code: 'tooLargeForMemory'; readonly limitBytes: number }
  /** The offered file was changed, moved or deleted on this device. */
  | { readonly code: 'sourceChanged' }
  | { readonly code: 'storageBroken'; readonly detail: string }
  /** Its origin has signed two different lists of what it is: it is neither fetched nor given any more. */
  | { readonly code: 'contradicted' }

export interface Notice {
  readonly id: number
  readonly level: 'info' | 'warning' | 'error'
  readonly message: NoticeMessage
}

/** What there is to tell, as data: the words are the UI's, from its catalogue. */
export type NoticeMessage =
  | { readonly code: 'brokerUnreachable' | 'brokerFull' | 'brokerRefusing' | 'brokerSilent' }
  /** Of several none takes us in, each for a reason of its own. */
  | { readonly code: 'brokersOffline'; readonly brokers: readonly Pick<BrokerView, 'name' | 'trouble'>[] }
  /** The browser asks whether the page may reach devices of this network, where its broker is. */
  | { readonly code: 'localNetworkAsked' }
  /** People, or a policy, have said no. `isBroker`: its broker is there; else people of the same network may be. */
  | { readonly code: 'localNetworkDenied'; readonly isBroker: boolean }
  /** A peer is there, and the networks let no connection through; `hasRelay`: not even by a relay server. */
  | { readonly code: 'noWayThrough'; readonly hasRelay: boolean }
  /** Addresses are hidden, by choice here or by the page's settings, and there is no relay server to hide behind. */
  | { readonly code: 'hiddenWithoutRelay'; readonly isChosen: boolean }
  /** The service that lends relay servers does not. */
  | { readonly code: 'relaysNotAsked'; readonly detail: string }
  | { readonly code: 'badRoomLink' }
  | { readonly code: 'noWebRtc' }
  | { readonly code: 'insecureOrigin'; readonly limitBytes: number }
  | { readonly code: 'noDiskStore'; readonly limitBytes: number }
  | { readonly code: 'badConfig'; readonly detail: string }
  /** config.json is there and cannot be read, so nobody is contacted: never a stranger's broker for want of a file. */
  | { readonly code: 'configUnreadable'; readonly detail: string }
  /** A bug of ours: the rest goes on. The page offers to copy the details. */
  | { readonly code: 'bug' }
  /** The rest of the page could not be loaded or begun. */
  | { readonly code: 'startFailed' }
  /** A member sent damaged or senseless data and is kept out for a while. Its name may be empty. */
  | { readonly code: 'memberBanned'; readonly name: string }
  /** A member offers more than we keep track of. Its name may be empty. */
  | { readonly code: 'theirSharesIgnored'; readonly name: string }
  /** We offer more than a member keeps track of. Its name may be empty. */
  | { readonly code: 'ourSharesIgnored'; readonly name: string }
  | { readonly code: 'memberJoined'; readonly name: string }
  /** Likewise, of somebody met before. */
  | { readonly code: 'memberBack'; readonly name: string; readonly met: MetView }
  | { readonly code: 'memberLeft'; readonly name: string }
  | { readonly code: 'memberLost'; readonly name: string }
  | { readonly code: 'shareComplete'; readonly name: string }
  /** To who comes back to the page. */
  | { readonly code: 'whileAway'; readonly missed: Missed }
  | { readonly code: 'sourceChanged'; readonly name: string }
  /** Files that an earlier page shared are not where they were. */
  | { readonly code: 'filesNotFound'; readonly name: string }
  | { readonly code: 'unreadable'; readonly name: string }
  /** More bytes or files than one share can hold. */
  | { readonly code: 'tooMuch'; readonly name: string }
  | { readonly code: 'nothingToShare' }
  | { readonly code: 'emptyFolder'; readonly name: string }
  | { readonly code: 'alreadyShared'; readonly name: string }
  | { readonly code: 'saveFailed'; readonly name: string; readonly detail: string }
  | { readonly code: 'copyFailed' }
