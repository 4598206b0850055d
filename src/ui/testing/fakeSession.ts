import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Session } from '../../app/session.ts'
import type { AcquaintanceView, HolderView, MemberView, ShareView, StripCell, View } from '../../app/view.ts'
import { base64UrlFromBytes, utf8FromText } from '../../shared/bytes.ts'
import { publicKeyBytes, type DeviceId, type PeerId, type ShareId } from '../../shared/ids.ts'

/** A session that moves nothing: its view is written by a test, its calls are told to `onCall`. */
export function fakeSession(
  view: Partial<View> = {},
  options: { canSaveAs?: boolean; onCall?: (call: string) => void } = {},
): { session: Session; store: StoreApi<View> } {
  const store = createStore<View>(() => ({ ...emptyView, ...view }))
  const tell =
    (call: string) =>
    (...values: readonly unknown[]): void =>
      options.onCall?.([call, ...values.filter((value) => typeof value === 'string')].join(' '))
  return {
    store,
    session: {
      view: store,
      takeDataTransfer: tell('takeDataTransfer'),
      takeFiles: tell('takeFiles'),
      download: tell('download'),
      downloadAll: tell('downloadAll'),
      pause: tell('pause'),
      resume: tell('resume'),
      cancel: tell('cancel'),
      save: tell('save'),
      canSaveAs: options.canSaveAs ?? false,
      saveAs: tell('saveAs'),
      remove: tell('remove'),
      unfold: tell('unfold'),
      compared: tell('compared'),
      forget: tell('forget'),
      forgetEveryone: tell('forgetEveryone'),
      lookAtKept: tell('lookAtKept'),
      forgetRoom: tell('forgetRoom'),
      forgetKept: tell('forgetKept'),
      hideAddress: tell('hideAddress'),
      helpOthers: tell('helpOthers'),
      checkConnection: tell('checkConnection'),
      openByHand: tell('openByHand'),
      takeByHand: tell('takeByHand'),
      closeByHand: tell('closeByHand'),
      takeNewVersion: tell('takeNewVersion'),
      details: () => 'what happened',
      notify: tell('notify'),
      dismiss: (notice) =>
        store.setState(({ notices }) => ({ notices: notices.filter(({ id }) => id !== notice) })),
    },
  }
}

export function member(name: string, more: Partial<MemberView> = {}): MemberView {
  return {
    peer: name as PeerId,
    name,
    device: 'desktop',
    hue: 190,
    deviceId: deviceOf(name),
    state: 'direct',
    lanes: 1,
    acquaintance: acquaintance(),
    ...more,
  }
}

/** Of a stranger, unless told otherwise. */
export function acquaintance(more: Partial<AcquaintanceView> = {}): AcquaintanceView {
  return { met: null, isCompared: false, isRemembered: true, isThisDevice: false, likeness: null, ...more }
}

/** 32 bytes that begin with the name's. */
const deviceOf = (name: string): DeviceId => {
  const bytes = new Uint8Array(publicKeyBytes)
  bytes.set(utf8FromText(name).subarray(0, publicKeyBytes))
  return base64UrlFromBytes(bytes) as DeviceId
}

export function holder(name: string, more: Partial<HolderView> = {}): HolderView {
  return {
    peer: name as PeerId,
    name,
    state: 'direct',
    fraction: 1,
    downBytesPerSecond: 0,
    upBytesPerSecond: 0,
    passesOnFrom: null,
    isPassedTo: false,
    ...more,
  }
}

/** A strip from one letter a cell: here, partly, coming, common, rare, nowhere. */
export function strip(letters: string): readonly StripCell[] {
  return [...letters].map((letter) => cellOfLetter[letter] ?? 'nowhere')
}

const cellOfLetter: Readonly<Record<string, StripCell>> = {
  h: 'here',
  p: 'partly',
  c: 'coming',
  o: 'common',
  r: 'rare',
}

/** A file of 1 MB that bob offers and holds whole, unless told otherwise. */
export function share(name: string, more: Partial<ShareView> = {}): ShareView {
  return {
    share: name as ShareId,
    name,
    kind: 'file',
    sizeBytes: 1_000_000,
    fileCount: 1,
    state: 'offered',
    mine: false,
    offeredBy: ['bob'],
    offeredThrough: [],
    origin: { kind: 'known', name: 'bob', isHere: true },
    haveBytes: 0,
    isRechecked: false,
    downBytesPerSecond: 0,
    upBytesPerSecond: 0,
    timeLeftMs: null,
    sourceCount: 0,
    copies: 1,
    otherCopies: 1,
    roomFraction: 1,
    reachableFraction: 1,
    holders: [holder('bob')],
    strip: strip('o'.repeat(16)),
    pieceCount: 16,
    pieceSizeBytes: 65_536,
    trouble: null,
    savingBytes: null,
    saved: false,
    ...more,
  }
}

const emptyView: View = {
  roomLink: 'https://swarmdrop.example/#AAECAwQFBgcICQoLDA0ODw',
  signaling: 'online',
  brokers: [],
  me: member('Amber Heron'),
  members: [],
  shares: [],
  notices: [],
  storage: { kind: 'disk' },
  contactCount: 0,
  kept: null,
  byHand: null,
  hiding: 'off',
  readingFiles: null,
  isHelping: false,
  worksWithoutInternet: false,
  newVersion: 'none',
}
