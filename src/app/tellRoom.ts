import type { EngineEvent } from '../engine/engine.ts'
import { unreachable } from '../shared/result.ts'
import type { RoomDriver } from './roomDriver.ts'

export type RoomEvent = Extract<
  EngineEvent,
  { type: 'listening' | 'wantsLane' | 'dropsLane' | 'linkFailed' | 'peerBanned' | 'peersHeard' }
>

/** What the engine has to say of links, and of those behind them. */
export function tellRoom(room: Pick<RoomDriver, 'links' | 'ban' | 'heard'>, event: RoomEvent): void {
  switch (event.type) {
    case 'listening':
      return room.links.listening(event.link)
    case 'wantsLane':
      return room.links.openLane(event.link)
    case 'dropsLane':
      return room.links.closeLane(event.link, event.lane)
    case 'linkFailed':
      return room.links.bulkFailed(event.link, event.detail)
    case 'peerBanned':
      return room.ban(event.peer, event.reason)
    case 'peersHeard':
      return room.heard(event.peers)
    default:
      return unreachable(event)
  }
}
