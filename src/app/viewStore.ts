import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Profile } from '../room/io.ts'
import type { PeerId } from '../shared/ids.ts'
import { hueOf } from './names.ts'
import type { View } from './view.ts'

/**
 * The one store of what the page shows. Each part has one writer: the first screen its link, notices and folders being read, the
 * session all else.
 */
export type ViewStore = StoreApi<View>

/** The view of a page that has a room and a name, and has not yet asked who else is there. */
export function openViewStore(self: PeerId, profile: Profile, roomLink: string): ViewStore {
  return createStore<View>(() => ({
    roomLink,
    signaling: 'connecting',
    me: { peer: self, ...profile, hue: hueOf(self), state: 'direct', lanes: 0 },
    members: [],
    shares: [],
    notices: [],
    storage: { kind: 'disk' },
    readingFiles: null,
  }))
}
