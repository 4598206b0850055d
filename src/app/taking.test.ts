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

const piece = limits.pieceSizeMinBytes
const bytesOf = (sizeBytes: number): Bytes => randomBytes(world.random, sizeBytes)

async function aliceAndBob(): Promise<[alice: Member, bob: Member]> {
  const alice = await world.join('alice', { fresh: true, uploadLimitBytesPerSecond: 400_000 })
  const bob = await world.join('bob')
  await world.linked(alice, bob)
  return [alice, bob]
}

describe('one press', () => {
  it('fetches a file and hands it over once, whole', async () => {
    const [alice, bob] = await aliceAndBob()
    const bytes = bytesOf(5 * piece + 1)
    alice.offer(new DiskFile('a.bin', bytes))
    await bob.takeWhole('a.bin')
    await world.until(() => bob.shareNamed('a.bin')?.saved === true, 'saved')
    await world.pass(2_000)
    expect(bob.savedNamed('a.bin')).toHaveLength(1)
    expect(bytesEqual(bob.savedNamed('a.bin')[0]?.bytes ?? new Uint8Array(0), bytes)).toBe(true)
    expect(alice.saved).toEqual([])
  })

  it('fetches nothing again for saving it once more', async () => {
    const [alice, bob] = await aliceAndBob()
    alice.offer(new DiskFile('a.bin', bytesOf(2 * piece)))
    await bob.takeWhole('a.bin')
    await world.until(() => bob.shareNamed('a.bin')?.saved === true, 'saved')
    // Nobody is left to fetch from.
    alice.session.close()
    await bob.saves('a.bin')
    expect(bob.savedNamed('a.bin')).toHaveLength(2)
  })

  it('still holds after a pause, and not after a cancel', async () => {
    const [alice, bob] = await aliceAndBob()
    alice.offer(
      new DiskFile('kept.bin', bytesOf(20 * piece)),
      new DiskFile('left.bin', bytesOf(20 * piece + 1)),
    )
    await bob.take('kept.bin')
    await bob.take('left.bin')
    await bob.hasBytes('kept.bin', piece)
    bob.press('pause', 'kept.bin')
    bob.press('cancel', 'left.bin')
    await bob.has('left.bin', 'offered')
    bob.press('resume', 'kept.bin')
    await bob.has('kept.bin', 'complete')
    await world.until(() => bob.savedNamed('kept.bin').length === 1, 'saved')
    // The same file dropped by bob himself completes his share: nobody asked for it to be saved.
    expect(bob.savedNamed('left.bin')).toEqual([])
  })

  it('on all takes what others offer, not what is our own or off the list', async () => {
    const [alice, bob] = await aliceAndBob()
    alice.offer(...['one', 'two', 'three'].map((name) => new DiskFile(name, bytesOf(1_000))))
    bob.offer(new DiskFile('mine', bytesOf(10)))
    await world.until(() => bob.view.shares.length === 4, 'all are seen')
    bob.press('remove', 'three')
    bob.session.downloadAll()
    await world.until(() => bob.saved.length === 2, 'two are saved')
    await world.pass(2_000)
    expect(bob.saved.map(({ name }) => name).toSorted()).toEqual(['one', 'two'])
  })
})

describe('a file that the room knows', () => {
  it('removed while it is still compared is not offered as another', async () => {
    const [alice, bob] = await aliceAndBob()
    const bytes = bytesOf(40 * piece)
    alice.offer(new DiskFile('a.bin', bytes))
    await world.until(() => bob.shareNamed('a.bin') !== null, 'bob sees it')
    await alice.has('a.bin', 'complete')
    const again = new DiskFile('a.bin', bytes)
    let removals = 0
    again.beforeRead = () => {
      if (removals++ === 0) bob.press('remove', 'a.bin')
    }
    bob.offer(again)
    await world.until(() => removals > 0, 'removed while it is read')
    await world.pass(5_000)
    expect(bob.view.shares).toEqual([])
    // `shareNamed` fails where there are two of the name.
    expect(alice.shareNamed('a.bin')?.otherCopies).toBe(0)
  })
})
