import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { waits, World, type Flow, type Path } from './testing/bottleneck.ts'
import { createUplink } from './uplink.ts'

const mbit = 1e6 / 8
/** Of what goes over the wire, the part that is payload: packets of 1191 bytes with 28 of SCTP, in 65 of UDP, DTLS and IP. */
const payload = 1163 / 1256

const rateOf = (flows: readonly Flow[], fromMs: number, untilMs: number): number =>
  flows.reduce((sum, flow) => sum + flow.rate(fromMs, untilMs), 0)

/** In Mbit/s, about 16. */
const nearbyRates = [12, 14, 15, 16, 18, 20, 22]

/** Means of what is measured at several rates, given in Mbit/s: one alone may be lucky. */
function meansOf<Name extends string>(
  measure: (mbits: number, seed: number) => Record<Name, number>,
): Record<Name, number> {
  const measured = nearbyRates.map((mbits, at) => measure(mbits, at + 1))
  const sums = measured.reduce<Partial<Record<Name, number>>>((sum, one) => {
    for (const name of Object.keys(one) as Name[]) sum[name] = (sum[name] ?? 0) + one[name] / measured.length
    return sum
  }, {})
  return sums as Record<Name, number>
}

/** The largest message after five seconds. */
const messageOn = (mbits: number): number => {
  const world = new World(createUplink())
  const flow = world.flow({ through: [world.queue(mbits * mbit)], roundTripMs: 40 })
  world.run(5000)
  return flow.lane.messageMaxBytes
}

describe('one lane on an uplink with 200 ms of queue', () => {
  it.each([
    [16, 80, 0.97],
    [2, 60, 0.97],
    [4, 40, 0.98],
    [50, 20, 0.98],
    [50, 100, 0.94],
  ])('[L10] of %s Mbit/s and %s ms fills it, and not its queue', (mbits, roundTripMs, part) => {
    const world = new World(createUplink())
    const queue = world.queue(mbits * mbit)
    const flow = world.flow({ through: [queue], roundTripMs, clockMs: 12_345 })
    world.run(25_000)
    expect(flow.rate(0, 25_000) / (mbits * mbit * payload)).toBeGreaterThan(part)
    expect(waits(queue, 3000, 25_000).median).toBeLessThan(60)
    expect(flow.sctp.timeouts).toBe(0)
  })

  it.each([
    [2, 60],
    [4, 20],
    [16, 20],
    [16, 80],
    [50, 20],
    [50, 80],
    [200, 20],
    [200, 80],
  ])('[L10] of %s Mbit/s and %s ms loses nothing while the window doubles', (mbits, roundTripMs) => {
    const world = new World(createUplink())
    const queue = world.queue(mbits * mbit)
    const flow = world.flow({ through: [queue], roundTripMs })
    world.run(3000)
    expect(queue.dropped).toBe(0)
    expect(flow.rate(1000, 3000) / (mbits * mbit * payload)).toBeGreaterThan(0.95)
  })

  it('[L10] loses next to nothing to a page that is busy now and then, and is filled', () => {
    const { dropped, filled } = meansOf((mbits, seed) => {
      const world = new World(createUplink(), seed)
      const queue = world.queue(mbits * mbit)
      const page = { bytesPerSecond: 100e6, busyPart: 0.05, busyMs: 60 }
      const flow = world.flow({ through: [queue], roundTripMs: 80, page })
      world.run(20_000)
      return { dropped: queue.dropped, filled: flow.rate(3000, 20_000) / (mbits * mbit * payload) }
    })
    expect(dropped).toBeLessThan(40)
    expect(filled).toBeGreaterThan(0.97)
  })

  it('[L10] sends small messages where it is thin, and large ones where it is not', () => {
    expect(messageOn(2)).toBeLessThanOrEqual(8 * 1024)
    expect(messageOn(100)).toBe(limits.laneMessageMaxBytes)
  })
})

describe('a lane that comes later', () => {
  it('[L10] gets a share of a fast uplink whose queue another has in use', () => {
    const world = new World(createUplink())
    const queue = world.queue(100 * mbit, 100)
    const path = { through: [queue], roundTripMs: 100, clockMs: 777 }
    const first = world.flow(path)
    world.run(3000)
    const second = world.flow(path)
    world.run(10_000)
    expect(second.rate(5000, 10_000)).toBeGreaterThan(0.1 * first.rate(5000, 10_000))
    expect(waits(queue, 4000, 10_000).median).toBeLessThan(100)
  })
})

describe('a fast path', () => {
  it('[L10] of a gigabit is filled', () => {
    const world = new World(createUplink())
    const flow = world.flow({ through: [world.queue(1000 * mbit, 100)], roundTripMs: 0.5 })
    world.run(2500)
    expect(flow.rate(300, 2500) / (1000 * mbit * payload)).toBeGreaterThan(0.95)
  })

  it('[L10] to a page that is busy now and then keeps that page supplied', () => {
    const world = new World(createUplink())
    const page = { bytesPerSecond: 17e6, busyPart: 0.01, busyMs: 60 }
    const flow = world.flow({ through: [world.queue(1e9, 100)], roundTripMs: 0.2, page })
    world.run(5000)
    // Busy one message in a hundred for 30 ms on average, it takes 15.8 MB/s.
    expect(flow.rate(1000, 5000)).toBeGreaterThan(15e6)
  })
})

describe('loss', () => {
  it('[L10] costs a lane no more than it costs SCTP below it', () => {
    const world = new World(createUplink())
    const flows = Array.from({ length: 8 }, () =>
      world.flow({ through: [world.queue(100 * mbit)], roundTripMs: 20, loss: 0.01 }),
    )
    world.run(20_000)
    // By Mathis' formula a lane gets 0.7 MB/s.
    expect(rateOf(flows, 0, 20_000)).toBeGreaterThan(8 * 0.55e6)
  })
})

describe('several lanes on one uplink', () => {
  it('[L10] that begin together fill it, share it, and leave its queue short', () => {
    const { filled, unfair, dropped, queuedMs } = meansOf((rate) => {
      const mbits = rate / 4
      const world = new World(createUplink())
      const queue = world.queue(mbits * mbit)
      const flows = Array.from({ length: 6 }, () => world.flow({ through: [queue], roundTripMs: 40 }))
      world.run(20_000)
      const shares = flows.map((flow) => flow.rate(5000, 20_000)).toSorted((one, other) => one - other)
      return {
        filled: rateOf(flows, 0, 20_000) / (mbits * mbit * payload),
        unfair: (shares[5] ?? 0) / (shares[0] ?? 1),
        dropped: queue.dropped,
        queuedMs: waits(queue, 3000, 20_000).median,
      }
    })
    expect(filled).toBeGreaterThan(0.97)
    expect(unfair).toBeLessThan(5)
    expect(dropped).toBeLessThan(30)
    expect(queuedMs).toBeLessThan(75)
  })

  it('[L10] give a newcomer its share within seconds', () => {
    const { part, queuedMs } = meansOf((mbits) => {
      const world = new World(createUplink())
      const queue = world.queue(mbits * mbit)
      const first = world.flow({ through: [queue], roundTripMs: 80 })
      world.run(8000)
      const second = world.flow({ through: [queue], roundTripMs: 80, clockMs: -9999 })
      world.run(25_000)
      return {
        part: second.rate(16_000, 25_000) / rateOf([first, second], 16_000, 25_000),
        queuedMs: waits(queue, 9000, 25_000).median,
      }
    })
    expect(part).toBeGreaterThan(0.4)
    expect(part).toBeLessThan(0.67)
    expect(queuedMs).toBeLessThan(60)
  })

  it('[L10] are not held up by one whose receiver is slow', () => {
    const means = meansOf((mbits) => {
      const world = new World(createUplink())
      const [up, down] = [world.queue(mbits * mbit), world.queue(2 * mbit)]
      const slow = world.flow({ through: [up, down], roundTripMs: 60 })
      const fast = world.flow({ through: [up], roundTripMs: 60 })
      world.run(20_000)
      return {
        slow: slow.rate(5000, 20_000) / (2 * mbit * payload),
        fast: fast.rate(5000, 20_000) / ((mbits - 2) * mbit * payload),
      }
    })
    expect(means.slow).toBeGreaterThan(0.8)
    expect(means.fast).toBeGreaterThan(0.95)
  })
})

describe('further lanes to the same peer', () => {
  it.each([
    [16, 80],
    [8, 150],
    [50, 100],
  ])('[L10] know its path: seven at once on %s Mbit/s and %s ms flood nothing', (mbits, roundTripMs) => {
    const world = new World(createUplink())
    const queue = world.queue(mbits * mbit)
    const first = world.flow({ through: [queue], roundTripMs, clockMs: 777 })
    world.run(800)
    const flows = [first, ...Array.from({ length: 7 }, () => world.flowBeside(first))]
    world.run(6000)
    expect(queue.dropped).toBe(0)
    expect(waits(queue, 800, 3800).median).toBeLessThan(48)
    expect(rateOf(flows, 1800, 6000) / (mbits * mbit * payload)).toBeGreaterThan(0.97)
  })
})

describe('a path that changes', () => {
  it('[L10] is filled again after a pause', () => {
    const world = new World(createUplink())
    const flow = world.flow({ through: [world.queue(16 * mbit)], roundTripMs: 80 })
    world.run(6000)
    flow.sending = false
    world.run(16_000)
    flow.sending = true
    flow.send()
    world.run(19_000)
    expect(flow.rate(17_500, 19_000) / (16 * mbit * payload)).toBeGreaterThan(0.95)
  })

  it('[L10] is filled again when its rate has become a quarter, and when it is back', () => {
    const { quarter, back } = meansOf((mbits) => {
      const world = new World(createUplink())
      const queue = world.queue(mbits * mbit)
      const flow = world.flow({ through: [queue], roundTripMs: 80 })
      world.run(6000)
      queue.bytesPerSecond = (mbits * mbit) / 4
      world.run(16_000)
      queue.bytesPerSecond = mbits * mbit
      world.run(26_000)
      return {
        quarter: flow.rate(12_000, 16_000) / ((mbits * mbit * payload) / 4),
        back: flow.rate(22_000, 26_000) / (mbits * mbit * payload),
      }
    })
    expect(quarter).toBeGreaterThan(0.85)
    expect(back).toBeGreaterThan(0.95)
  })

  it('[L10] is filled on a longer route', () => {
    const world = new World(createUplink())
    const path = { through: [world.queue(16 * mbit)], roundTripMs: 40 }
    const flow = world.flow(path)
    world.run(6000)
    path.roundTripMs = 200
    world.run(20_000)
    expect(flow.rate(12_000, 20_000) / (16 * mbit * payload)).toBeGreaterThan(0.9)
  })

  // What a way of 50 ms more adds each way looks like the queue that is wanted: that one takes longest.
  it.each([
    [30, 0.8],
    [50, 0.65],
    [70, 0.8],
    [100, 0.8],
    [140, 0.8],
  ])('[L10] is filled soon on a route %s ms longer, too little to look like a full queue', (moreMs, part) => {
    const { filled } = meansOf((mbits) => {
      const world = new World(createUplink())
      const path = { through: [world.queue(mbits * mbit)], roundTripMs: 80, clockMs: 777 }
      const flow = world.flow(path)
      world.run(3000)
      path.roundTripMs += moreMs
      world.run(9000)
      return { filled: flow.rate(5000, 9000) / (mbits * mbit * payload) }
    })
    expect(filled).toBeGreaterThan(part)
  })

  it('[L10] is filled where the other side becomes busy: its page is not a queue of ours', () => {
    const { filled } = meansOf((mbits) => {
      const world = new World(createUplink())
      const path: Path = { through: [world.queue(mbits * mbit)], roundTripMs: 80 }
      const flow = world.flow(path)
      world.run(1500)
      path.page = { bytesPerSecond: 60e6, busyPart: 0.5, busyMs: 60 }
      world.run(25_000)
      return { filled: flow.rate(4000, 25_000) / (mbits * mbit * payload) }
    })
    expect(filled).toBeGreaterThan(0.8)
  })

  it('[L10] is told from a clock that drifts', () => {
    const world = new World(createUplink())
    const queue = world.queue(2 * mbit)
    const flow = world.flow({ through: [queue], roundTripMs: 60, driftMsPerSecond: 0.1 })
    world.run(300_000)
    expect(flow.rate(240_000, 300_000) / (2 * mbit * payload)).toBeGreaterThan(0.95)
    expect(waits(queue, 240_000, 300_000).median).toBeLessThan(60)
  })
})
