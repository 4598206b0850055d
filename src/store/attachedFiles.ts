import type { Bytes } from '../shared/bytes.ts'
import type { Geometry } from '../shared/geometry.ts'
import { limits } from '../shared/limits.ts'
import { FileRun, type FileRuns } from './fileRun.ts'
import type { SpanCache } from './spanCache.ts'

/** A share's bytes read where they lie: files of this device, one after the other. */
export interface AttachedFiles {
  readonly sizeBytes: number
  /**
   * Fills `into` with part of one piece, for a peer. Takes its buffer over: what comes back is the same place of it, or of one like it.
   * Rejects as the browser does when a file is gone or changed.
   */
  read(fromBytes: number, into: Bytes): Promise<Bytes>
  /** A whole piece, for hashing, which goes in order. The bytes are good until the next call. */
  readNext(fromBytes: number, toBytes: number): Promise<Bytes>
  /** The bytes as a reference, nothing read. */
  blob(fromBytes: number, toBytes: number): Blob
  /** They are not read any more: what was read of them takes no memory. */
  end(): void
}

/** What the attached files of all shares use together. */
export interface FileReading {
  readonly cache: SpanCache
  readonly runs: FileRuns
}

/** `name` is the files' own among those of all shares. */
export function attachFiles(
  files: readonly File[],
  geometry: Geometry,
  { cache, runs }: FileReading,
  name: string,
): AttachedFiles {
  const ends = endsOf(files)
  const sizeBytes = ends[files.length - 1] ?? 0
  const spanBytes = Math.min(geometry.pieceSizeBytes, limits.attachedSpanMaxBytes)
  let hashing = { run: null as FileRun | null, atBytes: 0, memory: new Uint8Array(0) }

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

  /** A run from here on over so many bytes and files as one stream may have; null where they hold less than is asked for. */
  function runFrom(fromBytes: number, lengthBytes: number): FileRun | null {
    const lastFile = firstEndAfter(ends, fromBytes) + limits.fileRunFilesMax - 1
    const endBytes = Math.min(ends[lastFile] ?? sizeBytes, fromBytes + limits.fileRunMaxBytes)
    return endBytes < fromBytes + lengthBytes ? null : new FileRun(blob(fromBytes, endBytes))
  }

  const runKey = (atBytes: number): string => `${name} ${atBytes}`
  const spanKey = (at: number): string => `${name} ${at}`
  const isHere = (atBytes: number): boolean => cache.has(spanKey(Math.floor(atBytes / spanBytes)))

  /** A reader that goes on where one was just reading will go on for a while. */
  function runAt(fromBytes: number, lengthBytes: number): FileRun | null {
    const run = runs.take(runKey(fromBytes))
    if (run !== null && run.leftBytes >= lengthBytes) return run
    run?.end()
    const goesOn = run !== null || (!isHere(fromBytes) && isHere(fromBytes - spanBytes))
    return goesOn ? runFrom(fromBytes, lengthBytes) : null
  }

  async function readSpans(fromBytes: number, into: Bytes): Promise<Bytes> {
    const toBytes = fromBytes + into.length
    for (let atBytes = fromBytes; atBytes < toBytes;) {
      const at = Math.floor(atBytes / spanBytes)
      // A piece size is a power of two, so no span ends inside a piece it holds.
      const [start, end] = [at * spanBytes, Math.min(sizeBytes, (at + 1) * spanBytes)]
      const span = await cache.get(spanKey(at), end - start, () => readWhole(blob(start, end)))
      const part = span.subarray(atBytes - start, toBytes - start)
      into.set(part, atBytes - fromBytes)
      atBytes += part.length
    }
    return into
  }

  return {
    sizeBytes,
    blob,
    end() {
      hashing.run?.end()
      hashing = { run: null, atBytes: 0, memory: new Uint8Array(0) }
      cache.forget(`${name} `)
      runs.end(`${name} `)
    },
    async read(fromBytes, into) {
      const { byteOffset, length } = into
      const run = runAt(fromBytes, length)
      if (run === null) return readSpans(fromBytes, into)
      runs.keep(runKey(fromBytes + length), run)
      try {
        return await run.read(into)
      } catch {
        // Its buffer went with the run; why it failed, if it was not for the run alone, the browser says to a read of its own.
        return readSpans(fromBytes, new Uint8Array(byteOffset + length).subarray(byteOffset))
      }
    },
    async readNext(fromBytes, toBytes) {
      const length = toBytes - fromBytes
      const { run, atBytes, memory } = hashing
      const isNext = atBytes === fromBytes && run !== null && run.leftBytes >= length
      if (!isNext) run?.end()
      const next = isNext ? run : runFrom(fromBytes, length)
      if (next === null) return readWhole(blob(fromBytes, toBytes))
      const into = memory.length < length ? new Uint8Array(geometry.pieceSizeBytes) : memory
      hashing = { run: next, atBytes: toBytes, memory: new Uint8Array(0) }
      try {
        const read = await next.read(into.subarray(0, length))
        hashing.memory = new Uint8Array(read.buffer)
        return read
      } catch {
        return readWhole(blob(fromBytes, toBytes))
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
