import { beforeEach, describe, expect, it } from 'vitest'
import { blockFrame } from './frames.ts'
import { MemoryChannel } from './testing/memoryChannel.ts'
import { blockOf, BulkPair, settle, type BulkEnd } from './testing/bulkPair.ts'

let pair: BulkPair
let alice: BulkEnd
let bob: BulkEnd
let channels: BulkPair['channels']

beforeEach(() => {
  pair = new BulkPair()
  ;({ alice, bob, channels } = pair)
})

describe('lanes', () => {
  it('[L7] carry blocks once the other side listens there, and nothing else', async () => {
    await pair.start()
    pair.addLane(1)
    pair.proveLane(1)
    const [first] = channels
    alice.window(0).sizeBytes = 0
    expect(alice.link.roomBytes).toBe(0)
    await settle()
    alice.link.sendBlock(1, blockOf(1000, 1))
    first?.alice.hold()
    await settle()
    expect(bob.messages.map(({ length }) => length)).toEqual([1000])
    expect(alice.link.laneCount).toBe(2)
  })

  it('[L7] that are known only later are remembered as listened to', async () => {
    await pair.start()
    const ends = { alice: new MemoryChannel(), bob: new MemoryChannel() }
    bob.link.addLane(3, ends.bob)
    ends.alice.meet(ends.bob)
    await settle()
    alice.window(0).sizeBytes = 0
    bob.link.laneProven(3)
    await settle()
    alice.link.addLane(3, ends.alice)
    alice.link.laneProven(3)
    await settle()
    expect(alice.link.roomBytes).toBeGreaterThan(0)
  })

  it('[L12] carry nothing before each side has proven them for itself', async () => {
    await pair.start()
    alice.window(0).sizeBytes = 0
    pair.addLane(1)
    await settle()
    expect(alice.link.roomBytes).toBe(0)
    bob.link.laneProven(1)
    await settle()
    expect(alice.link.roomBytes).toBe(0)
    alice.link.laneProven(1)
    await settle()
    expect(alice.link.roomBytes).toBeGreaterThan(0)
  })

  it('[L12] on which the other side speaks too early end the link', async () => {
    await pair.start()
    pair.addLane(1)
    await settle()
    channels[1]?.alice.send(blockFrame(1, blockOf(10, 1), 0, 10, []))
    await settle()
    expect(bob.told.filter((told) => told.startsWith('failed'))).toEqual([
      'failed: spoke on a lane before it was proven',
    ])
  })

  it('[L7] carry a block where it is through soonest: on a new lane before behind what an old one has on its way', async () => {
    await pair.start()
    alice.window(0).rate = 100_000
    for (const { alice: end } of channels) end.hold()
    alice.link.sendBlock(1, blockOf(1000, 1))
    pair.addLane(1)
    pair.proveLane(1)
    await settle()
    alice.window(1).sizeBytes = 5000
    alice.link.sendBlock(2, blockOf(4000, 2))
    expect(alice.window(1).inFlightBytes).toBeGreaterThan(4000)
    alice.window(1).rate = 10_000
    alice.link.sendBlock(3, blockOf(1000, 3))
    expect(alice.window(0).inFlightBytes).toBeGreaterThan(2000)
  })

  it('[L7] take only their own blocks with them', async () => {
    await pair.start()
    pair.addLane(1)
    pair.proveLane(1)
    await settle()
    for (const { alice: end } of channels) end.hold()
    alice.window(0).sizeBytes = 50_000
    alice.link.sendBlock(1, blockOf(60_000, 1))
    alice.link.sendBlock(2, blockOf(60_000, 2))
    alice.link.sendBlock(3, blockOf(60_000, 3))
    alice.window(0).sizeBytes = 500_000
    channels[1]?.alice.close()
    await settle()
    channels[0]?.alice.letGo()
    await settle()
    const lost = alice.told.filter((told) => told.startsWith('lost'))
    expect(lost.length).toBeGreaterThan(0)
    expect(bob.messages).toHaveLength(3 - lost.length)
    expect(alice.window(1).isClosed).toBe(true)
    expect(alice.told.some((told) => told.startsWith('failed'))).toBe(false)
  })
})
