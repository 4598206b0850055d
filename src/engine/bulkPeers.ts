import type { BulkChannel } from '../link/bulkChannel.ts'
import { BulkTraffic, type BulkLink } from '../link/bulkLink.ts'
import type { Uplink } from '../link/uplink.ts'
import type { Bytes } from '../shared/bytes.ts'
import { Alarm, type Clock } from '../shared/clock.ts'
import type { Guard } from '../shared/guard.ts'
import type { Millis, PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import type { EngineListener } from './engine.ts'

export interface BulkPeersOptions {
  readonly clock: Clock
  readonly uplink: Uplink
  readonly guard: Guard
  readonly told: EngineListener
  readonly listener: BulkPeersListener
}

/** What the swarm gets to know of the links. A peer is linked once the room has taken it in and the other side listens. */
export interface BulkPeersListener {
  peerLinked(peer: PeerId): void
  peerUnlinked(peer: PeerId): void
  messageArrived(peer: PeerId, bytes: Bytes): void
  blockComing(peer: PeerId): void
  roomGrew(peer: PeerId): void
  blockArrived(id: number): void
  blockLost(id: number): void
  backlogChanged(peer: PeerId, isFull: boolean): void
}

interface OpenedLink {
  readonly bulk: BulkLink
  /** Null until the room has taken it in. */
  peer: PeerId | null
  isStarted: boolean
  /** What came before the room took the peer in. */
  readonly early: Bytes[]
  earlyBytes: number
}

/** The bulk parts of all links: from their numbers to the peers they lead to. */
export class BulkPeers {
  readonly #options: BulkPeersOptions
  readonly #traffic: BulkTraffic
  readonly #links = new Map<number, OpenedLink>()
  readonly #byPeer = new Map<PeerId, BulkLink>()
  readonly #heard = new Set<PeerId>()
  readonly #heardAlarm: Alarm

  constructor(options: BulkPeersOptions) {
    const { clock, uplink, guard } = options
    this.#options = options
    this.#heardAlarm = new Alarm(clock)
    this.#traffic = new BulkTraffic({
      uplink,
      now: () => clock.now(),
      after: (waitMs, then) => clock.after(waitMs, guard(then)),
    })
  }

  addLane(number: number, lane: number, channel: BulkChannel): void {
    this.#links.get(number)?.bulk.addLane(lane, channel)
    if (lane === 0) this.#open(number).addLane(0, channel)
  }

  laneProven(number: number, lane: number): void {
    this.#links.get(number)?.bulk.laneProven(lane)
  }

  removeLane(number: number, lane: number): void {
    this.#links.get(number)?.bulk.removeLane(lane)
  }

  otherListens(number: number, messageMaxBytes: number): void {
    this.#links.get(number)?.bulk.start(messageMaxBytes)
  }

  admitted(number: number, peer: PeerId): void {
    const opened = this.#links.get(number)
    if (!opened) return
    opened.peer = peer
    this.#linkIfReady(opened)
  }

  closed(number: number): void {
    const opened = this.#links.get(number)
    if (!opened) return
    this.#links.delete(number)
    opened.bulk.close()
    const { peer } = opened
    if (peer === null || this.#byPeer.get(peer) !== opened.bulk) return
    this.#byPeer.delete(peer)
    this.#heard.delete(peer)
    this.#options.listener.peerUnlinked(peer)
  }

  send(peer: PeerId, bytes: Bytes): void {
    this.#byPeer.get(peer)?.send(bytes)
  }

  /** `bytes` with `blockHeadroomBytes` before them, to be written over. */
  sendBlock(peer: PeerId, id: number, bytes: Bytes): void {
    const bulk = this.#byPeer.get(peer)
    if (bulk) bulk.sendBlock(id, bytes)
    else this.#options.listener.blockLost(id)
  }

  /** What all links together should be given of blocks now; 0 and less for none. */
  uplinkRoomBytes(): number {
    return this.#traffic.roomBytes
  }

  /** What the peer's link takes of blocks now; 0 for none. */
  roomBytes(peer: PeerId): number {
    return this.#byPeer.get(peer)?.roomBytes ?? 0
  }

  roundTripMs(peer: PeerId): Millis | null {
    return this.#byPeer.get(peer)?.baseRoundTripMs ?? null
  }

  close(): void {
    this.#heardAlarm.stop()
    for (const { bulk } of this.#links.values()) bulk.close()
    this.#links.clear()
    this.#byPeer.clear()
  }

  #open(number: number): BulkLink {
    const { told, listener } = this.#options
    const withPeer = (act: (peer: PeerId) => void): void => {
      const peer = this.#links.get(number)?.peer
      if (peer !== null && peer !== undefined) act(peer)
    }
    const bulk = this.#traffic.open({
      listening: () => told({ type: 'listening', link: number }),
      started: () => {
        const opened = this.#links.get(number)
        if (!opened) return
        opened.isStarted = true
        this.#linkIfReady(opened)
      },
      messageArrived: (bytes) => this.#messageArrived(number, bytes),
      blockComing: () =>
        withPeer((peer) => {
          this.#noteHeard(peer)
          listener.blockComing(peer)
        }),
      blockArrived: (id) => listener.blockArrived(id),
      blockLost: (id) => listener.blockLost(id),
      roomGrew: () => withPeer((peer) => listener.roomGrew(peer)),
      backlogChanged: (isFull) => withPeer((peer) => listener.backlogChanged(peer, isFull)),
      wantsLane: () => told({ type: 'wantsLane', link: number }),
      dropsLane: (lane) => told({ type: 'dropsLane', link: number, lane }),
      failed: (detail) => {
        this.closed(number)
        told({ type: 'linkFailed', link: number, detail })
      },
    })
    this.#links.set(number, { bulk, peer: null, isStarted: false, early: [], earlyBytes: 0 })
    return bulk
  }

  #linkIfReady(opened: OpenedLink): void {
    const { peer, bulk, isStarted, early } = opened
    if (peer === null || !isStarted || this.#byPeer.get(peer) === bulk) return
    this.#byPeer.set(peer, bulk)
    this.#options.listener.peerLinked(peer)
    this.#options.listener.roomGrew(peer)
    opened.earlyBytes = 0
    for (const bytes of early.splice(0)) this.#options.listener.messageArrived(peer, bytes)
  }

  #messageArrived(number: number, bytes: Bytes): void {
    const opened = this.#links.get(number)
    if (!opened) return
    if (opened.peer !== null) {
      this.#noteHeard(opened.peer)
      return this.#options.listener.messageArrived(opened.peer, bytes)
    }
    opened.earlyBytes += bytes.length
    if (opened.earlyBytes <= limits.beforeAdmissionMaxBytes) return void opened.early.push(bytes)
    this.closed(number)
    this.#options.told({ type: 'linkFailed', link: number, detail: 'too much before it was let in' })
  }

  #noteHeard(peer: PeerId): void {
    this.#heard.add(peer)
    this.#heardAlarm.setWithin(limits.heardBatchMs, () => {
      const peers = [...this.#heard]
      this.#heard.clear()
      this.#options.told({ type: 'peersHeard', peers })
    })
  }
}
