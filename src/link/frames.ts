import type { Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/result.ts'

/*
 * One message of a bulk channel: a byte that says what it is, numbers (unsigned 32-bit, big-endian), and bytes.
 *
 *   1 message     bytes: a part of an ordered message, and more follows. Lane 0 only, as the next
 *   2 messageEnd  bytes: the last or only part
 *   3 block       id, offset of the bytes in the block's message, length of that, bytes
 *   4 echo        bytes that arrived on this lane since the last echo, when the newest did, how long the echo was held back:
 *                 both in tenths of a millisecond, by the clock of who echoes
 *   5 listens     lane: whoever says so listens on that further lane. Lane 0 only
 *   6 rider       a byte: how long the frame is that follows, 2 or 4; and behind that another rider or a block, which saves a packet
 */
const kinds = { message: 1, messageEnd: 2, block: 3, echo: 4, listens: 5, rider: 6 } as const
const numberBytes = 4

export const messageHeaderBytes = 1
export const blockHeaderBytes = 1 + 3 * numberBytes
const riderHeaderBytes = 2
const echoBytes = 1 + 3 * numberBytes
const listensBytes = 1 + numberBytes
/** Room that a block needs before its bytes, so that it is sent, with riders, from where it was read. */
export const blockHeadroomBytes =
  blockHeaderBytes +
  (riderHeaderBytes + echoBytes) +
  limits.ridersMax * (riderHeaderBytes + messageHeaderBytes) +
  limits.ridersMaxBytes
const ticksPerMs = 10

export type Frame =
  | { readonly type: 'message'; readonly isLast: boolean; readonly bytes: Bytes }
  | {
      readonly type: 'block'
      readonly id: number
      readonly offsetBytes: number
      readonly totalBytes: number
      readonly bytes: Bytes
    }
  | EchoFrame
  | { readonly type: 'listens'; readonly lane: number }

export interface EchoFrame {
  readonly type: 'echo'
  readonly arrivedBytes: number
  /** By the clock of who echoes, modulo 2^32 tenths. */
  readonly arrivedAtMs: number
  readonly heldMs: number
}

/** A message's part with its header, copied. */
export function messageFrame(bytes: Bytes, isLast: boolean): Bytes {
  const frame = new Uint8Array(messageHeaderBytes + bytes.length)
  frame[0] = isLast ? kinds.messageEnd : kinds.message
  frame.set(bytes, messageHeaderBytes)
  return frame
}

/**
 * The part of a block's message from `offsetBytes` to `endBytes` as a frame, nothing of it copied: its header, and in front of that the
 * riders (of at most `ridersMaxBytes` and an echo), are written over the bytes before it, which are headroom or have been sent.
 */
export function blockFrame(
  id: number,
  bytes: Bytes,
  offsetBytes: number,
  endBytes: number,
  riders: readonly Bytes[],
): Bytes {
  const start = bytes.byteOffset + offsetBytes - blockHeaderBytes
  const frame = new Uint8Array(bytes.buffer, start, blockHeaderBytes + endBytes - offsetBytes)
  frame[0] = kinds.block
  writeNumbers(frame, [id, offsetBytes, bytes.length])
  return riders.length === 0 ? frame : withRiders(frame, riders)
}

function withRiders(frame: Bytes, riders: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(
    frame.buffer,
    frame.byteOffset - ridersBytes(riders),
    ridersBytes(riders) + frame.length,
  )
  let at = 0
  for (const rider of riders) {
    whole[at] = kinds.rider
    whole[at + 1] = rider.length
    whole.set(rider, at + riderHeaderBytes)
    at += riderHeaderBytes + rider.length
  }
  return whole
}

/** What so many frames take in front of a block. */
export const ridersBytes = (riders: readonly Bytes[]): number =>
  riders.reduce((sum, { length }) => sum + riderHeaderBytes + length, 0)

export function echoFrame(arrivedBytes: number, arrivedAtMs: number, heldMs: number): Bytes {
  const frame = new Uint8Array(echoBytes)
  frame[0] = kinds.echo
  writeNumbers(frame, [arrivedBytes, Math.round(arrivedAtMs * ticksPerMs), Math.round(heldMs * ticksPerMs)])
  return frame
}

export function listensFrame(lane: number): Bytes {
  const frame = new Uint8Array(listensBytes)
  frame[0] = kinds.listens
  writeNumbers(frame, [lane])
  return frame
}

/** Takes any bytes. What comes back, one frame and those that ride on it, is well formed; its bytes share the message's buffer. */
export function parseFrames(message: Bytes): Result<Frame[], string> {
  const frames: Frame[] = []
  let rest = message
  while (rest[0] === kinds.rider) {
    const endBytes = riderHeaderBytes + (rest[1] ?? 0)
    const rider = parseFrame(rest.subarray(riderHeaderBytes, endBytes))
    if (!rider.ok) return rider
    if (frames.length > limits.ridersMax || !isRider(rider.value)) return fail('what must not ride')
    frames.push(rider.value)
    rest = rest.subarray(endBytes)
  }
  const last = parseFrame(rest)
  if (!last.ok) return last
  if (frames.length > 0 && last.value.type !== 'block') return fail('riders without a block')
  return ok([...frames, last.value])
}

const isRider = (frame: Frame): boolean => frame.type === 'echo' || (frame.type === 'message' && frame.isLast)

function parseFrame(frame: Bytes): Result<Frame, string> {
  if (frame.length > messageHeaderBytes + limits.messageSizeMaxBytes + blockHeaderBytes)
    return fail('a frame above the limit')
  switch (frame[0]) {
    case kinds.message:
    case kinds.messageEnd: {
      const bytes = frame.subarray(messageHeaderBytes)
      return ok({ type: 'message', isLast: frame[0] === kinds.messageEnd, bytes })
    }
    case kinds.block:
      return parseBlock(frame)
    case kinds.echo: {
      if (frame.length !== echoBytes) return fail('an echo of another length')
      const [arrivedBytes, arrivedAt, held] = [numberAt(frame, 0), numberAt(frame, 1), numberAt(frame, 2)]
      return ok({
        type: 'echo',
        arrivedBytes,
        arrivedAtMs: arrivedAt / ticksPerMs,
        heldMs: held / ticksPerMs,
      })
    }
    case kinds.listens:
      if (frame.length !== listensBytes) return fail('a lane of another length')
      return ok({ type: 'listens', lane: numberAt(frame, 0) })
    default:
      return fail('a frame of no kind')
  }
}

function parseBlock(frame: Bytes): Result<Frame, string> {
  if (frame.length <= blockHeaderBytes) return fail('a part of a block without bytes')
  const [id, offsetBytes, totalBytes] = [numberAt(frame, 0), numberAt(frame, 1), numberAt(frame, 2)]
  const bytes = frame.subarray(blockHeaderBytes)
  if (totalBytes > limits.messageSizeMaxBytes) return fail('a block above the limit')
  if (offsetBytes + bytes.length > totalBytes) return fail('a part beyond its block')
  return ok({ type: 'block', id, offsetBytes, totalBytes, bytes })
}

function writeNumbers(frame: Bytes, numbers: readonly number[]): void {
  const view = new DataView(frame.buffer, frame.byteOffset)
  for (const [at, number] of numbers.entries()) view.setUint32(1 + at * numberBytes, number)
}

const numberAt = (frame: Bytes, at: number): number =>
  new DataView(frame.buffer, frame.byteOffset).getUint32(1 + at * numberBytes)
