import type { Bytes } from '../shared/bytes.ts'

/**
 * The part of an RTCDataChannel that bulk goes through (negotiated, id 1, reliable, ordered), wherever its owner is: on the page or,
 * handed over, in a worker. In tests a twin in memory.
 */
export interface BulkChannel {
  binaryType: string
  readonly readyState: 'connecting' | 'open' | 'closing' | 'closed'
  readonly bufferedAmount: number
  onopen: ((event: Event) => void) | null
  onmessage: ((event: MessageEvent) => void) | null
  /** An error is followed by this. */
  onclose: ((event: Event) => void) | null
  /** Copies the bytes before it returns. */
  send(bytes: Bytes): void
  close(): void
}
