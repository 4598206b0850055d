import type { Bytes } from '../../shared/bytes.ts'
import { MemoryClock } from '../../shared/testing/memoryClock.ts'
import { BulkTraffic, type BulkLink } from '../bulkLink.ts'
import { blockHeadroomBytes } from '../frames.ts'
import type { Echo, LaneWindow, Uplink } from '../uplink.ts'
import { MemoryChannel } from './memoryChannel.ts'

/** A window of a fixed size that notes its echoes. */
export class TestWindow implements LaneWindow {
  messageMaxBytes = 64 * 1024
  sizeBytes = 200_000
  readonly baseRoundTripMs = null
  rate = 0
  inFlightBytes = 0
  isClosed = false
  readonly echoes: Echo[] = []
  roomBytes = (): number => this.sizeBytes - this.inFlightBytes
  handedOver(lengthBytes: number): void {
    this.inFlightBytes += lengthBytes
  }
  echoed(echo: Echo): void {
    this.inFlightBytes -= echo.arrivedBytes
    this.echoes.push(echo)
  }
  isHeldBySctp(bufferedBytes: number): boolean {
    return bufferedBytes >= this.messageMaxBytes
  }
  close(): void {
    this.isClosed = true
  }
}

/** One end of a link, and what its listener was told. */
export class BulkEnd {
  readonly windows: TestWindow[] = []
  readonly messages: Bytes[] = []
  readonly told: string[] = []
  readonly link: BulkLink
  constructor(clock: MemoryClock, uplink?: Uplink) {
    const ofTestWindows: Uplink = {
      openLane: () => {
        const window = new TestWindow()
        this.windows.push(window)
        return window
      },
    }
    const traffic = new BulkTraffic({
      uplink: uplink ?? ofTestWindows,
      now: () => clock.now(),
      after: (waitMs, then) => clock.after(waitMs, then),
    })
    this.link = traffic.open({
      listening: () => this.told.push('listening'),
      started: () => this.told.push('started'),
      messageArrived: (bytes) => this.messages.push(bytes),
      blockComing: () => this.told.push('coming'),
      blockArrived: (id) => this.told.push(`arrived ${id}`),
      blockLost: (id) => this.told.push(`lost ${id}`),
      roomGrew: () => this.told.push('room'),
      backlogChanged: (isFull) => this.told.push(isFull ? 'full' : 'drained'),
      wantsLane: () => this.told.push('wants lane'),
      dropsLane: (lane) => this.told.push(`drops ${lane}`),
      failed: (detail) => this.told.push(`failed: ${detail}`),
    })
  }
  window(lane: number): TestWindow {
    const window = this.windows[lane]
    if (!window) throw new Error('no such lane')
    return window
  }
  count(what: string): number {
    return this.told.filter((told) => told === what).length
  }
}

/** All that is under way in memory goes by microtask. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A block's message with room before it. */
export const blockOf = (length: number, fill: number): Bytes =>
  new Uint8Array(blockHeadroomBytes + length).fill(fill).subarray(blockHeadroomBytes)

/** Two ends of a link, with lane 0. */
export class BulkPair {
  readonly clock = new MemoryClock()
  readonly alice = new BulkEnd(this.clock)
  readonly bob = new BulkEnd(this.clock)
  readonly channels: { alice: MemoryChannel; bob: MemoryChannel }[] = []

  constructor() {
    this.addLane(0)
  }

  addLane(lane: number): void {
    const pair = { alice: new MemoryChannel(), bob: new MemoryChannel() }
    this.channels[lane] = pair
    this.alice.link.addLane(lane, pair.alice)
    this.bob.link.addLane(lane, pair.bob)
    pair.alice.meet(pair.bob)
  }

  proveLane(lane: number): void {
    for (const end of [this.alice, this.bob]) end.link.laneProven(lane)
  }

  /** Both ends listen, and say so. */
  async start(): Promise<void> {
    await settle()
    this.alice.link.start(256 * 1024)
    this.bob.link.start(256 * 1024)
  }
}
