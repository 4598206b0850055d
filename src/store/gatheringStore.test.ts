import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Bytes } from '../shared/bytes.ts'
import type { Geometry } from '../shared/geometry.ts'
import { limits } from '../shared/limits.ts'
import { randomBytes, randomShareId, seededRandom } from '../shared/random.ts'
import type { Disk } from './disk.ts'
import { openGatheringStore } from './gatheringStore.ts'
import { WatchedFile } from './testing/watchedFile.ts'

const random = seededRandom(2)
const pieceSizeBytes = limits.pieceSizeMinBytes
const geometry = { sizeBytes: pieceSizeBytes, pieceSizeBytes }
const sha256 = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

/** A disk whose writes fail as long as `failWith` says so. */
function moodyDisk(): { disk: Disk; failWith: (error: Error | null) => void; written: Bytes[] } {
  const written: Bytes[] = []
  let failure: Error | null = null
  const disk: Disk = {
    kind: 'memory',
    freeBytes: async () => Infinity,
    close: async () => undefined,
    file: () => ({
      usedBytes: () => 0,
      marks: async () => Uint8Array.of(written.length),
      read: async (_at, into) => into.set(written[0] ?? []),
      write: async (_at, bytes) => {
        if (failure) throw failure
        written.push(bytes)
      },
      blob: async () => new Blob(written),
      remove: async () => undefined,
    }),
  }
  return { disk, written, failWith: (error) => (failure = error) }
}

/** A store over this disk, and the bugs it told of. */
function open(disk: Disk) {
  const bugs: unknown[] = []
  return { store: openGatheringStore(disk, sha256, (error) => bugs.push(error)), bugs }
}

/** From here on the browser refuses to allocate this much or more, as one short of memory does. */
function refuseToAllocate(fromBytes: number): void {
  const Real = Uint8Array
  vi.stubGlobal(
    'Uint8Array',
    new Proxy(Real, {
      construct(target, args: ConstructorParameters<typeof Uint8Array>, newTarget) {
        const [wanted] = args as unknown[]
        if (typeof wanted === 'number' && wanted >= fromBytes)
          throw new RangeError('Array buffer allocation failed')
        return Reflect.construct(target, args, newTarget) as object
      },
    }),
  )
}
afterEach(() => vi.unstubAllGlobals())

/** A file that counts how often it is read, and can go bad as a File of a browser does. */
class FakeFile extends WatchedFile {
  reads = 0
  /** Name of the DOMException that reading gives; `short` for too few bytes. */
  trouble: string | null = null

  override onRead(part: Blob): Blob {
    this.reads++
    if (this.trouble === 'short') return part.slice(0, 1)
    if (this.trouble !== null) throw new DOMException('gone', this.trouble)
    return part
  }
}

describe('a store whose disk fails', () => {
  it('keeps the piece gathered when the disk is full, so that it can be checked again', async () => {
    const { disk, failWith, written } = moodyDisk()
    const store = open(disk).store
    const share = randomShareId(random)
    const bytes = randomBytes(random, pieceSizeBytes)
    await store.create(share, geometry)
    store.putBlock(share, 0, 0, bytes)

    failWith(new DOMException('no space', 'QuotaExceededError'))
    expect(await store.checkPiece(share, 0, await sha256(bytes))).toEqual({
      ok: false,
      fault: { code: 'full' },
    })
    failWith(null)
    expect(await store.checkPiece(share, 0, await sha256(bytes))).toEqual({ ok: true, value: 'kept' })
    expect(written).toEqual([bytes])
  })

  it('does not gather again a piece that was dropped while its write failed', async () => {
    const { disk, failWith } = moodyDisk()
    const store = open(disk).store
    const share = randomShareId(random)
    const bytes = randomBytes(random, pieceSizeBytes)
    await store.create(share, geometry)
    store.putBlock(share, 0, 0, bytes)
    failWith(new DOMException('no space', 'QuotaExceededError'))
    const check = store.checkPiece(share, 0, await sha256(bytes))
    store.dropPiece(share, 0)
    await check
    failWith(null)
    expect(await store.checkPiece(share, 0, await sha256(bytes))).toMatchObject({ fault: { code: 'broken' } })
  })

  it('names what else the browser reports', async () => {
    const { disk, failWith } = moodyDisk()
    const store = open(disk).store
    const share = randomShareId(random)
    await store.create(share, geometry)
    store.putBlock(share, 0, 0, new Uint8Array(pieceSizeBytes))
    failWith(new DOMException('locked', 'InvalidStateError'))
    const checked = await store.checkPiece(share, 0, await sha256(new Uint8Array(pieceSizeBytes)))
    expect(checked).toEqual({ ok: false, fault: { code: 'broken', detail: 'InvalidStateError: locked' } })
  })

  it('does not hold a share when the browser cannot tell what is free', async () => {
    const { disk } = moodyDisk()
    const { store } = open({
      ...disk,
      freeBytes: () => Promise.reject(new DOMException('no estimate', 'SecurityError')),
    })
    const share = randomShareId(random)
    const fault = { code: 'broken', detail: 'SecurityError: no estimate' }
    expect(await store.create(share, geometry)).toEqual({ ok: false, fault })
    expect(await store.read(share, 0, 0, 1)).toEqual({ ok: false, fault: { code: 'gone' } })
  })

  it('answers with a fault, not a throw, when asked for a piece that is not here, and tells of the bug', async () => {
    const { store, bugs } = open(moodyDisk().disk)
    const share = randomShareId(random)
    await store.create(share, geometry)
    expect(await store.read(share, 0, 0, 1)).toMatchObject({ ok: false, fault: { code: 'broken' } })
    expect(await store.hashPiece(share, 0)).toMatchObject({ ok: false, fault: { code: 'broken' } })
    expect(await store.blob(share, 0, 1)).toMatchObject({ ok: false, fault: { code: 'broken' } })
    expect(bugs.map(String)).toEqual([
      'Error: Bug: only pieces that are here are read',
      'Error: Bug: only attached files are hashed',
      'Error: Bug: only bytes that are here are saved',
    ])
  })

  it('says `gone`, and tells of no bug, when the share was removed under a call', async () => {
    const { disk } = moodyDisk()
    const { store, bugs } = open(disk)
    const share = randomShareId(random)
    await store.create(share, geometry)
    const read = store.read(share, 0, 0, 1)
    await store.remove(share)
    expect(await read).toEqual({ ok: false, fault: { code: 'gone' } })
    expect(bugs).toEqual([])
  })
})

describe('a piece that cannot be put together', () => {
  const blocks = 4
  const large: Geometry = {
    sizeBytes: blocks * limits.blockSizeBytes,
    pieceSizeBytes: blocks * limits.blockSizeBytes,
  }
  async function gathering() {
    const { disk, written } = moodyDisk()
    const opened = open(disk)
    const share = randomShareId(random)
    const bytes = randomBytes(random, large.sizeBytes)
    await opened.store.create(share, large)
    const putBlock = (block: number): void => {
      const at = block * limits.blockSizeBytes
      opened.store.putBlock(share, 0, at, bytes.slice(at, at + limits.blockSizeBytes))
    }
    const hash = await sha256(bytes)
    return { ...opened, written, bytes, putBlock, check: () => opened.store.checkPiece(share, 0, hash) }
  }

  it('for want of memory is a fault of this device, never corrupt, and comes in whole once there is memory', async () => {
    const { putBlock, check, bytes, written, bugs } = await gathering()
    refuseToAllocate(large.pieceSizeBytes)
    for (let block = 0; block < blocks; block++) putBlock(block)
    expect(await check()).toEqual({ ok: false, fault: { code: 'broken', detail: 'out of memory' } })
    vi.unstubAllGlobals()
    expect(await check()).toEqual({ ok: true, value: 'kept' })
    expect(written).toEqual([bytes])
    expect(bugs).toEqual([])
  })

  it('since a block is missing is a bug, never corrupt', async () => {
    const { putBlock, check, bugs } = await gathering()
    for (const block of [0, 1, 3]) putBlock(block)
    expect(await check()).toMatchObject({ ok: false, fault: { code: 'broken' } })
    expect(bugs.map(String)).toEqual(['Error: Bug: a piece is checked when all its blocks are in'])
    putBlock(2)
    expect(await check()).toEqual({ ok: true, value: 'kept' })
  })

  it('since nothing of it ever came is a bug, never corrupt', async () => {
    const { check, bugs } = await gathering()
    expect(await check()).toMatchObject({ ok: false, fault: { code: 'broken' } })
    expect(bugs).toHaveLength(1)
  })

  it('since the hashing failed is a fault of this device', async () => {
    const { disk } = moodyDisk()
    const store = openGatheringStore(
      disk,
      () => Promise.reject(new RangeError('Array buffer allocation failed')),
      () => undefined,
    )
    const share = randomShareId(random)
    await store.create(share, geometry)
    store.putBlock(share, 0, 0, new Uint8Array(pieceSizeBytes))
    const checked = await store.checkPiece(share, 0, new Uint8Array(32))
    expect(checked).toEqual({ ok: false, fault: { code: 'broken', detail: 'out of memory' } })
  })
})

async function attach(file: FakeFile) {
  const store = open(moodyDisk().disk).store
  const share = randomShareId(random)
  await store.attach(share, { sizeBytes: file.size, pieceSizeBytes }, [file])
  return { store, share }
}

describe('many small files that are offered', () => {
  const count = limits.copiedFilesMin
  const bytes = randomBytes(random, 2 * pieceSizeBytes)
  const ofTwo = { sizeBytes: bytes.length, pieceSizeBytes }
  const small = Array.from({ length: count }, (_, at) => {
    const [from, to] = [at, at + 1].map((one) => Math.floor((one * bytes.length) / count))
    return new File([bytes.slice(from, to)], `${at}`)
  })

  /** A disk with so much room, whose writes fail after so many, and the reads it served. */
  function countingDisk({ kind = 'disk', freeBytes = Infinity, writesMax = Infinity } = {}) {
    const { disk } = moodyDisk()
    const written = new Uint8Array(bytes.length)
    const counted = { reads: 0, writes: 0 }
    const file: Disk['file'] = (share, of) => ({
      ...disk.file(share, of),
      async read(at, into) {
        counted.reads++
        into.set(written.subarray(at, at + into.length))
      },
      async write(at, part) {
        if (counted.writes++ === writesMax) throw new DOMException('no space', 'QuotaExceededError')
        written.set(part, at)
      },
    })
    const counting: Disk = { ...disk, kind: kind as Disk['kind'], freeBytes: async () => freeBytes, file }
    return { disk: counting, counted }
  }

  /** How many of the two pieces a store over this disk reads from it once they are hashed. */
  async function copiedOf(
    of: Parameters<typeof countingDisk>[0],
    { files = small, mayCopy = true } = {},
  ): Promise<number> {
    const { disk, counted } = countingDisk(of)
    const { store, bugs } = open(disk)
    const share = randomShareId(random)
    await store.attach(share, ofTwo, files, mayCopy)
    const pieces = [bytes.slice(0, pieceSizeBytes), bytes.slice(pieceSizeBytes)]
    for (const [piece, expected] of pieces.entries()) {
      expect(await store.hashPiece(share, piece)).toEqual({ ok: true, value: await sha256(expected) })
      const read = await store.read(share, piece, 0, 9)
      expect(read.ok && read.value.slice()).toEqual(expected.slice(0, 9))
    }
    expect(bugs).toEqual([])
    return counted.reads
  }

  it('are copied as they are hashed, and read from there', async () => {
    expect(await copiedOf({})).toBe(2)
  })

  it('are read where they lie where they may be another share', async () => {
    expect(await copiedOf({}, { mayCopy: false })).toBe(0)
  })

  it('are read where they lie where they are few', async () => {
    expect(await copiedOf({}, { files: [new File([bytes], 'one')] })).toBe(0)
  })

  it('are read where they lie where the disk has little room, or is none', async () => {
    expect(await copiedOf({ freeBytes: 4 * bytes.length - 1 })).toBe(0)
    expect(await copiedOf({ kind: 'memory' })).toBe(0)
  })

  it('are read where they lie from where on the disk is full', async () => {
    expect(await copiedOf({ writesMax: 1 })).toBe(1)
  })
})

describe('offered files', () => {
  it.each(['NotReadableError', 'NotFoundError', 'short'])('count as changed on %s', async (trouble) => {
    const file = new FakeFile([randomBytes(random, 10)], 'file')
    file.trouble = trouble
    const { store, share } = await attach(file)
    expect(await store.read(share, 0, 0, 10)).toEqual({ ok: false, fault: { code: 'sourceChanged' } })
    expect(await store.hashPiece(share, 0)).toEqual({ ok: false, fault: { code: 'sourceChanged' } })
    file.trouble = null
    expect(await store.read(share, 0, 0, 10)).toMatchObject({ ok: true })
  })

  it('are read once for many readers of a piece', async () => {
    const file = new FakeFile([randomBytes(random, 16 * pieceSizeBytes)], 'file')
    const { store, share } = await attach(file)
    await Promise.all(Array.from({ length: 8 }, () => store.read(share, 3, 0, pieceSizeBytes)))
    await store.read(share, 3, 5, 100)
    expect(file.reads).toBe(1)
  })
})
