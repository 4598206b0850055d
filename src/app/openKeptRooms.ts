import { openKeptStore } from '../store/keptStore.ts'
import { KeptRooms, type KeptRoomsOptions } from './keptRooms.ts'

/** What this browser keeps; null where it keeps nothing. Loaded when somebody looks at it. */
export async function openKeptRooms(of: Omit<KeptRoomsOptions, 'store'>): Promise<KeptRooms | null> {
  const store = await openKeptStore()
  return store && new KeptRooms({ ...of, store })
}
