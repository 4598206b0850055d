import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bytesEqual, type Bytes } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { randomBytes } from '../shared/random.ts'
import { DiskFile, SessionWorld } from './testing/sessionWorld.ts'
import type { Member, MemberOptions } from './testing/testMember.ts'

let world: SessionWorld
beforeEach(() => {
  world = new SessionWorld(1)
})
afterEach(() => world.close())

const bytesOf = (sizeBytes: number): Bytes => randomBytes(world.random, sizeBytes)
const sizeBytes = 20 * limits.pieceSizeMinBytes + 123

/** Alice and bob never find a way to each other; carol is linked with both. */
async function apart(ofCarol: MemberOptions = {}): Promise<{ alice: Member; bob: Member; carol: Member }> {
  world.keepApart('alice', 'bob')
  const carol = await world.join('carol', { fresh: true, ...ofCarol })
  const alice = await world.join('alice')
  const bob = await world.join('bob')
  await world.linked(carol, alice)
  await world.linked(carol, bob)
  return { alice, bob, carol }
}

describe('a pair that cannot link', () => {
  it('T1 T4 exchanges through one that both can reach: all of it arrives, and nothing of it stays between', async () => {
    const { alice, bob, carol } = await apart()
    const bytes = bytesOf(sizeBytes)
    alice.offer(new DiskFile('a.bin', bytes))
    await world.until(() => bob.shareNamed('a.bin')?.copies === 1, 'bob hears of it')
    expect(bob.shareNamed('a.bin')).toMatchObject({
      state: 'offered',
      offeredThrough: ['carol'],
      copies: 1,
      trouble: null,
    })
    await bob.takeWhole('a.bin')
    expect(bytesEqual((await bob.saves('a.bin')).bytes, bytes)).toBe(true)
    await world.pass(limits.throughSettleMs)

    expect(carol.shareNamed('a.bin')).toMatchObject({ state: 'offered', haveBytes: 0, copies: 2 })
    expect(carol.saved).toEqual([])
    expect(carol.said.map(({ code }) => code)).not.toContain('shareComplete')
    // Who shared it hears that the room has it without her.
    await world.until(() => alice.shareNamed('a.bin')?.otherCopies === 1, 'alice hears of the copy')
    expect(bob.linkedNames()).toEqual(['carol'])
  })

  it('T1 is helped by who is asked to, and no more by who is asked not to', async () => {
    const { alice, bob, carol } = await apart()
    alice.offer(new DiskFile('a.bin', bytesOf(sizeBytes)))
    await world.until(() => bob.shareNamed('a.bin') !== null, 'bob hears of it')
    carol.session.helpOthers(false)
    await world.until(() => bob.shareNamed('a.bin') === null, 'it is taken back')
    expect(carol.view.isHelping).toBe(false)
    carol.session.helpOthers(true)
    await bob.takeWhole('a.bin')
  })

  it('T2 exchanges directly as soon as it can: what was passed on ends by itself', async () => {
    const { alice, bob, carol } = await apart()
    const bytes = bytesOf(sizeBytes)
    alice.offer(new DiskFile('a.bin', bytes))
    await world.until(() => bob.shareNamed('a.bin')?.copies === 1, 'bob hears of it')
    expect(bob.shareNamed('a.bin')?.offeredThrough).toEqual(['carol'])
    world.letMeet()
    await world.linked(alice, bob)
    await world.pass(2 * limits.throughSettleMs)
    expect(bob.shareNamed('a.bin')).toMatchObject({ offeredBy: ['alice'], offeredThrough: [], copies: 1 })
    expect(bob.shareNamed('a.bin')?.holders.map(({ name }) => name)).toEqual(['alice'])
    await bob.takeWhole('a.bin')
    expect(bytesEqual((await bob.saves('a.bin')).bytes, bytes)).toBe(true)
    expect(carol.shareNamed('a.bin')?.holders.every(({ isPassedTo }) => !isPassedTo)).toBe(true)
  })

  it('T1 does not hear of each other through one that does not carry, as on a phone', async () => {
    const { alice, bob, carol } = await apart({ carries: false })
    alice.offer(new DiskFile('a.bin', bytesOf(100)))
    await world.until(() => carol.shareNamed('a.bin') !== null, 'carol hears of it')
    await world.pass(10 * limits.throughSettleMs)
    expect(bob.view.shares).toEqual([])
  })
})
