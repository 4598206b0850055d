import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { BlockedPaths } from './blockedPaths.ts'
import { NoticeBoard } from './noticeBoard.ts'
import { SessionWorld } from './testing/sessionWorld.ts'
import type { Notice } from './view.ts'

function setUp(urls: string) {
  let notices: readonly Notice[] = []
  const board = new NoticeBoard((all) => (notices = all))
  const settings = () => ({ servers: [{ urls, username: 'u', credential: 'c' }], relayOnly: false })
  return { board, blocked: new BlockedPaths(board, settings), notices: () => notices }
}

const alice = 'alice' as PeerId
const bob = 'bob' as PeerId

describe('networks that let nothing through', () => {
  it.each([
    ['stun:a.example', false],
    ['turn:a.example', true],
  ])('are told of, and whether there was a relay server: %s', (urls, hasRelay) => {
    const { blocked, notices } = setUp(urls)
    blocked.found(alice)
    expect(notices()).toMatchObject([{ level: 'warning', message: { code: 'noWayThrough', hasRelay } }])
  })

  it('are told of once for each peer, until somebody is linked', () => {
    const { board, blocked, notices } = setUp('stun:a.example')
    blocked.found(alice)
    board.dismiss(notices()[0]?.id ?? 0)
    blocked.found(alice)
    expect(notices()).toEqual([])
    blocked.found(bob)
    expect(notices()).toHaveLength(1)
    blocked.linked()
    expect(notices()).toEqual([])
    blocked.found(alice)
    expect(notices()).toHaveLength(1)
  })

  it('are remembered of no more peers than a room has', () => {
    const { board, blocked, notices } = setUp('stun:a.example')
    for (let at = 0; at < limits.rosterEntriesMax; at++) blocked.found(`peer ${at}` as PeerId)
    board.dismiss(notices()[0]?.id ?? 0)
    blocked.found(alice)
    expect(notices()).toEqual([])
  })

  it('are told of in a room to whom it concerns, until they are linked', async () => {
    const world = new SessionWorld(1)
    const blocked = await world.join('alice', { fresh: true, firstLinkFails: true })
    const other = await world.join('bob')
    const isTold = (): boolean => blocked.view.notices.some(({ message }) => message.code === 'noWayThrough')
    await world.until(isTold, 'alice is told')
    await world.linked(blocked, other)
    expect(isTold()).toBe(false)
    world.close()
  })
})
