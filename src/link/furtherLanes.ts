import { limits } from '../shared/limits.ts'
import type { BulkChannel } from './bulkChannel.ts'
import type { ConnectionBudget } from './connectionBudget.ts'
import { encodeLaneWords, type LaneWords } from './laneWords.ts'
import type { IceSettings, LinkProof } from './link.ts'
import { SimplePeerConnection } from './simplePeerConnection.ts'

export interface FurtherLanesOptions {
  /** The side that made the link's offer opens lanes of odd numbers, the other side even ones. */
  readonly initiator: boolean
  readonly ice: () => IceSettings
  readonly budget: ConnectionBudget
  readonly proof: LinkProof
  readonly handOver: (lane: number, channel: BulkChannel) => void
  /** Sends text to the other side. */
  readonly say: (text: string) => void
  /** The connection of a lane that was handed over is open, and nobody sits between. */
  readonly laneProven: (lane: number) => void
  /** The connection of a lane that was handed over is gone. */
  readonly laneClosed: (lane: number) => void
  /** More or fewer lanes are open than before. */
  readonly countChanged: () => void
}

interface Lane {
  readonly connection: SimplePeerConnection
  isOpen: boolean
  /** Its path is lost: when it is given up. */
  ending: ReturnType<typeof setTimeout> | null
}

/** The connections of a link besides its first, each signaled over that one. Either side may open some. */
export class FurtherLanes {
  readonly #options: FurtherLanesOptions
  readonly #lanes = new Map<number, Lane>()
  #nextOwn: number
  #lastOfOther = 0
  #openedByOther = 0

  constructor(options: FurtherLanesOptions) {
    this.#options = options
    this.#nextOwn = options.initiator ? 1 : 2
  }

  get openCount(): number {
    let count = 0
    for (const { isOpen } of this.#lanes.values()) if (isOpen) count++
    return count
  }

  open(): void {
    if (!this.#mayOpen()) return
    this.#connect(this.#nextOwn, true)
    this.#nextOwn += 2
  }

  close(lane: number): void {
    if (this.#forget(lane)) this.#say({ lane, closed: true })
  }

  closeAll(): void {
    for (const lane of this.#lanes.keys()) this.#forget(lane)
  }

  heard(words: LaneWords): void {
    const { lane } = words
    if ('closed' in words) return void this.#forget(lane)
    if (!this.#lanes.has(lane)) {
      // What comes late for a lane that was given up.
      if (this.#isOurs(lane) || lane <= this.#lastOfOther) return
      this.#lastOfOther = lane
      if (this.#openedByOther++ >= limits.lanesOpenedByOtherMax || !this.#mayOpen()) {
        return this.#say({ lane, closed: true })
      }
      this.#connect(lane, false)
    }
    this.#lanes.get(lane)?.connection.signal(words.signal)
  }

  #isOurs(lane: number): boolean {
    return lane % 2 === (this.#options.initiator ? 1 : 0)
  }

  #mayOpen(): boolean {
    return this.#lanes.size + 1 < limits.lanesMax && this.#options.budget.take()
  }

  #connect(lane: number, initiator: boolean): void {
    const { ice, proof, handOver } = this.#options
    const connection = new SimplePeerConnection({
      initiator,
      ice,
      proof,
      lane,
      byHand: false,
      handOver: (channel) => handOver(lane, channel),
      listener: {
        signaled: (_, signal) => this.#say({ lane, signal }),
        opened: () => this.#opened(lane),
        rerouted: () => {},
        pathLost: () => this.#pathLost(lane),
        pathFound: () => this.#pathFound(lane),
        // Nothing more is said on a further lane's control channel.
        messageArrived: () => this.close(lane),
        closed: () => this.close(lane),
      },
    })
    this.#lanes.set(lane, { connection, isOpen: false, ending: null })
  }

  #say(words: LaneWords): void {
    const text = encodeLaneWords(words)
    if (text.length <= limits.channelMessageMinBytes) this.#options.say(text)
  }

  #opened(lane: number): void {
    const opened = this.#lanes.get(lane)
    if (!opened) return
    opened.isOpen = true
    this.#options.laneProven(lane)
    this.#options.countChanged()
  }

  /** Lanes are few in a tab's life, and most losses soon pass. Then what it carried goes over the others. */
  #pathLost(number: number): void {
    const lane = this.#lanes.get(number)
    if (lane) lane.ending = setTimeout(() => this.close(number), limits.lanePathLostMs)
  }

  #pathFound(number: number): void {
    const lane = this.#lanes.get(number)
    if (!lane) return
    clearTimeout(lane.ending ?? undefined)
    lane.ending = null
  }

  /** Whether there was such a lane. */
  #forget(lane: number): boolean {
    const gone = this.#lanes.get(lane)
    if (!gone) return false
    this.#lanes.delete(lane)
    clearTimeout(gone.ending ?? undefined)
    gone.connection.destroy()
    this.#options.laneClosed(lane)
    if (gone.isOpen) this.#options.countChanged()
    return true
  }
}
