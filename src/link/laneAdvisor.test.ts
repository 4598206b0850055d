import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { LaneAdvisor, type LinkPulse } from './laneAdvisor.ts'

interface PathOptions {
  readonly laneBytesPerSecond: number
  readonly mostBytesPerSecond: number
  readonly roundTripMs: number
  readonly isBusy?: boolean
  readonly lanesBeside?: number
  /** A new lane takes so long until it carries that much. */
  readonly laneGrowsMs?: number
}

/** A link of which each lane carries so much, all together no more than `mostBytesPerSecond`; echoed every 20 ms. */
class Path {
  now = 0
  lanes = [0]
  readonly #openedAt = new Map([[0, -Infinity]])
  opened = 0
  dropped = 0
  readonly #advisor = new LaneAdvisor()
  #options: PathOptions
  #arrivedBytes = 0
  #nextLane = 1

  constructor(options: PathOptions) {
    this.#options = options
  }

  change(options: Partial<PathOptions>): void {
    this.#options = { ...this.#options, ...options }
  }

  run(spanMs: number): void {
    const {
      laneBytesPerSecond,
      mostBytesPerSecond,
      roundTripMs,
      isBusy = true,
      lanesBeside = 0,
      laneGrowsMs = 0,
    } = this.#options
    for (const end = this.now + spanMs; this.now < end; this.now += 20) {
      const grown = this.lanes.map((lane) => {
        const ageMs = this.now - (this.#openedAt.get(lane) ?? this.now)
        return ageMs < laneGrowsMs ? ageMs / laneGrowsMs : 1
      })
      const lanesRate = grown.reduce((sum, part) => sum + part, 0) * laneBytesPerSecond
      this.#arrivedBytes += Math.min(lanesRate, mostBytesPerSecond) / 50
      const pulse: LinkPulse = {
        lanes: this.lanes,
        lanesBeside,
        arrivedBytes: this.#arrivedBytes,
        baseRoundTripMs: roundTripMs,
        isSctpLimited: lanesRate <= mostBytesPerSecond && isBusy,
        isBusy,
      }
      const { open, drop } = this.#advisor.advise(pulse, this.now)
      this.opened += open
      this.dropped += drop.length
      this.lanes = this.lanes.filter((lane) => !drop.includes(lane))
      for (let count = 0; count < open; count++) {
        this.#openedAt.set(this.#nextLane, this.now)
        this.lanes.push(this.#nextLane++)
      }
    }
  }
}

describe('lanes', () => {
  it('[L11] are opened where SCTP is what limits, up to the most, within seconds', () => {
    const path = new Path({ laneBytesPerSecond: 500_000, mostBytesPerSecond: 6e6, roundTripMs: 20 })
    path.run(10_000)
    expect(path.lanes).toHaveLength(limits.lanesMax)
    expect(path.dropped).toBe(0)
  })

  it('[L11] are as many as add something', () => {
    const path = new Path({ laneBytesPerSecond: 500_000, mostBytesPerSecond: 1.01e6, roundTripMs: 20 })
    path.run(20_000)
    // A little more than twice as much may take three; one more, since a rate is never measured quite right.
    expect([path.lanes.length, path.dropped]).toEqual([4, 4])
  })

  it('[L11] are given up again where fewer carry as much', () => {
    const path = new Path({ laneBytesPerSecond: 500_000, mostBytesPerSecond: 0.8e6, roundTripMs: 20 })
    path.run(8000)
    expect([path.lanes.length, path.dropped]).toEqual([3, 5])
  })

  it('[L11] are kept while SCTP still opens their windows', () => {
    const path = new Path({
      laneBytesPerSecond: 300_000,
      mostBytesPerSecond: 6e6,
      roundTripMs: 60,
      laneGrowsMs: 6000,
    })
    path.run(10_000)
    expect([path.lanes.length, path.dropped]).toEqual([limits.lanesMax, 0])
  })

  it('[L11] are measured by what the lane before them carries now, not by what it did before it lost a burst', () => {
    const path = new Path({ laneBytesPerSecond: 2.4e6, mostBytesPerSecond: 9e6, roundTripMs: 100 })
    path.run(700)
    path.change({ laneBytesPerSecond: 0.6e6, mostBytesPerSecond: 1.55e6 })
    path.run(8000)
    expect([path.opened, path.lanes.length]).toEqual([limits.lanesAtOnce, 3])
  })

  it('[L11] are not given up while more and more is carried, as who asks for blocks learns only slowly that more can come', () => {
    const path = new Path({ laneBytesPerSecond: 0.6e6, mostBytesPerSecond: 0.65e6, roundTripMs: 100 })
    path.run(4000)
    expect(path.lanes).toHaveLength(limits.lanesMax)
    path.change({ mostBytesPerSecond: 2e6 })
    path.run(1500)
    path.change({ mostBytesPerSecond: 9e6 })
    path.run(4000)
    expect([path.lanes.length, path.dropped]).toEqual([limits.lanesMax, 0])
  })

  it('[L11] are none more where several links are as many', () => {
    const path = new Path({
      laneBytesPerSecond: 500_000,
      mostBytesPerSecond: 6e6,
      roundTripMs: 20,
      lanesBeside: limits.lanesMax - 1,
    })
    path.run(10_000)
    expect(path.opened).toBe(0)
  })

  it('[L11] are none more where the uplink limits', () => {
    const path = new Path({ laneBytesPerSecond: 5e6, mostBytesPerSecond: 2e6, roundTripMs: 80 })
    path.run(20_000)
    expect(path.opened).toBe(0)
  })

  it('[L11] are none more on a short way, where the machine limits', () => {
    const path = new Path({ laneBytesPerSecond: 17e6, mostBytesPerSecond: 17e6, roundTripMs: 1 })
    path.run(20_000)
    expect(path.opened).toBe(0)
  })

  it('[L11] are none more where a busy machine makes a short way seem long', () => {
    const path = new Path({
      laneBytesPerSecond: 9e6,
      mostBytesPerSecond: 9e6,
      roundTripMs: 3,
    })
    path.run(100)
    path.change({ roundTripMs: 40 })
    path.run(20_000)
    expect(path.opened).toBe(0)
  })

  it('[L11] that add nothing are given up, and tried again ever more seldom', () => {
    const path = new Path({ laneBytesPerSecond: 2e6, mostBytesPerSecond: 2e6, roundTripMs: 50 })
    path.run(10_000)
    // Further lanes are not limited by SCTP any more, nor do they carry more.
    const tried = limits.lanesAtOnce
    expect([path.opened, path.dropped, path.lanes.length]).toEqual([tried, tried, 1])
    path.run(limits.lanesRetryMinMs)
    expect(path.opened).toBe(2 * tried)
    path.run(limits.lanesRetryMinMs)
    expect(path.opened).toBe(2 * tried)
  })

  it('[L11] are tried again soon where a lane carries far less than when they added nothing', () => {
    const path = new Path({ laneBytesPerSecond: 2e6, mostBytesPerSecond: 2e6, roundTripMs: 50 })
    path.run(4000)
    expect(path.lanes).toHaveLength(1)
    // It has lost its first packets.
    path.change({ laneBytesPerSecond: 300_000 })
    path.run(6000)
    expect(path.lanes.length).toBeGreaterThan(3)
  })

  it('[L11] are not judged while there is little to send', () => {
    const path = new Path({
      laneBytesPerSecond: 1e6,
      mostBytesPerSecond: 5e6,
      roundTripMs: 50,
      isBusy: false,
    })
    path.run(20_000)
    expect(path.opened).toBe(0)
  })
})
