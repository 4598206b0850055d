import { concatBytes, type Bytes } from '../../src/shared/bytes.ts'

/** Messages one after the other as one input, each with two bytes before it that say how long it is. */
export const inRow = (messages: readonly Bytes[]): Bytes =>
  concatBytes(
    messages.flatMap((message) => {
      const part = message.subarray(0, 0xffff)
      return [Uint8Array.of(part.length >> 8, part.length & 0xff), part]
    }),
  )

/** The messages of such an input; the last may be cut short. */
export function messagesIn(row: Bytes): Bytes[] {
  const messages: Bytes[] = []
  for (let at = 0; at + 2 <= row.length;) {
    const end = at + 2 + (((row[at] ?? 0) << 8) | (row[at + 1] ?? 0))
    messages.push(row.slice(at + 2, end))
    at = end
  }
  return messages
}
