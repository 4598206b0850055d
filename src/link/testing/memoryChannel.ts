import type { Bytes } from '../../shared/bytes.ts'
import type { BulkChannel } from '../bulkChannel.ts'

/** Where Chromium gives a data channel up. */
const bufferedMaxBytes = 16 * 1024 * 1024

/** A bulk channel inside the process: one message a microtask, in order. Can be held, and cut off. */
export class MemoryChannel implements BulkChannel {
  binaryType = 'arraybuffer'
  readyState: BulkChannel['readyState'] = 'connecting'
  bufferedAmount = 0
  onopen: BulkChannel['onopen'] = null
  onmessage: BulkChannel['onmessage'] = null
  onclose: BulkChannel['onclose'] = null
  #other: MemoryChannel | null = null
  readonly #outbox: ArrayBuffer[] = []
  #held = false
  #carrying = false

  /** Opens both ends. */
  meet(other: MemoryChannel | undefined): void {
    if (!other) return
    for (const [end, to] of [
      [this, other],
      [other, this],
    ] as const) {
      end.#other = to
      end.readyState = 'open'
      queueMicrotask(() => end.onopen?.(new Event('open')))
    }
  }

  send(bytes: Bytes): void {
    if (this.readyState !== 'open') throw new DOMException('not open', 'InvalidStateError')
    if (this.bufferedAmount + bytes.length > bufferedMaxBytes) {
      throw new DOMException('send queue is full', 'OperationError')
    }
    this.#outbox.push(bytes.slice().buffer)
    this.bufferedAmount += bytes.length
    this.#carryLater()
  }

  /** Closes both ends; what was on its way is lost. */
  close(): void {
    this.#close()
    if (this.#other) this.#other.#close()
  }

  /** Keeps what it has to send until it is let go. */
  hold(): void {
    this.#held = true
  }

  letGo(): void {
    this.#held = false
    this.#carryLater()
  }

  #close(): void {
    if (this.readyState === 'closed') return
    this.readyState = 'closed'
    this.#outbox.length = 0
    queueMicrotask(() => this.onclose?.(new Event('close')))
  }

  #carryLater(): void {
    if (this.#carrying || this.#held) return
    this.#carrying = true
    queueMicrotask(() => {
      this.#carrying = false
      this.#carryOne()
    })
  }

  #carryOne(): void {
    if (this.#held || this.readyState !== 'open') return
    const data = this.#outbox.shift()
    if (!data) return
    this.bufferedAmount -= data.byteLength
    this.#carryLater()
    this.#other?.onmessage?.(new MessageEvent('message', { data }))
  }
}
