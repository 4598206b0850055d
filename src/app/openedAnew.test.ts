import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bytesEqual, type Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { randomBytes } from '../shared/random.ts'
import type { Disk, ShareFile } from '../store/disk.ts'
import { DiskFile, SessionWorld } from './testing/sessionWorld.ts'

let world: SessionWorld
beforeEach(() => {
  world = new SessionWorld(1)
})
afterEach(() => world.close())

const piece = limits.pieceSizeMinBytes
const slow = { fresh: true, uploadLimitBytesPerSecond: 200_000 }
const bytesOf = (sizeBytes: number): Bytes => randomBytes(world.random, sizeBytes)

/** A device that keeps what its pages leave, and where on its disk they wrote, in order. */
async function watchedDevice() {
  const device = await world.device()
  const writtenAt: number[] = []
  const file: Disk['file'] = (share, geometry) => {
    const kept = device.disk.file(share, geometry)
    const write: ShareFile['write'] = (fromBytes, bytes) => {
      writtenAt.push(fromBytes)
      return kept.write(fromBytes, bytes)
    }
    return { ...kept, write }
  }
  return { device: { ...device, disk: { ...device.disk, file } }, writtenAt }
}

/** Slow alice offers a file of twelve pieces, and bob has four of them. */
async function halfway() {
  const alice = await world.join('alice', slow)
  const { device, writtenAt } = await watchedDevice()
  const bob = await world.join('bob', { on: device })
  await world.linked(alice, bob)
  const bytes = bytesOf(12 * piece)
  alice.offer(new DiskFile('a.bin', bytes))
  await bob.take('a.bin')
  await bob.hasBytes('a.bin', 4 * piece)
  return { alice, bob, device, writtenAt, bytes }
}

describe('a page that is opened anew', () => {
  it('goes on where it was, asks for nothing that is here, and hands the file over', async () => {
    const { bob, device, writtenAt, bytes } = await halfway()
    bob.crash()
    const again = await world.join('bob', { on: device })
    await again.has('a.bin', 'complete')
    expect(writtenAt).toHaveLength(12)
    expect(again.savedNamed('a.bin')).toHaveLength(1)
    expect(bytesEqual(again.savedNamed('a.bin')[0]?.bytes ?? new Uint8Array(), bytes)).toBe(true)
  })

  it('knows what it has when nobody else is there, and gives it to who comes', async () => {
    const { alice, bob, device } = await halfway()
    await bob.has('a.bin', 'complete')
    for (const member of [alice, bob]) member.crash()
    const again = await world.join('bob', { on: device, fresh: true })
    await again.has('a.bin', 'complete')
    expect(again.said).toEqual([])
    expect(again.saved).toEqual([])
    const carol = await world.join('carol')
    await carol.takeWhole('a.bin')
  })

  it('leaves a paused download paused', async () => {
    const { bob, device } = await halfway()
    bob.press('pause', 'a.bin')
    await bob.has('a.bin', 'paused')
    await world.pass(limits.indexIntervalMs)
    bob.crash()
    const again = await world.join('bob', { on: device })
    await again.hasBytes('a.bin', 4 * piece)
    expect(again.shareNamed('a.bin')?.state).toBe('paused')
    again.press('resume', 'a.bin')
    await again.has('a.bin', 'complete')
    expect(again.savedNamed('a.bin')).toHaveLength(1)
  })

  it('knows nothing of what was cancelled', async () => {
    const { alice, bob, device } = await halfway()
    bob.press('cancel', 'a.bin')
    await bob.has('a.bin', 'offered')
    for (const member of [alice, bob]) member.crash()
    const again = await world.join('bob', { on: device })
    await world.pass(1000)
    expect(again.view.shares).toEqual([])
    expect(await device.index.list()).toEqual([])
  })
})

describe('a share of an earlier page', () => {
  it('waits for its files, and goes on as the same share when they are dropped again', async () => {
    const { alice, bob, device } = await halfway()
    const file = new DiskFile('b.bin', bytesOf(3 * piece))
    bob.offer(file)
    await alice.takeWhole('b.bin')
    const share = bob.shareNamed('b.bin')?.share
    await world.pass(limits.indexIntervalMs)
    bob.crash()
    const again = await world.join('bob', { on: device })
    expect(await again.isTroubled('b.bin')).toEqual({ code: 'filesAway', canAsk: false })
    expect(again.shareNamed('b.bin')).toMatchObject({ share, state: 'paused', mine: true })
    again.offer(file)
    await again.has('b.bin', 'complete')
    expect(again.view.shares.filter(({ name }) => name === 'b.bin')).toHaveLength(1)
    expect(again.shareNamed('b.bin')).toMatchObject({ share, mine: true, trouble: null })
  })

  it('is another share when the file was changed since', async () => {
    const device = await world.device()
    const alice = await world.join('alice', { on: device, fresh: true })
    const bytes = bytesOf(3 * piece)
    alice.offer(new DiskFile('b.bin', bytes))
    await alice.has('b.bin', 'complete')
    const share = alice.shareNamed('b.bin')?.share
    await world.pass(limits.indexIntervalMs)
    alice.crash()
    const again = await world.join('alice', { on: device })
    await again.isTroubled('b.bin')
    bytes[2 * piece] = (bytes[2 * piece] ?? 0) ^ 1
    again.offer(new DiskFile('b.bin', bytes))
    await again.has('b.bin', 'complete')
    expect(again.shareNamed('b.bin')?.share).not.toBe(share)
  })
})
