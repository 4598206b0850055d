import type { PeerId, ShareId } from '../shared/ids.ts'
import type { CheckLine } from './check/findings.ts'
import type { View, NoticeMessage, Notice } from './view.ts'

/** A read-only store: what zustand's `useStore` needs to show it. */
export interface ReadableStore<State> {
  getState(): State
  getInitialState(): State
  subscribe(listener: (state: State, previous: State) => void): () => void
}

/** What people can do with a share. Every call returns at once; what comes of it shows in the view. */
export interface ShareActions {
  /** Fetches the share and, once it is complete, hands it to the browser's downloads. */
  download(share: ShareId): void
  /** The same for every share of others that is not here and not on the way. */
  downloadAll(): void
  pause(share: ShareId): void
  resume(share: ShareId): void
  /** Stops a download and forgets what came of it; the offer stays. */
  cancel(share: ShareId): void
  /** Starts an ordinary browser download: the file, or a zip of the folder. */
  save(share: ShareId): void
  /** Saves to a file or folder the user picks. Call inside a click. */
  saveAs(share: ShareId): void
  /** Takes the share off our list and frees its space; our own is no longer offered by us. */
  remove(share: ShareId): void
  /** Its details are looked at, or no more: only then its strip is kept current while it is at rest. */
  unfold(share: ShareId, isUnfolded: boolean): void
}

/** What people can do about those they meet. */
export interface PeopleActions {
  /** The words of the member's device are, or are not, those that its owner reads. */
  compared(peer: PeerId, isCompared: boolean): void
  /** The member's device becomes a stranger again, here and for later pages. */
  forget(peer: PeerId): void
  forgetEveryone(): void
}

/** What people can do about what this browser keeps. What comes of it shows in the view. */
export interface KeepingActions {
  /** Looks through what is kept of all rooms. */
  lookAtKept(): void
  /** Frees what a room that is not open keeps, and takes it off the list; of the room of this page, all shares that others gave. */
  forgetRoom(room: string): void
  forgetKept(tab: string, share: ShareId): void
}

/** What people can do about how they are connected. */
export interface ConnectionActions {
  /** Hides this device's address from others, or no more: for connections that are made from now on. */
  hideAddress(isHidden: boolean): void
  /** Passes on what others cannot get of each other, or no more. */
  helpOthers(isHelping: boolean): void
  /** Probes this browser and its network. `told` hears of it line by line, and of null where the check cannot be loaded. */
  checkConnection(told: (lines: readonly CheckLine[] | null) => void): void
}

/** What people can do with no broker between them: scan or paste what the other's page shows. What comes of it shows in the view. */
export interface HandActions {
  /** Shows an invitation, or what is under way. */
  openByHand(): void
  /** Takes what somebody scanned or pasted: an invitation, an answer, a link to a room. */
  takeByHand(text: string): void
  closeByHand(): void
}

/** All that people can do on the page. */
export interface Session extends ShareActions, PeopleActions, KeepingActions, ConnectionActions, HandActions {
  readonly view: ReadableStore<View>
  /** Whether this browser can save to a chosen place. */
  readonly canSaveAs: boolean
  /** Takes a drop or a paste. Must be called inside the event: its entries are gone afterwards. */
  takeDataTransfer(transfer: DataTransfer): void
  /** Takes picked files; those with a `webkitRelativePath` become one folder share for each top folder. */
  takeFiles(files: FileList): void
  /** Changes to the newer build that `newVersion` speaks of: the page reloads, as soon as no tab streams a zip. */
  takeNewVersion(): void
  /** What happened lately, as text to hand to whoever looks into a failure: no secret, address, file's or person's name in it. */
  details(): string
  notify(level: Notice['level'], message: NoticeMessage): void
  dismiss(notice: number): void
}
