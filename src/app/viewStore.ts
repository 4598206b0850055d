import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Profile } from '../room/io.ts'
import type { View } from './view.ts'

/**
 * The one store of what the page shows. Each part has one writer: the first screen its link, notices, folders being read and
 * newer builds, the session all else.
 */
export type ViewStore = StoreApi<View>

/** The view of a page that has a room and a name, and has not yet asked who else is there. */
export function openViewStore(profile: Profile, roomLink: string): ViewStore {
  return createStore<View>(() => ({
    roomLink,
    signaling: 'connecting',
    brokers: [],
    me: { ...profile, hue: null, deviceId: null },
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
  }))
}
