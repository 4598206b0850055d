import type { Millis, PeerId, PieceIndex, ShareId } from '../shared/ids.ts'
import { randomPeerId, seededRandom, type Random } from '../shared/random.ts'
import { createSwarm, type Swarm } from '../swarm/swarm.ts'
import { fakeSha256 } from '../swarm/testing/fakeCrypto.ts'
import type { Events } from '../shared/events.ts'
import { packetBytes, Uplink, type LinkEnd } from './uplink.ts'

/** A peer's access to the network. Rates in bytes a second; the delay and the loss count once on each side of a link. */
export interface Access {
  readonly upBytesPerSecond: number
  readonly downBytesPerSecond: number
  readonly delayMs: Millis
  /** Of packets, either way; none unless told otherwise. */
  readonly lossRatio?: number
}

/** In what a peer differs from an honest one in a tab that somebody looks at. */
export interface Ways {
  /** Sends blocks with a wrong byte: what it gives never passes a check. */
  readonly corrupt?: boolean
  /** Takes requests and serves none. */
  readonly mute?: boolean
  /** Passes on what others cannot get of each other, unless told otherwise. */
  readonly carries?: boolean
  /** In a hidden tab, where timers go off at whole seconds only. */
  readonly hidden?: boolean
}

/** What the peer has of one share. */
export interface Copy {
  askedAt: Millis | null
  completedAt: Millis | null
  /** Pieces whose every block came uncorrupted and passed the check, or that its own files have. */
  readonly verified: Set<PieceIndex>
  /** Blocks being gathered: whether each piece got a corrupt one. */
  readonly gathered: Map<PieceIndex, { corrupt: boolean; bytes: number }>
}

export interface VirtualPeer {
  readonly id: PeerId
  readonly swarm: Swarm
  readonly access: Access
  readonly corrupt: boolean
  readonly mute: boolean
  readonly hidden: boolean
  readonly uplink: Uplink
  downFreeAt: Millis
  readonly links: Map<PeerId, LinkEnd>
  /** Until when there can be no link with whom: banned, or out of reach. */
  readonly barredUntil: Map<PeerId, Millis>
  wake: number
  alive: boolean
  readonly copies: Map<ShareId, Copy>
  /** Bytes of blocks that came. */
  receivedBytes: number
  /** Messages sent, blocks left out. */
  messagesSent: number
}

/** What SCTP, DTLS, UDP and IP add to what is sent: 1256 bytes of packet for 1163. */
export const packetOverhead = 1256 / packetBytes
/** Of what arrives, what its acknowledgements take on the way back: one of 93 bytes for two packets. */
export const ackPart = 93 / (2 * packetBytes)

export function newVirtualPeer(random: Random, access: Access, ways: Ways, events: Events): VirtualPeer {
  return {
    id: randomPeerId(random),
    swarm: createSwarm({
      random: seededRandom(random()),
      sha256: fakeSha256,
      uploadLimitBytesPerSecond: 0,
      carries: ways.carries ?? true,
    }),
    access,
    corrupt: ways.corrupt ?? false,
    mute: ways.mute ?? false,
    hidden: ways.hidden ?? false,
    uplink: new Uplink(access.upBytesPerSecond / packetOverhead / 1000, events),
    downFreeAt: 0,
    links: new Map(),
    barredUntil: new Map(),
    wake: 0,
    alive: true,
    copies: new Map(),
    receivedBytes: 0,
    messagesSent: 0,
  }
}

export function copyOf(peer: VirtualPeer, share: ShareId): Copy {
  const known = peer.copies.get(share)
  if (known) return known
  const copy: Copy = { askedAt: null, completedAt: null, verified: new Set(), gathered: new Map() }
  peer.copies.set(share, copy)
  return copy
}

export const isHonest = ({ alive, mute, corrupt }: VirtualPeer): boolean => alive && !mute && !corrupt
