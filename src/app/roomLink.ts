import { parseRoomSecret, type RoomSecret } from '../shared/ids.ts'
import { randomRoomSecret, type Random } from '../shared/random.ts'

/** Which room a page's address means. */
export interface OpenedRoom {
  readonly secret: RoomSecret
  /** Made just now: nobody else can be in it. */
  readonly fresh: boolean
  /** The address named a room, but not in a way that can be understood: this one is new instead. */
  readonly malformed: boolean
  /** The fragment where more is in it than the room: what people carry by hand. */
  readonly handed: string | null
}

/** In place of the room, in the link of an answer that people carry. */
export const answerHead = 'answer'

/** The room of an address's fragment (`#SECRET`, or `#SECRET.MORE` of an invitation by hand), a new one where it names none. */
export function roomOf(fragment: string, random: Random): OpenedRoom {
  const named = fragment.replace(/^#/, '')
  const [head = '', ...more] = named.split('.')
  const secret = parseRoomSecret(head)
  const handed = more.length > 0 ? named : null
  if (secret !== null) return { secret, fresh: false, malformed: false, handed }
  const isAnswer = head === answerHead && handed !== null
  return {
    secret: randomRoomSecret(random),
    fresh: true,
    malformed: named !== '' && !isAnswer,
    handed: isAnswer ? handed : null,
  }
}

/** The page's address with the room in its fragment, which browsers never send to a server. */
export const roomLink = (address: string, secret: RoomSecret): string => withFragment(address, secret)

/** The address with this fragment in place of its own. */
export const withFragment = (address: string, fragment: string): string =>
  `${address.replace(/#.*$/, '')}#${fragment}`
