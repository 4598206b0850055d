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
