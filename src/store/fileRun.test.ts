import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { randomBytes, seededRandom } from '../shared/random.ts'
import { FileRun, FileRuns } from './fileRun.ts'

const random = seededRandom(4)
const chunkBytes = 1000

/** A blob whose stream takes no buffers, as in browsers where it is none of bytes. */
function chunkedBlob(bytes: Bytes): Blob {
  const blob = new Blob([bytes])
  blob.stream = () => {
    let at = 0
    return new ReadableStream({
      pull(controller) {
        if (at >= bytes.length) return controller.close()
        controller.enqueue(bytes.slice(at, (at += chunkBytes)))
      },
    })
  }
  return blob
}

const blobs = { bytes: (bytes: Bytes) => new Blob([bytes]), chunks: chunkedBlob }

describe.each(Object.entries(blobs))('a run over a stream of %s', (_, blobOf) => {
  it('gives what comes next, however many ask at once', async () => {
    const bytes = randomBytes(random, 10 * chunkBytes)
    const run = new FileRun(blobOf(bytes))
    const sizes = [1, 999, 1500, 2500, 5000]
    expect(run.leftBytes).toBe(bytes.length)
    const reads = await Promise.all(sizes.map((size) => run.read(new Uint8Array(size + 7).subarray(7))))
    let at = 0
    for (const read of reads) {
      expect(read.byteOffset).toBe(7)
      expect(read).toEqual(bytes.slice(at, (at += read.length)))
    }
    expect(run.leftBytes).toBe(0)
  })

  it('says that there is no more', async () => {
    const run = new FileRun(blobOf(randomBytes(random, chunkBytes)))
    await expect(run.read(new Uint8Array(chunkBytes + 1))).rejects.toThrow('shorter')
    expect(run.leftBytes).toBe(0)
    await expect(run.read(new Uint8Array(1))).rejects.toThrow()
  })

  it('ends when told, and gives first what was asked before', async () => {
    const bytes = randomBytes(random, 4 * chunkBytes)
    const run = new FileRun(blobOf(bytes))
    const reading = run.read(new Uint8Array(3 * chunkBytes))
    run.end()
    expect(run.leftBytes).toBe(0)
    expect(await reading).toEqual(bytes.slice(0, 3 * chunkBytes))
  })
})

describe('runs', () => {
  afterEach(() => vi.useRealTimers())

  it('are over after a while, so that a changed file is noticed', () => {
    vi.useFakeTimers()
    const run = new FileRun(new Blob(['bytes']))
    vi.advanceTimersByTime(limits.fileRunMaxMs - 1)
    expect(run.leftBytes).toBe(5)
    vi.advanceTimersByTime(1)
    expect(run.leftBytes).toBe(0)
  })

  it('are kept until taken, the oldest given up where there are too many', () => {
    const runs = new FileRuns()
    const all = Array.from({ length: limits.fileRunsMax + 2 }, () => new FileRun(new Blob(['bytes'])))
    all.forEach((run, at) => runs.keep(String(at), run))
    expect(all.map(({ leftBytes }) => leftBytes)).toEqual([0, 0, ...all.slice(2).map(() => 5)])
    expect(runs.take('1')).toBeNull()
    expect(runs.take('2')).toBe(all[2])
    expect(runs.take('2')).toBeNull()
    for (const run of all) run.end()
  })
})
