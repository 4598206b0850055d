import { base64UrlFromBytes } from '../shared/bytes.ts'
import { idBytes, type Millis, type PeerId } from '../shared/ids.ts'
import { randomBytes } from '../shared/random.ts'
import type { RoomContext } from './context.ts'
import type { DoorAt, Nonce } from './io.ts'

/** A nonce is recognised for this long at least, and twice as long at most. */
const nonceSlotMs: Millis = 30_000
/** 128 bits in base64url. */
const nonceLength = 22

/** Nonces that need no memory: each is a hash of a secret of this page, of whom it is for and of the time (as cookies in RFC 9147, section 5.1). */
export interface Nonces {
  /** For a hello, whoever reads it. */
  forHello(): Nonce
  isHello(echo: Nonce): boolean
  /** For the peer alone that is welcomed. */
  forWelcome(peer: PeerId): Nonce
  isWelcome(peer: PeerId, echo: Nonce): boolean
  /** For the peer alone, through that door. */
  forDoor(peer: PeerId, at: DoorAt): Nonce
  isDoor(peer: PeerId, at: DoorAt, echo: Nonce): boolean
}

export function createNonces(context: RoomContext): Nonces {
  const secret = base64UrlFromBytes(randomBytes(context.random, idBytes))

  const nonce = (what: string, slot: number): Nonce =>
    context.hash(`${secret} ${what} ${slot}`).slice(0, nonceLength)
  const slotNow = (): number => Math.floor(context.now / nonceSlotMs)
  const isOf = (what: string, echo: Nonce): boolean =>
    echo === nonce(what, slotNow()) || echo === nonce(what, slotNow() - 1)

  return {
    forDoor: (peer, at) => nonce(atDoor(peer, at), slotNow()),
    isDoor: (peer, at, echo) => isOf(atDoor(peer, at), echo),
    forHello: () => nonce('hello', slotNow()),
    isHello: (echo) => isOf('hello', echo),
    forWelcome: (peer) => nonce(peer, slotNow()),
    isWelcome: (peer, echo) => isOf(peer, echo),
  }
}

const atDoor = (peer: PeerId, { broker, door, epoch }: DoorAt): string => `${peer} ${broker} ${door} ${epoch}`
