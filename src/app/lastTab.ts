import type { Log } from '../shared/log.ts'
import { openRooms, type KnownRoom } from '../store/rooms.ts'

const key = 'swarmdrop.tab'

/** What this tab was called in what it keeps, before its page was loaded anew; null in a new tab. */
export function keptTab(): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}

/** For the page that this one is loaded anew as. */
export function keepTab(tab: string): void {
  try {
    sessionStorage.setItem(key, tab)
  } catch {
    // Storage is switched off: what the tab keeps is found by the room alone.
  }
}

/** Puts the room on the list of those that this device may come back to. */
export async function noteRoom(room: KnownRoom, log: Log): Promise<void> {
  const rooms = await openRooms()
  try {
    await rooms.opened(room)
  } catch (error) {
    // The disk is full: a room that is on the list already stays on it.
    if (!(error instanceof DOMException)) throw error
    log('warning', 'the room is not on the list of this device', { error: error.name })
  }
  rooms.close()
}
