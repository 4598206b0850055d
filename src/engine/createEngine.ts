import type { ShareCrypto } from '../crypto/crypto.ts'
import { sha256AtOnce } from '../crypto/nobleHashes.ts'
import { createUplink } from '../link/uplink.ts'
import type { Clock } from '../shared/clock.ts'
import { guardWith, type Guard } from '../shared/guard.ts'
import type { PeerId, ShareId } from '../shared/ids.ts'
import type { Random } from '../shared/random.ts'
import type { BulkChannel } from '../link/bulkChannel.ts'
import type { PieceStore } from '../store/pieceStore.ts'
import type { ShareIndex } from '../store/shareIndex.ts'
import { certified, type Manifest } from '../swarm/manifest.ts'
import { BulkPeers } from './bulkPeers.ts'
import { restoreShares } from './earlierShares.ts'
import type { Attached, EarlierShare, Engine, EngineListener, Wish } from './engine.ts'
import { IndexKeeper } from './indexKeeper.ts'
import { ShareBoard } from './shareBoard.ts'
import { SwarmDriver } from './swarmDriver.ts'

/** What an engine is made of: the real parts in a browser, their twins in a test. */
export interface EngineParts {
  /** The picker draws lots by the thousand, and nothing hangs on them. */
  readonly random: Random
  readonly clock: Clock
  /** Signs and verifies hash lists. */
  readonly crypto: ShareCrypto
  readonly store: PieceStore
  readonly index: ShareIndex
  /** Names this page in the index. */
  readonly tab: string
  /** 0 for none. */
  readonly uploadLimitBytesPerSecond: number
  /** Whether it passes on what others cannot get of each other. */
  readonly carries: boolean
}

/** Starts an engine where it is called: in a worker, on a page, in a test. */
export function createEngine(parts: EngineParts, told: EngineListener): Engine {
  return new EngineHere(parts, told)
}

class EngineHere implements Engine {
  readonly #parts: EngineParts
  readonly #told: EngineListener
  readonly #guard: Guard
  readonly #driver: SwarmDriver
  readonly #peers: BulkPeers
  readonly #board: ShareBoard
  readonly #index: IndexKeeper

  constructor(parts: EngineParts, told: EngineListener) {
    const { clock, index, tab } = parts
    this.#parts = parts
    this.#told = told
    this.#guard = guardWith((error) => told({ type: 'bugFound', error }))
    this.#peers = this.#openPeers()
    this.#driver = this.#openDriver()
    const { swarm } = this.#driver
    this.#board = new ShareBoard(swarm, clock, told)
    this.#index = new IndexKeeper({
      index,
      tab,
      swarm,
      clock,
      bugFound: (error) => told({ type: 'bugFound', error }),
    })
  }

  addLane(link: number, lane: number, channel: BulkChannel): void {
    this.#peers.addLane(link, lane, channel)
  }

  laneProven(link: number, lane: number): void {
    this.#peers.laneProven(link, lane)
  }

  removeLane(link: number, lane: number): void {
    this.#peers.removeLane(link, lane)
  }

  otherListens(link: number, messageMaxBytes: number): void {
    this.#peers.otherListens(link, messageMaxBytes)
  }

  linkAdmitted(link: number, peer: PeerId): void {
    this.#peers.admitted(link, peer)
  }

  linkClosed(link: number): void {
    this.#peers.closed(link)
  }

  restore(): Promise<readonly EarlierShare[]> {
    const { handle, signer } = this.#driver
    return restoreShares({
      ...this.#parts,
      handle,
      signer,
      keeper: this.#index,
      bugFound: (error) => this.#told({ type: 'bugFound', error }),
    })
  }

  async offer(...[fields, files, key, source]: Parameters<Engine['offer']>): Promise<void> {
    const manifest = certified(fields, sha256AtOnce)
    this.#index.offered(manifest.share, key, source)
    return this.#driver.offer(manifest, files, key)
  }

  async attach(...[manifest, files, source]: Parameters<Engine['attach']>): Promise<Attached> {
    this.#index.attached(manifest.share, source)
    return this.#driver.attach(manifest, files)
  }

  sentElsewhere(bytes: number): void {
    this.#driver.handle({ type: 'sentElsewhere', bytes })
  }

  spaceFreed(): void {
    this.#driver.handle({ type: 'spaceFreed' })
  }

  neighboursHeard(peer: PeerId, neighbours: readonly PeerId[] | null): void {
    this.#driver.handle({ type: 'neighboursHeard', peer, neighbours })
  }

  carry(isAllowed: boolean): void {
    this.#driver.handle({ type: 'carryingAllowed', isAllowed })
  }

  shareHeard(manifest: Manifest): void {
    this.#driver.handle({ type: 'shareHeard', manifest })
  }

  shareUnheard(share: ShareId): void {
    this.#driver.handle({ type: 'shareUnheard', share })
  }

  want(wish: Wish, share: ShareId): void {
    this.#driver.handle({ type: wish, share })
    this.#board.tellOf(share)
    // A page that is loaded anew right after the click is to know of it.
    this.#index.writeNow()
  }

  blob(...of: Parameters<PieceStore['blob']>): ReturnType<PieceStore['blob']> {
    return this.#parts.store.blob(...of)
  }

  lookAt(share: ShareId, isLookedAt: boolean): void {
    this.#board.lookAt(share, isLookedAt)
  }

  async close(): Promise<void> {
    this.#peers.close()
    this.#driver.close()
    this.#board.close()
    this.#index.close()
    await this.#index.write()
    await this.#parts.store.close()
  }

  #openDriver(): SwarmDriver {
    const told = this.#told
    const peers = this.#peers
    return new SwarmDriver({
      ...this.#parts,
      network: {
        send: (peer, bytes) => peers.send(peer, bytes),
        sendBlock: (peer, id, bytes) => peers.sendBlock(peer, id, bytes),
        uplinkRoomBytes: () => peers.uplinkRoomBytes(),
        roomBytes: (peer) => peers.roomBytes(peer),
        roundTripMs: (peer) => peers.roundTripMs(peer),
        ban: (peer, reason) => told({ type: 'peerBanned', peer, reason }),
      },
      log: (level, what, detail) => told({ type: 'logged', level, what, detail }),
      bugFound: (error) => told({ type: 'bugFound', error }),
      listener: {
        signed: (share, part) => this.#index.signed(share, part),
        reported: (report) => {
          // What is handed over now is not to be handed over again by a later page.
          if (report.type === 'shareCompleted') this.#index.writeNow()
          if ('share' in report) this.#board.tellOf(report.share)
          told({ type: 'reported', report })
        },
        sourceChanged: (share) => told({ type: 'sourceChanged', share }),
        sourceUnreadable: (share) => told({ type: 'sourceUnreadable', share }),
        changed: () => {
          this.#board.touch()
          this.#index.touch()
        },
      },
    })
  }

  #openPeers(): BulkPeers {
    const { clock } = this.#parts
    return new BulkPeers({
      clock,
      uplink: createUplink(),
      guard: this.#guard,
      told: this.#told,
      listener: {
        peerLinked: (peer) => this.#driver.peerLinked(peer),
        peerUnlinked: (peer) => this.#board.peerLeaves(peer, () => this.#driver.peerUnlinked(peer)),
        messageArrived: (peer, bytes) => this.#driver.messageArrived(peer, bytes),
        blockComing: (peer) => this.#driver.handle({ type: 'blockComing', peer }),
        roomGrew: (peer) => this.#driver.roomGrew(peer),
        blockArrived: (id) => this.#driver.blockArrived(id),
        blockLost: (id) => this.#driver.blockLost(id),
        backlogChanged: (peer, isFull) => this.#driver.backlogChanged(peer, isFull),
      },
    })
  }
}
