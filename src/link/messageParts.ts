import { concatBytes, type Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/result.ts'

/**
 * What a browser takes in one data channel message is its own affair: it says so in `a=max-message-size`, and where that is
 * missing it is 64 KiB (RFC 8841, section 6.1), a little less than our largest. So a message that is too large for the other
 * side goes in parts, and before each part but the last goes this text.
 */
export const moreFollows = 'more'

/** The size that a description without `a=max-message-size` stands for. */
export const messageSizeByDefaultBytes = 64 * 1024

/** Bytes that the giver of a description takes in one message, as a browser reads it: 0 stands for any size, here Infinity. */
export function messageMaxIn(sdp: string): number {
  const digits = /^a=max-message-size:(\d{1,16})\s*$/m.exec(sdp)?.[1]
  return digits === undefined ? messageSizeByDefaultBytes : Number(digits) || Infinity
}

/** Views of the bytes, in order, none longer than `partMaxBytes`. */
export function partsOf(bytes: Bytes, partMaxBytes: number): Bytes[] {
  const count = Math.max(1, Math.ceil(bytes.length / partMaxBytes))
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * partMaxBytes, (at + 1) * partMaxBytes))
}

/** Puts the parts of the other side's messages together again; holds no more than one message. */
export class PartJoiner {
  readonly #partMinBytes: number
  #parts: Bytes[] = []
  #partsBytes = 0
  #isMoreAnnounced = false

  /** No part but the last is smaller than so much, of at least 1. */
  constructor(partMinBytes: number) {
    this.#partMinBytes = partMinBytes
  }

  moreAnnounced(): void {
    this.#isMoreAnnounced = true
  }

  /** The message that is now complete, null when more of it follows, a fault in words for what no honest side sends. */
  take(bytes: Bytes): Result<Bytes | null, string> {
    this.#partsBytes += bytes.length
    if (this.#partsBytes > limits.messageSizeMaxBytes) return fail('a message above the limit')
    if (this.#isMoreAnnounced) {
      if (bytes.length < this.#partMinBytes) return fail('a part too small to be one')
      this.#isMoreAnnounced = false
      this.#parts.push(bytes)
      return ok(null)
    }
    const parts = this.#parts
    this.#partsBytes = 0
    if (parts.length === 0) return ok(bytes)
    this.#parts = []
    return ok(concatBytes([...parts, bytes]))
  }
}
