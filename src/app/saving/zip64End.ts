import { concatBytes } from '../../shared/bytes.ts'

// client-zip 2.5.1 writes the Zip64 end of a zip for large files, but not for many: readers that count entries stop at
// 65,535 or call the zip damaged. This adds it (APPNOTE 4.3.14 and 4.3.15).

const recordBytes = 56
const locatorBytes = 20
export const zip64EndBytes = recordBytes + locatorBytes

/** What an ordinary end of a zip can count, and what an ordinary field for a size or an offset can hold. */
const countMax = 0xffff
const sizeMaxBytes = 0xffffffff
/** A file's headers in front of the central directory, its name left out. */
const headersBytes = 46

/** Whether there are many files, and none so large nor all so long that client-zip has seen to it. */
export function needsZip64End(files: readonly { readonly name: string; readonly size: number }[]): boolean {
  const encoder = new TextEncoder()
  const directoryAt = files.reduce(
    (at, { name, size }) => at + headersBytes + encoder.encode(name).length + size,
    0,
  )
  return (
    files.length >= countMax && directoryAt < sizeMaxBytes && files.every(({ size }) => size < sizeMaxBytes)
  )
}

/** Puts the Zip64 end before the ordinary one, which is the last chunk of client-zip's stream. */
export function withZip64End(
  zip: ReadableStream<Uint8Array>,
  entryCount: number,
): ReadableStream<Uint8Array> {
  let last: Uint8Array | null = null
  return zip.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (last !== null) controller.enqueue(last)
        last = chunk
      },
      flush(controller) {
        if (last !== null) controller.enqueue(concatBytes([zip64End(last, entryCount), last]))
      },
    }),
  )
}

function zip64End(end: Uint8Array, entryCount: number): Uint8Array {
  const ordinary = new DataView(end.buffer, end.byteOffset)
  const directoryBytes = ordinary.getUint32(12, true)
  const directoryAt = ordinary.getUint32(16, true)
  const view = new DataView(new ArrayBuffer(zip64EndBytes))
  const version = 45
  view.setUint32(0, 0x06064b50, true)
  view.setBigUint64(4, BigInt(recordBytes - 12), true)
  view.setUint16(12, version, true)
  view.setUint16(14, version, true)
  view.setBigUint64(24, BigInt(entryCount), true)
  view.setBigUint64(32, BigInt(entryCount), true)
  view.setBigUint64(40, BigInt(directoryBytes), true)
  view.setBigUint64(48, BigInt(directoryAt), true)
  view.setUint32(recordBytes, 0x07064b50, true)
  view.setBigUint64(recordBytes + 8, BigInt(directoryAt + directoryBytes), true)
  view.setUint32(recordBytes + 16, 1, true)
  return new Uint8Array(view.buffer)
}
