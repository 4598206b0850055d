import type { Bytes } from '../shared/bytes.ts'
import type { Geometry } from '../shared/geometry.ts'
import { limits } from '../shared/limits.ts'
import type { SpanCache } from './spanCache.ts'

/** A share's bytes read where they lie: files of this device, one after the other. */
export interface AttachedFiles {
  readonly sizeBytes: number
  /** Fills `into` with part of one piece, for a peer. Rejects as the browser does when a file is gone or changed. */
  read(fromBytes: number, into: Bytes): Promise<void>
  /** A whole piece, for hashing: reads ahead, since hashing goes in order. A view of bytes that must not be changed. */
  readAhead(fromBytes: number, toBytes: number): Promise<Bytes>
  /** The bytes as a reference, nothing read. */
  blob(fromBytes: number, toBytes: number): Blob
}

/** `name` is the files' own in the cache, which all shares use together. */
export function attachFiles(
  files: readonly File[],
  geometry: Geometry,
  cache: SpanCache,
  name: string,
): AttachedFiles {
  const ends = endsOf(files)
  const sizeBytes = ends[files.length - 1] ?? 0
  const narrowBytes = Math.min(geometry.pieceSizeBytes, limits.attachedSpanMaxBytes)
  const wideBytes = limits.attachedReadAheadBytes

  function blob(fromBytes: number, toBytes: number): Blob {
    const parts: Blob[] = []
    for (let at = firstEndAfter(ends, fromBytes); at < files.length; at++) {
      const file = files[at]
      const start = (ends[at] ?? 0) - (file?.size ?? 0)
      if (file === undefined || start >= toBytes) break
      const isWhole = fromBytes <= start && toBytes >= start + file.size
      // Each slice costs the browser a message, and a piece may span thousands of files.
      parts.push(isWhole ? file : file.slice(Math.max(0, fromBytes - start), toBytes - start))
    }
    const [only] = parts
    return only !== undefined && parts.length === 1 ? only : new Blob(parts)
  }

  const spanKey = (at: number, spanBytes: number): string => `${name} ${spanBytes} ${at}`

  /** The aligned span around `fromBytes`; a piece size is a power of two, so no span ends inside a piece it holds. */
  async function span(fromBytes: number, spanBytes: number): Promise<{ bytes: Bytes; fromBytes: number }> {
    const at = Math.floor(fromBytes / spanBytes)
    return { bytes: await readSpan(at, spanBytes), fromBytes: at * spanBytes }
  }

  function readSpan(at: number, spanBytes: number): Promise<Bytes> {
    const start = at * spanBytes
    const end = Math.min(sizeBytes, start + spanBytes)
    return cache.get(spanKey(at, spanBytes), end - start, () => readWhole(blob(start, end)))
  }

  /** Of a run the next span is read while this one is sent: where a read takes long, the link would stand still for it. */
  function readOn(fromBytes: number): void {
    const next = Math.floor(fromBytes / limits.attachedSpanMaxBytes) + 1
    // What fails is forgotten, and fails again for whoever needs it.
    if (next * limits.attachedSpanMaxBytes < sizeBytes) void readSpan(next, limits.attachedSpanMaxBytes)
  }

  const isHere = (atBytes: number, spanBytes: number): boolean =>
    cache.has(spanKey(Math.floor(atBytes / spanBytes), spanBytes))

  /** A reader that goes on where it was just reading will go on for a while: more is read at once for it. */
  function isRun(fromBytes: number): boolean {
    const runBytes = limits.attachedSpanMaxBytes
    return (
      isHere(fromBytes - narrowBytes, narrowBytes) ||
      isHere(fromBytes - narrowBytes, runBytes) ||
      (narrowBytes < runBytes && isHere(fromBytes, runBytes))
    )
  }

  return {
    sizeBytes,
    blob,
    async readAhead(fromBytes, toBytes) {
      const { bytes, fromBytes: start } = await span(fromBytes, wideBytes)
      return bytes.subarray(fromBytes - start, toBytes - start)
    },
    async read(fromBytes, into) {
      const toBytes = fromBytes + into.length
      const isWide = isHere(fromBytes, wideBytes)
      const goesOn = !isWide && isRun(fromBytes)
      const spanBytes = isWide ? wideBytes : goesOn ? limits.attachedSpanMaxBytes : narrowBytes
      for (let at = fromBytes; at < toBytes;) {
        const reading = span(at, spanBytes)
        if (goesOn) readOn(at)
        const { bytes: read, fromBytes: start } = await reading
        const part = read.subarray(at - start, toBytes - start)
        into.set(part, at - fromBytes)
        at += part.length
      }
    },
  }
}

function endsOf(files: readonly File[]): Float64Array {
  const ends = new Float64Array(files.length)
  let end = 0
  files.forEach((file, at) => {
    end += file.size
    ends[at] = end
  })
  return ends
}

/** The place of the first file that ends after `atBytes`, by binary search: a folder may hold 100,000 files. */
function firstEndAfter(ends: Float64Array, atBytes: number): number {
  let low = 0
  let high = ends.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] ?? 0) > atBytes) high = middle
    else low = middle + 1
  }
  return low
}

async function readWhole(blob: Blob): Promise<Bytes> {
  const bytes = new Uint8Array(await blob.arrayBuffer())
  if (bytes.length !== blob.size) throw new DOMException('the file became shorter', 'NotReadableError')
  return bytes
}
