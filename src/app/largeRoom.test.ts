import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { randomBytes } from '../shared/random.ts'
import { DiskFile, SessionWorld } from './testing/sessionWorld.ts'
import type { Member } from './testing/testMember.ts'

let world: SessionWorld
beforeEach(() => {
  world = new SessionWorld(1)
})
afterEach(() => world.close())

const listed = ({ view }: Member): string[] => view.members.map(({ name }) => name)

describe('a large room', () => {
  it('[R34] of more than can all be linked has everyone and all shares on every page, and they can be taken', async () => {
    const members = await Promise.all(
      Array.from({ length: limits.linksEverMax + 5 }, (_, at) => world.join(`member ${at}`)),
    )
    for (const member of members)
      await world.until(() => listed(member).length === members.length - 1, `${member.name} lists everyone`)
    for (const { name, view } of members)
      expect(new Set([name, ...view.members.map((other) => other.name)]).size).toBe(members.length)
    for (const [at, member] of members.entries())
      member.offer(new DiskFile(`${at}.bin`, randomBytes(world.random, 1000)))
    for (const member of members)
      await world.until(() => member.view.shares.length === members.length, `${member.name} sees all shares`)
    const [giver] = members
    const taker = members.find((member) => member !== giver && !member.linkedNames().includes('member 0'))
    const share = taker?.shareNamed('0.bin')
    expect(share).toMatchObject({ state: 'offered', copies: 1, offeredBy: ['member 0'], trouble: null })
    await taker?.takeWhole('0.bin')
    await world.until(() => giver?.shareNamed('0.bin')?.copies === 2, 'its origin knows')
  })
})
