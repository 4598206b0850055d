import { beforeEach, describe, expect, it } from 'vitest'
import type { Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import type { MemoryClock } from '../shared/testing/memoryClock.ts'
import {
  blockFrame,
  blockHeaderBytes,
  blockHeadroomBytes,
  echoFrame,
  listensFrame,
  messageFrame,
} from './frames.ts'
import { blockOf, BulkPair, settle, type BulkEnd } from './testing/bulkPair.ts'

let pair: BulkPair
let clock: MemoryClock
let alice: BulkEnd
let bob: BulkEnd
let channels: BulkPair['channels']

beforeEach(() => {
  pair = new BulkPair()
  ;({ clock, alice, bob, channels } = pair)
})

describe('the bulk part of a link', () => {
  it('[L6] says when it listens, and sends nothing before the other side does', async () => {
    alice.link.send(Uint8Array.of(1))
    expect(alice.link.roomBytes).toBe(0)
    await settle()
    expect(alice.told).toEqual(['listening'])
    expect(bob.messages).toEqual([])
    alice.link.start(256 * 1024)
    await settle()
    expect(bob.messages).toEqual([Uint8Array.of(1)])
    // Whoever hears something knows that the other side listens.
    expect(bob.count('started')).toBe(1)
    expect(alice.link.roomBytes).toBeGreaterThan(0)
  })

  it('[L8] tells now and then that a block is coming in parts', async () => {
    await pair.start()
    alice.window(0).messageMaxBytes = 4096
    alice.window(0).sizeBytes = Infinity
    alice.link.sendBlock(1, blockOf(60_000, 1))
    await settle()
    expect(bob.count('coming')).toBe(1)
    clock.advanceTo(clock.now() + limits.comingToldMs)
    alice.link.sendBlock(2, blockOf(60_000, 2))
    await settle()
    expect(bob.count('coming')).toBe(2)
    expect(bob.messages).toHaveLength(2)
  })

  it('[L8] carries messages in order and blocks whole, in parts as small as the window wants', async () => {
    await pair.start()
    alice.window(0).messageMaxBytes = 5000
    const messages = [1, 20_000, 3].map((length) => new Uint8Array(length).fill(length % 251))
    alice.link.sendBlock(7, blockOf(65_000, 9))
    for (const message of messages) alice.link.send(message)
    await settle()
    const blocks = bob.messages.filter((message) => message.length === 65_000)
    expect(bob.messages.filter((message) => message.length !== 65_000)).toEqual(messages)
    expect(blocks).toEqual([new Uint8Array(65_000).fill(9)])
    expect(alice.told).toContain('arrived 7')
    clock.advanceTo(1000)
    await settle()
    expect(alice.window(0).inFlightBytes).toBe(0)
  })

  it('[L8] hands a block of one frame on as it came', async () => {
    await pair.start()
    let seen: ArrayBuffer | null = null
    const onmessage = channels[0]?.bob.onmessage
    if (!channels[0] || !onmessage) throw new Error('bob listens')
    channels[0].bob.onmessage = (event) => {
      seen = event.data as ArrayBuffer
      onmessage(event)
    }
    alice.link.sendBlock(1, blockOf(64 * 1024 + 25, 3))
    await settle()
    expect(bob.messages[0]?.buffer).toBe(seen)
  })

  it('[L8] echoes every second message at once, a lone one soon', async () => {
    await pair.start()
    const message = new Uint8Array(limits.echoSmallMaxBytes)
    const frameBytes = message.length + 1
    for (let count = 0; count < 4; count++) alice.link.send(message)
    await settle()
    const { echoes } = alice.window(0)
    // The first at once, as nothing was echoed lately; then two in one.
    expect(echoes.map(({ arrivedBytes }) => arrivedBytes)).toEqual([frameBytes, 2 * frameBytes])
    clock.advanceTo(limits.echoHeldMaxMs)
    await settle()
    expect(echoes.map(({ arrivedBytes }) => arrivedBytes)).toEqual([frameBytes, 2 * frameBytes, frameBytes])
    // What the other side held back is no part of the round trip.
    expect(echoes[2]?.roundTripMs).toBe(0)
  })

  it('[L8] lets an echo ride on a block that waits for room, or go alone when it has waited a little', async () => {
    await pair.start()
    const block = blockOf(20_000, 1)
    bob.window(0).sizeBytes = 0
    bob.link.sendBlock(1, blockOf(2000, 2))
    alice.link.sendBlock(1, block)
    await settle()
    const { echoes } = alice.window(0)
    expect(echoes).toEqual([])
    clock.advanceTo(clock.now() + 5)
    bob.window(0).sizeBytes = 100_000
    bob.link.look()
    await settle()
    expect(alice.messages).toHaveLength(1)
    expect(echoes.map(({ arrivedBytes }) => arrivedBytes)).toEqual([20_000 + blockHeaderBytes])
    expect(echoes[0]?.roundTripMs).toBe(0)
    bob.window(0).sizeBytes = 0
    bob.link.sendBlock(2, blockOf(2000, 2))
    alice.link.sendBlock(2, blockOf(20_000, 1))
    await settle()
    expect(echoes).toHaveLength(1)
    clock.advanceTo(clock.now() + limits.echoRideMaxMs)
    await settle()
    expect(echoes).toHaveLength(2)
  })

  it('[L8] lets few bytes of messages ride on a block, in their order, and waits no longer for it than a little', async () => {
    await pair.start()
    const frames: number[] = []
    const onmessage = channels[0]?.bob.onmessage
    if (!channels[0] || !onmessage) throw new Error('bob listens')
    channels[0].bob.onmessage = (event) => {
      frames.push((event.data as ArrayBuffer).byteLength)
      onmessage(event)
    }
    alice.window(0).sizeBytes = 0
    alice.link.sendBlock(1, blockOf(2000, 9))
    alice.link.send(Uint8Array.of(1))
    alice.link.send(Uint8Array.of(2))
    await settle()
    expect(frames).toEqual([])
    alice.window(0).sizeBytes = 100_000
    alice.link.look()
    await settle()
    expect(frames).toHaveLength(1)
    expect(bob.messages.map(([first]) => first)).toEqual([1, 2, 9])
    alice.window(0).sizeBytes = 0
    alice.link.sendBlock(2, blockOf(2000, 9))
    alice.link.send(Uint8Array.of(3))
    clock.advanceTo(clock.now() + limits.messageRideMaxMs)
    await settle()
    expect(bob.messages.map(([first]) => first)).toEqual([1, 2, 9, 3])
    // More than fits goes at once, and what waits before it.
    alice.link.send(Uint8Array.of(4))
    alice.link.send(new Uint8Array(limits.ridersMaxBytes + 1).fill(5))
    await settle()
    expect(bob.messages.map(([first]) => first)).toEqual([1, 2, 9, 3, 4, 5])
  })

  it('[L8] echoes small messages with the next that is not, or after a while', async () => {
    await pair.start()
    const small = Uint8Array.of(1)
    const large = new Uint8Array(limits.echoSmallMaxBytes)
    for (const message of [small, small, large]) alice.link.send(message)
    await settle()
    const { echoes } = alice.window(0)
    expect(echoes.map(({ arrivedBytes }) => arrivedBytes)).toEqual([2 * 2 + large.length + 1])
    for (const message of [small, small, small]) alice.link.send(message)
    await settle()
    clock.advanceTo(limits.echoSmallHeldMaxMs - 1)
    await settle()
    expect(echoes).toHaveLength(1)
    clock.advanceTo(limits.echoSmallHeldMaxMs)
    await settle()
    expect(echoes.map(({ arrivedBytes }) => arrivedBytes)).toEqual([2 * 2 + large.length + 1, 3 * 2])
  })

  it('[L8] keeps blocks inside the window, and lets messages through beyond it', async () => {
    await pair.start()
    channels[0]?.alice.hold()
    alice.window(0).sizeBytes = 100_000
    alice.link.sendBlock(1, blockOf(60_000, 1))
    alice.link.sendBlock(2, blockOf(60_000, 2))
    alice.link.sendBlock(3, blockOf(60_000, 3))
    expect(alice.window(0).inFlightBytes).toBeLessThan(121_000)
    expect(alice.link.roomBytes).toBe(0)
    alice.window(0).sizeBytes = alice.window(0).inFlightBytes - 1000
    alice.link.send(Uint8Array.of(5))
    channels[0]?.alice.letGo()
    await settle()
    expect(bob.messages.map(({ length }) => length)).toEqual([60_000, 60_000, 1, 60_000])
    expect(alice.told).toContain('room')
  })

  it('[L8] says when too many messages wait, and when they are gone', async () => {
    await pair.start()
    channels[0]?.alice.hold()
    for (let sentBytes = 0; sentBytes <= 1.5 * limits.linkBacklogMaxBytes; sentBytes += 60_000)
      alice.link.send(new Uint8Array(60_000))
    expect(alice.count('full')).toBe(1)
    channels[0]?.alice.letGo()
    for (let turn = 0; turn < 50; turn++) {
      await settle()
      clock.advanceTo(clock.now() + limits.echoHeldMaxMs)
    }
    expect(alice.count('drained')).toBe(1)
  })

  it('looks again by itself where only time makes room', async () => {
    await pair.start()
    alice.window(0).sizeBytes = -limits.messagesBeyondWindowBytes
    alice.link.send(Uint8Array.of(1))
    await settle()
    expect(bob.messages).toEqual([])
    alice.window(0).sizeBytes = 100
    clock.advanceTo(limits.roomLookMs)
    await settle()
    expect(bob.messages).toHaveLength(1)
  })
})

const block = (id: number, from: number, to: number, total: number): Bytes =>
  blockFrame(
    id,
    new Uint8Array(blockHeadroomBytes + total).subarray(blockHeadroomBytes),
    from,
    to,
    [],
  ).slice()

describe('what no honest side sends on a bulk channel', () => {
  it.each<[string, Bytes[]]>([
    ['an echo of what was not sent', [echoFrame(10, 0, 0)]],
    ['an echo of nothing', [echoFrame(0, 0, 0)]],
    ['a frame of no kind', [Uint8Array.of(99)]],
    ['a block that begins in the middle', [block(1, 10, 20, 30)]],
    ['a block inside another', [block(1, 0, 10, 30), block(2, 0, 10, 30)]],
    ['a part twice', [block(1, 0, 10, 30), block(1, 0, 10, 30)]],
    ['an empty part of a message', [messageFrame(new Uint8Array(0), false)]],
    ['a message without end', [1, 2].map(() => messageFrame(new Uint8Array(40_000), false))],
    [
      'lanes without end',
      Array.from({ length: limits.lanesOpenedByOtherMax + 1 }, (_, at) => listensFrame(at + 1)),
    ],
  ])('[L9] %s ends the link', async (_, frames) => {
    await pair.start()
    for (const frame of frames) channels[0]?.alice.send(frame)
    await settle()
    expect(bob.told.filter((told) => told.startsWith('failed'))).toHaveLength(1)
  })

  it('[L9] a message on a further lane, and text, end the link', async () => {
    await pair.start()
    pair.addLane(1)
    pair.proveLane(1)
    await settle()
    channels[1]?.alice.send(messageFrame(Uint8Array.of(1), true))
    await settle()
    expect(bob.told.filter((told) => told.startsWith('failed'))).toHaveLength(1)
    channels[0]?.alice.onmessage?.(new MessageEvent('message', { data: 'text' }))
    expect(alice.told.filter((told) => told.startsWith('failed'))).toHaveLength(1)
  })
})
