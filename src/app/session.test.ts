import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bytesEqual, type Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { randomBytes } from '../shared/random.ts'
import type { Member } from './testing/testMember.ts'
import { DiskFile, SessionWorld } from './testing/sessionWorld.ts'

let world: SessionWorld
beforeEach(() => {
  world = new SessionWorld(1)
})
afterEach(() => world.close())

const bytesOf = (sizeBytes: number): Bytes => randomBytes(world.random, sizeBytes)

/** Linked members of these names, the first having made the room. */
async function room<const Names extends readonly string[]>(
  ...names: Names
): Promise<{ [At in keyof Names]: Member }> {
  const members: Member[] = []
  for (const name of names) members.push(await world.join(name, { fresh: members.length === 0 }))
  await world.linked(...members)
  return members as { [At in keyof Names]: Member }
}

/** A sender slow enough that a share can be watched on its way. */
const slow = { fresh: true, uploadLimitBytesPerSecond: 200_000 }
const piece = limits.pieceSizeMinBytes
const MiB = 1024 * 1024

/** A slow alice, and those who take from her. */
async function slowRoom<const Names extends readonly string[]>(
  ...names: Names
): Promise<[alice: Member, ...{ [At in keyof Names]: Member }]> {
  const members = [await world.join('alice', slow)]
  for (const name of names) members.push(await world.join(name))
  await world.linked(...members)
  return members as [Member, ...{ [At in keyof Names]: Member }]
}

describe('a share', () => {
  it.each([0, 1, piece - 1, piece, piece + 1, 5 * piece + 123])(
    'of %i bytes arrives byte for byte',
    async (size) => {
      const [alice, bob] = await room('alice', 'bob')
      const bytes = bytesOf(size)
      alice.offer(new DiskFile('a.bin', bytes))
      await alice.has('a.bin', 'complete')
      await bob.takeWhole('a.bin')
      expect(bytesEqual((await bob.saves('a.bin')).bytes, bytes)).toBe(true)
      expect(bob.shareNamed('a.bin')).toMatchObject({ haveBytes: size, sizeBytes: size, trouble: null })
      expect(bob.said).toContainEqual({ code: 'shareComplete', name: 'a.bin' })
    },
  )

  it('can be a folder, with empty files and paths as they are', async () => {
    const [alice, bob] = await room('alice', 'bob')
    const files = new Map([
      ['z.txt', bytesOf(10)],
      ['été/写真.jpg', bytesOf(piece + 1)],
      ['empty', bytesOf(0)],
    ])
    const onDisk = new Map([...files].map(([path, bytes]) => [path, new DiskFile(path, bytes)] as const))
    alice.offerFolder('holidays', onDisk)
    await bob.takeWhole('holidays')
    const saved = await bob.saves('holidays')
    expect(saved.paths).toEqual(['empty', 'z.txt', 'été/写真.jpg'])
    const inOrder = saved.paths.flatMap((path) => [...(files.get(path) ?? [])])
    expect([...saved.bytes]).toEqual(inOrder)
    expect(bob.shareNamed('holidays')).toMatchObject({ kind: 'folder', fileCount: 3, sizeBytes: piece + 11 })
  })

  it('stays two shares when two have the same name', async () => {
    const [alice, bob] = await room('alice', 'bob')
    alice.offer(new DiskFile('same.bin', bytesOf(100)), new DiskFile('same.bin', bytesOf(100)))
    await world.until(() => bob.view.shares.length === 2, 'both are offered')
    expect(new Set(bob.view.shares.map(({ share }) => share)).size).toBe(2)
  })

  it('is one share when the same file is dropped twice', async () => {
    const [alice, bob] = await room('alice', 'bob')
    const bytes = bytesOf(2 * piece)
    alice.offer(new DiskFile('a.bin', bytes))
    await alice.has('a.bin', 'complete')
    alice.offer(new DiskFile('a.bin', bytes))
    await bob.takeWhole('a.bin')
    expect(alice.view.shares).toHaveLength(1)
    expect(alice.said).toContainEqual({ code: 'alreadyShared', name: 'a.bin' })
  })

  it('that has come whole stays as it is when the same file is dropped', async () => {
    const [alice, bob] = await room('alice', 'bob')
    const bytes = bytesOf(2 * piece)
    alice.offer(new DiskFile('a.bin', bytes, 1))
    await bob.takeWhole('a.bin')
    const file = new DiskFile('a.bin', bytes, 2)
    bob.offer(file)
    await world.until(() => bob.said.some(({ code }) => code === 'alreadyShared'), 'said')
    file.isGone = true
    expect(bob.shareNamed('a.bin')).toMatchObject({ state: 'complete', mine: false })
    expect(bytesEqual((await bob.saves('a.bin')).bytes, bytes)).toBe(true)
  })

  it('taken off the list by its owner is gone from the room', async () => {
    const [alice, bob] = await room('alice', 'bob')
    alice.offer(new DiskFile('a.bin', bytesOf(10)))
    await world.until(() => bob.shareNamed('a.bin') !== null, 'offered')
    alice.press('remove', 'a.bin')
    await world.until(() => bob.shareNamed('a.bin') === null, 'gone')
    expect(alice.view.shares).toEqual([])
  })

  it('taken off the list comes back when the same file is dropped again', async () => {
    const [alice, bob] = await room('alice', 'bob')
    const file = new DiskFile('a.bin', bytesOf(2 * piece))
    alice.offer(file)
    await bob.takeWhole('a.bin')
    alice.press('remove', 'a.bin')
    await world.until(() => alice.view.shares.length === 0, 'removed')
    alice.offer(file)
    await alice.has('a.bin', 'complete')
    await world.pass(5_000)
    expect(bob.view.shares).toHaveLength(1)
    expect(alice.view.shares).toHaveLength(1)
  })
})

describe('a download', () => {
  it('can be paused, resumed, cancelled and taken again', async () => {
    const [alice, bob] = await slowRoom('bob')
    const bytes = bytesOf(20 * piece)
    alice.offer(new DiskFile('a.bin', bytes))
    await bob.take('a.bin')
    await bob.hasBytes('a.bin', 2 * piece)
    bob.press('pause', 'a.bin')
    await bob.has('a.bin', 'paused')
    await world.pass(5_000)
    const pausedAt = bob.shareNamed('a.bin')?.haveBytes ?? 0
    await world.pass(20_000)
    expect(bob.shareNamed('a.bin')?.haveBytes).toBe(pausedAt)

    bob.press('resume', 'a.bin')
    await bob.hasBytes('a.bin', pausedAt + piece)
    bob.press('cancel', 'a.bin')
    await bob.has('a.bin', 'offered')
    expect(bob.shareNamed('a.bin')?.haveBytes).toBe(0)
    await bob.takeWhole('a.bin')
    expect(bytesEqual((await bob.saves('a.bin')).bytes, bytes)).toBe(true)
  })

  it('that does not fit says how much it needs, and goes on once there is room', async () => {
    const alice = await world.join('alice', { fresh: true })
    const bob = await world.join('bob', { storeLimitBytes: 5 * piece })
    await world.linked(alice, bob)
    const bytes = bytesOf(3 * piece)
    alice.offer(new DiskFile('first.bin', bytesOf(3 * piece)), new DiskFile('second.bin', bytes))
    await bob.takeWhole('first.bin')
    await bob.take('second.bin')
    await bob.has('second.bin', 'failed')
    expect(await bob.isTroubled('second.bin')).toMatchObject({ code: 'storageFull' })

    bob.press('remove', 'first.bin')
    await bob.has('second.bin', 'complete')
    expect(bytesEqual((await bob.saves('second.bin')).bytes, bytes)).toBe(true)
  })

  it('goes on at another member when the first is full', async () => {
    const alice = await world.join('alice', { fresh: true })
    const bob = await world.join('bob', { storeLimitBytes: piece })
    const carol = await world.join('carol')
    await world.linked(alice, bob, carol)
    alice.offer(new DiskFile('a.bin', bytesOf(2 * piece)))
    await bob.take('a.bin')
    await bob.has('a.bin', 'failed')
    await carol.takeWhole('a.bin')
  })
})

describe('files that go bad', () => {
  it('are said to be changed, and the download goes on when they are back and dropped again', async () => {
    const [alice, bob] = await slowRoom('bob')
    // More than is kept in memory of what was read for hashing.
    const file = new DiskFile('a.bin', new Uint8Array(limits.attachedCacheMaxBytes + 8 * MiB), 1)
    alice.offer(file)
    await bob.take('a.bin')
    await bob.hasBytes('a.bin', piece)
    file.isGone = true
    await alice.has('a.bin', 'failed')
    expect(await alice.isTroubled('a.bin')).toEqual({ code: 'sourceChanged' })
    expect(alice.said).toContainEqual({ code: 'sourceChanged', name: 'a.bin' })
    expect(await bob.isTroubled('a.bin')).toMatchObject({ code: 'waitingForRest' })
    expect(bob.shareNamed('a.bin')?.haveBytes).toBeGreaterThanOrEqual(piece)

    alice.press('remove', 'a.bin')
    file.isGone = false
    alice.offer(file)
    await bob.has('a.bin', 'complete')
  })

  it('that cannot be read at all are said to be, and are no share', async () => {
    const [alice, bob] = await room('alice', 'bob')
    const file = new DiskFile('a.bin', bytesOf(10))
    file.isGone = true
    alice.offer(file)
    await world.until(() => alice.said.length > 1, 'said')
    expect(alice.said).toContainEqual({ code: 'unreadable', name: 'a.bin' })
    await world.until(() => alice.view.shares.length + bob.view.shares.length === 0, 'no share')
  })
})

describe('when the first sender leaves', () => {
  it('everyone finishes, once the room holds all', async () => {
    const [alice, bob, carol] = await room('alice', 'bob', 'carol')
    const bytes = bytesOf(8 * piece)
    alice.offer(new DiskFile('a.bin', bytes))
    await bob.takeWhole('a.bin')
    alice.session.close()
    await world.until(() => !carol.linkedNames().includes('alice'), 'alice is gone')
    await carol.takeWhole('a.bin')
    expect(bytesEqual((await carol.saves('a.bin')).bytes, bytes)).toBe(true)
  })

  it.each(['close', 'crash'] as const)(
    'too early (%s), the share says so and goes on when a newcomer drops the file',
    async (how) => {
      const [alice, bob, carol] = await slowRoom('bob', 'carol')
      const bytes = bytesOf(20 * piece)
      alice.offer(new DiskFile('a.bin', bytes, 1))
      await bob.take('a.bin')
      await carol.take('a.bin')
      await bob.hasBytes('a.bin', 3 * piece)
      if (how === 'crash') alice.crash()
      else alice.session.close()

      expect(await bob.isTroubled('a.bin')).toEqual({ code: 'waitingForRest', leftBy: 'alice' })
      expect(await carol.isTroubled('a.bin')).toEqual({ code: 'waitingForRest', leftBy: 'alice' })
      const kept = bob.shareNamed('a.bin')?.haveBytes
      expect(kept).toBeGreaterThanOrEqual(3 * piece)

      const dave = await world.join('dave')
      await world.linked(bob, carol, dave)
      await world.until(() => dave.shareNamed('a.bin') !== null, 'dave sees the share')
      dave.offer(new DiskFile('a.bin', bytes, 2))
      await bob.has('a.bin', 'complete')
      await carol.has('a.bin', 'complete')
      expect(bytesEqual((await carol.saves('a.bin')).bytes, bytes)).toBe(true)
      expect(dave.view.shares).toHaveLength(1)
      expect(bob.shareNamed('a.bin')?.trouble).toBeNull()
    },
  )

  it('what is still missing is not laid at the door of somebody who gave nothing', async () => {
    const [alice, bob, carol] = await slowRoom('bob', 'carol')
    alice.offer(new DiskFile('a.bin', bytesOf(20 * piece), 1))
    await bob.take('a.bin')
    await bob.hasBytes('a.bin', 2 * piece)
    alice.session.close()
    await bob.isTroubled('a.bin')
    carol.session.close()
    await world.until(() => bob.linkedNames().length === 0, 'carol is gone')
    await world.pass(1_000)
    expect(await bob.isTroubled('a.bin')).toEqual({ code: 'waitingForRest', leftBy: 'alice' })
  })
})

describe('a broker', () => {
  it('is not needed by those who are in', async () => {
    const [alice, bob] = await room('alice', 'bob')
    world.broker.switchOff()
    await world.until(() => alice.view.signaling === 'offline', 'offline')
    alice.offer(new DiskFile('a.bin', bytesOf(3 * piece)))
    await bob.takeWhole('a.bin')
  })

  it('that is off at the start is said to be, once, and used when it is on', async () => {
    world.broker.switchOff()
    const alice = await world.join('alice', { fresh: true })
    const bob = await world.join('bob')
    await world.until(() => alice.view.signaling === 'offline', 'offline')
    await world.pass(1_000)
    expect(alice.view.notices.map(({ message }) => message)).toEqual([{ code: 'brokerUnreachable' }])
    world.broker.switchOn()
    await world.linked(alice, bob)
    expect(alice.view.notices.map(({ message }) => message.code)).not.toContain('brokerUnreachable')
  })

  it('that stays away does not bring back a notice that was dismissed', async () => {
    world.broker.switchOff()
    const alice = await world.join('alice', { fresh: true })
    await world.until(() => alice.view.notices.length === 1, 'said')
    alice.notices.dismiss(alice.view.notices[0]?.id ?? 0)
    for (let tries = 0; tries < 3; tries++) {
      alice.session.resumeRoom()
      await world.pass(2_000)
    }
    expect(alice.view.notices).toEqual([])
  })

  it('gives a newcomer one member, and that one all the others', async () => {
    const [alice, bob] = await room('alice', 'bob')
    bob.loseBroker()
    const carol = await world.join('carol')
    await world.linked(alice, bob, carol)
  })

  it('lets those who open the room at the same moment find each other', async () => {
    const members = await Promise.all(['alice', 'bob', 'carol', 'dave'].map((name) => world.join(name)))
    await world.linked(...members)
  })
})

describe('a room', () => {
  it('says who comes and who goes', async () => {
    const [alice, bob] = await room('alice', 'bob')
    expect(alice.said).toContainEqual({ code: 'memberJoined', name: 'bob' })
    bob.session.close()
    await world.until(() => alice.said.some(({ code }) => code === 'memberLeft'), 'bob left')
    expect(alice.said).toContainEqual({ code: 'memberLeft', name: 'bob' })
    await world.until(() => alice.view.members.length === 0, 'bob is off the page')
  })

  it('forgets what only the one who left offered', async () => {
    const [alice, bob] = await room('alice', 'bob')
    alice.offer(new DiskFile('a.bin', bytesOf(10)))
    await world.until(() => bob.shareNamed('a.bin') !== null, 'offered')
    alice.session.close()
    await world.until(() => bob.shareNamed('a.bin') === null, 'gone')
  })

  it('drops a member that stops answering, and takes what it owed from another', async () => {
    const [alice, bob, carol] = await slowRoom('bob', 'carol')
    const bytes = bytesOf(20 * piece)
    alice.offer(new DiskFile('a.bin', bytes, 1))
    await carol.takeWhole('a.bin')
    await bob.take('a.bin')
    await bob.hasBytes('a.bin', piece)
    alice.freeze()
    await bob.has('a.bin', 'complete')
    await world.until(() => !bob.linkedNames().includes('alice'), 'alice is given up')
    expect(bob.said).toContainEqual({ code: 'memberLost', name: 'alice' })
  })
})
