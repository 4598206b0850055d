import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { ok, type Result } from '../shared/result.ts'
import {
  blockFrame,
  blockHeadroomBytes,
  blockHeaderBytes,
  echoFrame,
  listensFrame,
  messageFrame,
  parseFrames,
  ridersBytes,
  type Frame,
} from './frames.ts'

/** The one frame of a message. */
const parseFrame = (message: Bytes): Result<Frame | undefined, string> => {
  const frames = parseFrames(message)
  return frames.ok ? ok(frames.value.length === 1 ? frames.value[0] : undefined) : frames
}

const rider = (frame: Bytes): number[] => [6, frame.length, ...frame]

describe('frames', () => {
  it('[L8] say what they carry', () => {
    const bytes = Uint8Array.of(1, 2, 3)
    expect(parseFrame(messageFrame(bytes, false))).toEqual({
      ok: true,
      value: { type: 'message', isLast: false, bytes },
    })
    expect(parseFrame(messageFrame(bytes, true))).toMatchObject({ value: { isLast: true, bytes } })
    expect(parseFrame(listensFrame(7))).toEqual({ ok: true, value: { type: 'listens', lane: 7 } })
    expect(parseFrame(echoFrame(70_000, 1234.56, 3))).toEqual({
      ok: true,
      value: { type: 'echo', arrivedBytes: 70_000, arrivedAtMs: 1234.6, heldMs: 3 },
    })
  })

  it('[L8] carry a block in parts without copying it: each header lies over what went before', () => {
    const buffer = new Uint8Array(blockHeaderBytes + 5)
    const block = buffer.subarray(blockHeaderBytes)
    block.set([1, 2, 3, 4, 5])
    const first = blockFrame(9, block, 0, 3, [])
    expect(first.buffer).toBe(buffer.buffer)
    expect(parseFrame(first.slice())).toMatchObject({
      value: { type: 'block', id: 9, offsetBytes: 0, totalBytes: 5, bytes: Uint8Array.of(1, 2, 3) },
    })
    expect(
      parseFrame(blockFrame(9, new Uint8Array(buffer.buffer.slice(0), blockHeaderBytes), 3, 5, []).slice()),
    ).toMatchObject({
      ok: true,
      value: { offsetBytes: 3, bytes: Uint8Array.of(4, 5) },
    })
  })

  it('[L8] ride on a part of a block, written into the room before it', () => {
    const message = new Uint8Array(limits.ridersMaxBytes / limits.ridersMax).fill(8)
    const riders = [echoFrame(5000, 70, 2), messageFrame(message, true), messageFrame(message, true)]
    const block = new Uint8Array(blockHeadroomBytes + 3).fill(4).subarray(blockHeadroomBytes)
    const whole = blockFrame(9, block, 0, 3, riders)
    expect(whole).toHaveLength(ridersBytes(riders) + blockHeaderBytes + 3)
    expect(whole.buffer).toBe(block.buffer)
    expect(parseFrames(whole)).toMatchObject({
      ok: true,
      value: [
        { type: 'echo', arrivedBytes: 5000, heldMs: 2 },
        { type: 'message', isLast: true, bytes: message },
        { type: 'message', isLast: true, bytes: message },
        { type: 'block', id: 9, bytes: Uint8Array.of(4, 4, 4) },
      ],
    })
  })

  it('[L9] that must not ride are refused, and those that ride on nothing', () => {
    const block = blockFrame(9, new Uint8Array(blockHeadroomBytes + 3).subarray(blockHeadroomBytes), 0, 3, [])
    const echo = rider(echoFrame(1, 1, 1))
    expect(parseFrames(Uint8Array.from([...echo, ...block])).ok).toBe(true)
    const refused = [
      echo,
      [...echo, ...messageFrame(Uint8Array.of(1), true)],
      [...rider(listensFrame(3)), ...block],
      [...rider(messageFrame(Uint8Array.of(1), false)), ...block],
      [...rider(block), ...block],
      [...rider(Uint8Array.from(echo)), ...block],
      [6, 0, ...block],
      [6, 255, ...block],
      [...Array.from({ length: limits.ridersMax + 2 }, () => echo).flat(), ...block],
    ]
    for (const bytes of refused) expect(parseFrames(Uint8Array.from(bytes)).ok).toBe(false)
  })

  it('[L9] that no honest side sends are refused, whatever they are', () => {
    const refused = [
      new Uint8Array(0),
      Uint8Array.of(77),
      echoFrame(1, 1, 1).slice(0, -1),
      listensFrame(1).slice(1),
      new Uint8Array(limits.messageSizeMaxBytes + 100),
      // A part that ends beyond its block, one without bytes, a block above the limit.
      blockFrame(1, new Uint8Array(new ArrayBuffer(100), 50, 3), 0, 3, []).slice(0, blockHeaderBytes),
      blockFrame(
        1,
        new Uint8Array(new ArrayBuffer(200_000), 50, limits.messageSizeMaxBytes + 1),
        0,
        3,
        [],
      ).slice(),
    ]
    for (const bytes of refused) expect(parseFrame(bytes).ok).toBe(false)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const parsed = parseFrame(Uint8Array.from(bytes))
        if (!parsed.ok || parsed.value?.type !== 'block') return
        const { offsetBytes, totalBytes, bytes: part } = parsed.value
        expect(offsetBytes + part.length).toBeLessThanOrEqual(totalBytes)
        expect(totalBytes).toBeLessThanOrEqual(limits.messageSizeMaxBytes)
      }),
    )
  })
})
