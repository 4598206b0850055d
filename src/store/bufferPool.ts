import type { Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'

/**
 * Memory used again and again: where memory is fresh, browser and system first have to lay it out, which costs more than filling it
 * (of the worker of one who sends, half of all time; measured). What is taken holds whatever was in it: fill all of it.
 */
export class BufferPool {
  readonly #free: ArrayBuffer[] = []
  #freeBytes = 0

  take(lengthBytes: number): Bytes {
    const at = this.#free.findLastIndex(({ byteLength }) => byteLength === lengthBytes)
    const [found] = at < 0 ? [] : this.#free.splice(at, 1)
    if (found === undefined) return new Uint8Array(lengthBytes)
    this.#freeBytes -= lengthBytes
    return new Uint8Array(found)
  }

  /** Nobody reads or writes any view of this memory from now on but who takes it next. */
  giveBack({ buffer }: Bytes): void {
    // One that was handed on to another thread has no bytes any more.
    if (buffer.byteLength === 0) return
    this.#free.push(buffer)
    this.#freeBytes += buffer.byteLength
    while (this.#freeBytes > limits.poolMaxBytes) this.#freeBytes -= this.#free.shift()?.byteLength ?? 0
  }
}
