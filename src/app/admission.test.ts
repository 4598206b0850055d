import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { randomBytes } from '../shared/random.ts'
import type { Member } from './testing/testMember.ts'
import { DiskFile, SessionWorld } from './testing/sessionWorld.ts'

let world: SessionWorld
beforeEach(() => {
  world = new SessionWorld(1)
})
afterEach(() => world.close())

const smallFile = (name: string): File => new DiskFile(name, randomBytes(world.random, 1000))

const isToldFull = ({ view }: Member): boolean =>
  view.notices.some(({ message }) => message.code === 'roomFull')

describe('a full room', () => {
  it('[R18] turns one away, and once there is a place shows it the shares of everyone and takes its own', async () => {
    const members: Member[] = []
    for (let at = 0; at < limits.membersMax; at++) {
      members.push(await world.join(`member ${at}`, { fresh: at === 0 }))
    }
    await world.linked(...members)
    const staying = members.slice(0, -1)
    for (const member of staying) member.offer(smallFile(`of ${member.name}`))
    const late = await world.join('late')
    late.offer(smallFile('of late'))
    await world.until(() => isToldFull(late), 'told that the room is full')

    members.at(-1)?.session.close()
    await world.until(() => late.linkedNames().length === limits.membersMax - 1, 'late is in')
    await world.pass(1_000)
    expect(staying.map(({ name }) => late.shareNamed(`of ${name}`)?.name ?? 'unseen')).toEqual(
      staying.map(({ name }) => `of ${name}`),
    )
    for (const member of staying) expect(member.shareNamed('of late')?.name).toBe('of late')
    await late.takeWhole('of member 0')
  })
})

describe('a member that sends spoiled pieces', () => {
  it('[R19] is dropped by who got them, and does not come back however it tries', async () => {
    const mallory = await world.join('mallory', { fresh: true, spoilsBlocks: true })
    const [bob, carol] = [await world.join('bob'), await world.join('carol')]
    await world.linked(mallory, bob, carol)
    mallory.offer(new DiskFile('bait.bin', randomBytes(world.random, 10 * limits.pieceSizeMinBytes)))
    await bob.take('bait.bin')
    await world.until(() => bob.said.some(({ code }) => code === 'memberBanned'), 'mallory is banned')
    await world.pass(limits.viewIntervalMs)
    expect(bob.said.map(({ code }) => code)).not.toContain('memberLeft')
    // So that nothing but the ban keeps it out.
    bob.press('cancel', 'bait.bin')

    const seen = new Set<string>()
    for (let passedMs = 0; passedMs < 120_000; passedMs += 1000) {
      mallory.session.resumeRoom()
      await world.pass(1000)
      for (const name of bob.linkedNames()) seen.add(name)
    }
    expect([...seen]).toEqual(['carol'])
    expect(mallory.linkedNames()).toEqual(['carol'])
  })
})
