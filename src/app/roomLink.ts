import { parseRoomSecret, type RoomSecret } from '../shared/ids.ts'
import { randomRoomSecret, type Random } from '../shared/random.ts'

/** Which room a page's address means. */
export interface OpenedRoom {
  readonly secret: RoomSecret
  /** Made just now: nobody else can be in it. */
  readonly fresh: boolean
  /** The address named a room, but not in a way that can be understood: this one is new instead. */
  readonly malformed: boolean
}

/** The room of an address's fragment (`#SECRET`), a new one where it names none. */
export function roomOf(fragment: string, random: Random): OpenedRoom {
  const named = fragment.replace(/^#/, '')
  const secret = parseRoomSecret(named)
  if (secret !== null) return { secret, fresh: false, malformed: false }
  return { secret: randomRoomSecret(random), fresh: true, malformed: named !== '' }
}

/** The page's address with the room in its fragment, which browsers never send to a server. */
export function roomLink(address: string, secret: RoomSecret): string {
  return `${address.replace(/#.*$/, '')}#${secret}`
}
