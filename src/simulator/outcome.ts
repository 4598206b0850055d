import { pieceCount } from '../shared/geometry.ts'
import type { Millis, ShareId } from '../shared/ids.ts'
import { geometryOf, type Manifest } from '../swarm/manifest.ts'
import { checkRest } from './invariants.ts'
import { copyOf, isHonest, packetOverhead, type VirtualPeer } from './virtualPeer.ts'
import type { World, WorldOptions } from './world.ts'

/** What a run came to. */
export interface Outcome {
  readonly peers: number
  readonly finished: number
  /** From when the share was first asked for until the last receiver has it; null when not all have. */
  readonly lastMs: Millis | null
  /** The least time any scheme could take (see `boundMs`). */
  readonly boundMs: Millis
  /** Bytes received over bytes needed, less 1. */
  readonly waste: number
  /** Bytes that left all uplinks, headers and acknowledgements counted, over bytes needed. */
  readonly wire: number
  /** When the last had it over when the median had it: 1 is fair. */
  readonly spread: number
  /** Messages sent, blocks left out, for each piece that somebody got. */
  readonly messagesAPiece: number
  /** The longest that anything waited in front of an uplink. */
  readonly longestQueueMs: Millis
}

/**
 * The least time in which sources that have it all can bring `sizeBytes` to all receivers: the sources must send it once between them, the
 * slowest must receive it, and all copies must leave through all uplinks (Kumar & Ross, "Peer-assisted file distribution: the minimum
 * distribution time", 2006).
 */
export function boundMs(
  sizeBytes: number,
  sources: readonly VirtualPeer[],
  receivers: readonly VirtualPeer[],
): Millis {
  const slowestDown = Math.min(...receivers.map(({ access }) => access.downBytesPerSecond))
  const allUp = sumUp(sources) + sumUp(receivers)
  return (
    1000 *
    Math.max(sizeBytes / sumUp(sources), sizeBytes / slowestDown, (receivers.length * sizeBytes) / allUp)
  )
}

const sumUp = (peers: readonly VirtualPeer[]): number =>
  peers.reduce((sum, { access }) => sum + access.upBytesPerSecond, 0)

export interface Run {
  readonly world: World
  readonly receivers: readonly VirtualPeer[]
  readonly boundMs: Millis
  /** Whose finish is looked at; the honest receivers unless told otherwise. */
  readonly watched?: readonly VirtualPeer[]
  /** What they take; the first share unless told otherwise. */
  readonly manifests?: readonly Manifest[]
}

/** What the run came to, from when the share was first asked for. Where everyone has it all, nothing may be left begun. */
export function outcomeOf({ world, receivers, boundMs: bound, watched = receivers, ...run }: Run): Outcome {
  const { manifests = [world.manifest] } = run
  const shares = manifests.map(({ share }) => share)
  const needed = watched.filter(isHonest)
  const finished = needed.filter((peer) => hasAll(peer, shares))
  if (receivers.filter(isHonest).every((peer) => hasAll(peer, shares))) checkRest(world)
  const sizeBytes = manifests.reduce((sum, manifest) => sum + manifest.sizeBytes, 0)
  const pieces = manifests.reduce((sum, manifest) => sum + pieceCount(geometryOf(manifest)), 0)
  const askedAt = Math.min(...watched.map((peer) => firstAskedAt(peer, shares)))
  const spans = finished.map((peer) => finishedAt(peer, shares) - askedAt).toSorted((a, b) => a - b)
  const complete = receivers.filter((peer) => hasAll(peer, shares))
  const neededBytes = Math.max(1, complete.length) * sizeBytes
  const receivedBytes = complete.reduce((all, peer) => all + peer.receivedBytes, 0)
  const everyone = [...world.peers.values()]
  const sum = (of: (peer: VirtualPeer) => number): number => everyone.reduce((all, peer) => all + of(peer), 0)
  const last = spans.at(-1) ?? 0
  return {
    peers: everyone.length,
    finished: finished.length,
    lastMs: finished.length === needed.length ? last : null,
    boundMs: bound,
    waste: receivedBytes / neededBytes - 1,
    wire: (sum((peer) => peer.uplink.sentBytes) * packetOverhead) / neededBytes,
    spread: last / (spans[Math.floor(spans.length / 2)] ?? last),
    messagesAPiece: sum((peer) => peer.messagesSent) / (Math.max(1, finished.length) * pieces),
    longestQueueMs: Math.max(...everyone.map((peer) => peer.uplink.longestQueueMs)),
  }
}

const hasAll = (peer: VirtualPeer, shares: readonly ShareId[]): boolean =>
  shares.every((share) => copyOf(peer, share).completedAt !== null)

const finishedAt = (peer: VirtualPeer, shares: readonly ShareId[]): Millis =>
  Math.max(...shares.map((share) => copyOf(peer, share).completedAt ?? Infinity))

const firstAskedAt = (peer: VirtualPeer, shares: readonly ShareId[]): Millis =>
  Math.min(...shares.map((share) => copyOf(peer, share).askedAt ?? Infinity))

/** In this time what is on its way arrives, and requests of those who never answer end. */
const settlingMs = 60_000
/** Long after any run should have ended. */
export const maxMs = 3_600_000

/** Runs until everyone who is still there has it all, and then until what was said has been heard. */
export function runToEnd(
  world: World,
  receivers: readonly VirtualPeer[],
  shares: readonly ShareId[] = [world.share],
): void {
  const waiting = new Set(receivers)
  world.run(maxMs, () => {
    for (const peer of waiting) {
      if (isHonest(peer) && !hasAll(peer, shares)) return false
      waiting.delete(peer)
    }
    return true
  })
  world.run(world.events.now + settlingMs)
}

/** Everyone has heard of the share: these take it now. */
export function takeAll(world: World, receivers: readonly VirtualPeer[], share = world.share): void {
  for (const peer of receivers) world.input(peer, { type: 'downloadAsked', share })
}

export const worldOptions = (
  seed: number,
  sizeBytes: number,
  check: WorldOptions['check'],
  more: Partial<WorldOptions> = {},
): WorldOptions => ({ seed, sizeBytes, ...(check && { check }), ...more })
