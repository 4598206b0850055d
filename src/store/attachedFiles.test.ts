import { describe, expect, it } from 'vitest'
import { bytesEqual, type Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { randomBytes, seededRandom } from '../shared/random.ts'
import { attachFiles } from './attachedFiles.ts'
import { FileRuns } from './fileRun.ts'
import { openSpanCache } from './spanCache.ts'
import { WatchedFile } from './testing/watchedFile.ts'

const random = seededRandom(3)
const pieceSizeBytes = limits.pieceSizeMinBytes
const pieces = 64
const sizeBytes = pieces * pieceSizeBytes

interface Opened {
  readonly how: 'piece' | 'run'
  readonly fromBytes: number
}

/** A file that tells how it was opened, and where. */
function openedFile(bytes: Bytes) {
  const opened: Opened[] = []
  const file = new WatchedFile([bytes], 'watched')
  const slice = file.slice.bind(file)
  file.slice = (from = 0, to = sizeBytes) => {
    const blob = slice(from, to)
    const [arrayBuffer, stream] = [blob.arrayBuffer, blob.stream]
    blob.arrayBuffer = () => {
      opened.push({ how: 'piece', fromBytes: from })
      return arrayBuffer.call(blob)
    }
    blob.stream = () => {
      opened.push({ how: 'run', fromBytes: from })
      return stream.call(blob)
    }
    return blob
  }
  return { file, opened }
}

function attached() {
  const bytes = randomBytes(random, sizeBytes)
  const { file, opened } = openedFile(bytes)
  const reading = { cache: openSpanCache(limits.attachedCacheMaxBytes), runs: new FileRuns() }
  const files = attachFiles([file], { sizeBytes, pieceSizeBytes }, reading, 'share')
  const expected = (piece: number): Bytes => bytes.slice(piece * pieceSizeBytes, (piece + 1) * pieceSizeBytes)
  /** Reads a piece behind some headroom, as blocks are read, and compares it. */
  async function readPiece(piece: number): Promise<void> {
    const into = new Uint8Array(10 + pieceSizeBytes).subarray(10)
    const read = await files.read(piece * pieceSizeBytes, into)
    expect(read.byteOffset).toBe(10)
    expect(bytesEqual(read, expected(piece))).toBe(true)
  }
  async function hashNext(piece: number): Promise<void> {
    const at = piece * pieceSizeBytes
    expect(bytesEqual(await files.readNext(at, at + pieceSizeBytes), expected(piece))).toBe(true)
  }
  return { file, files, opened, reading, readPiece, hashNext }
}

const byPiece = (piece: number): Opened => ({ how: 'piece', fromBytes: piece * pieceSizeBytes })
const byRun = (piece: number): Opened => ({ how: 'run', fromBytes: piece * pieceSizeBytes })

describe('offered files', () => {
  it('are read by the piece for a reader who jumps about', async () => {
    const { opened, readPiece } = attached()
    for (const piece of [40, 3, 20, 40]) await readPiece(piece)
    expect(opened).toEqual([byPiece(40), byPiece(3), byPiece(20)])
  })

  it('are read in one run for a reader who goes on where it was', async () => {
    const { opened, readPiece } = attached()
    for (let piece = 5; piece < pieces; piece++) await readPiece(piece)
    expect(opened).toEqual([byPiece(5), byRun(6)])
  })

  it('are read in a run for each of several who go on, what they ask at once in its order', async () => {
    const { opened, readPiece } = attached()
    await Promise.all([0, 32].map(readPiece))
    for (let piece = 1; piece < 31; piece += 2)
      await Promise.all([piece, 32 + piece, piece + 1, 33 + piece].map(readPiece))
    expect(opened).toEqual([byPiece(0), byPiece(32), byRun(1), byRun(33)])
  })

  it('are read in one run for hashing, and anew by it where that begins again', async () => {
    const { opened, hashNext } = attached()
    for (let piece = 0; piece < pieces; piece++) await hashNext(piece)
    expect(opened).toEqual([byRun(0)])
    for (const piece of [0, 1]) await hashNext(piece)
    expect(opened).toEqual([byRun(0), byRun(0)])
  })

  it('are opened anew where a run breaks off, and say why where that fails too', async () => {
    const { file, opened, readPiece } = attached()
    for (const piece of [0, 1]) await readPiece(piece)
    let breaks = 1
    file.onRead = (part) => {
      if (breaks-- > 0) throw new DOMException('gone', 'NotReadableError')
      return part
    }
    // The stream has read ahead.
    for (let piece = 2; piece < pieces; piece++) await readPiece(piece)
    expect(breaks).toBeLessThan(1)
    expect(opened.filter(({ how }) => how === 'run').length).toBeGreaterThan(1)
    breaks = Infinity
    await expect(readPiece(7)).rejects.toThrow('gone')
  })

  it('take no memory, and hold no stream open, once they are not read any more', async () => {
    const { files, reading, readPiece } = attached()
    const [span, run] = ['share 0', `share ${2 * pieceSizeBytes}`]
    await readPiece(0)
    await readPiece(1)
    expect(reading.cache.has(span)).toBe(true)
    files.end()
    expect(reading.cache.has(span)).toBe(false)
    expect(reading.runs.take(run)).toBeNull()
  })

  it('are many to a run, and no run holds more of them than a message should', async () => {
    const tiny = Array.from({ length: 3 * limits.fileRunFilesMax }, (_, at) =>
      openedFile(new Uint8Array([at, at + 1])),
    )
    const reading = { cache: openSpanCache(limits.attachedCacheMaxBytes), runs: new FileRuns() }
    const files = tiny.map(({ file }) => file)
    const all = attachFiles(files, { sizeBytes: 2 * files.length, pieceSizeBytes }, reading, 'share')
    const read = await all.readNext(100, 140)
    expect([...read]).toEqual(Array.from({ length: 40 }, (_, at) => (50 + (at >> 1) + (at & 1)) & 255))
    // More than one run holds.
    const whole = await all.readNext(0, 2 * files.length)
    expect(whole).toHaveLength(2 * files.length)
  })
})
