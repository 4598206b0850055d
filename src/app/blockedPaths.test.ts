import { describe, expect, it } from 'vitest'
import type { PeerId } from '../shared/ids.ts'
import { limits } from '../shared/limits.ts'
import { MemoryClock } from '../shared/testing/memoryClock.ts'
import { BlockedPaths } from './blockedPaths.ts'
import { NoticeBoard } from './noticeBoard.ts'
import { SessionWorld } from './testing/sessionWorld.ts'
import type { Notice } from './view.ts'

function setUp(urls: string) {
  const clock = new MemoryClock()
  let notices: readonly Notice[] = []
  const board = new NoticeBoard((all) => (notices = all))
  const settings = () => ({ servers: [{ urls, username: 'u', credential: 'c' }], relayOnly: false })
  const blocked = new BlockedPaths(board, settings, clock)
  const failed = (peer: PeerId, times = 2): void => {
    for (let time = 0; time < times; time++) blocked.found(peer)
  }
  return { board, blocked, failed, clock, notices: () => notices }
}

const alice = 'alice' as PeerId
const bob = 'bob' as PeerId

describe('networks that let nothing through', () => {
  it.each([
    ['stun:a.example', false],
    ['turn:a.example', true],
  ])('are told of, and whether there was a relay server: %s', (urls, hasRelay) => {
    const { failed, notices } = setUp(urls)
    failed(alice)
    expect(notices()).toMatchObject([{ level: 'warning', message: { code: 'noWayThrough', hasRelay } }])
  })

  it('are not told of where one attempt failed: its peer may have left meanwhile', () => {
    const { failed, notices } = setUp('stun:a.example')
    failed(alice, 1)
    failed(bob, 1)
    expect(notices()).toEqual([])
  })

  it('are told of once for each peer, until somebody is linked', () => {
    const { board, blocked, failed, notices } = setUp('stun:a.example')
    failed(alice)
    board.dismiss(notices()[0]?.id ?? 0)
    failed(alice)
    expect(notices()).toEqual([])
    failed(bob)
    expect(notices()).toHaveLength(1)
    blocked.linked(bob)
    expect(notices()).toEqual([])
    failed(bob, 1)
    expect(notices()).toEqual([])
    failed(alice, 1)
    expect(notices()).toHaveLength(1)
  })

  it('are told of no longer when the last of those peers has left', () => {
    const { blocked, failed, notices } = setUp('stun:a.example')
    failed(alice)
    failed(bob)
    blocked.left(alice)
    expect(notices()).toHaveLength(1)
    blocked.left(bob)
    expect(notices()).toEqual([])
  })

  it('are told of no longer when nobody was tried again', () => {
    const { clock, failed, notices } = setUp('stun:a.example')
    failed(alice)
    clock.advanceTo(limits.blockedForgetMs - 1)
    failed(alice, 1)
    clock.advanceTo(limits.blockedForgetMs)
    expect(notices()).toHaveLength(1)
    clock.advanceTo(2 * limits.blockedForgetMs)
    expect(notices()).toEqual([])
    failed(alice, 1)
    expect(notices()).toEqual([])
  })

  it('are remembered of no more peers than a room has', () => {
    const { board, failed, notices } = setUp('stun:a.example')
    for (let at = 0; at < limits.rosterEntriesMax; at++) failed(`peer ${at}` as PeerId)
    board.dismiss(notices()[0]?.id ?? 0)
    failed(alice)
    expect(notices()).toEqual([])
  })

  it('are told of in a room to whom it concerns, until they are linked', async () => {
    const world = new SessionWorld(1)
    const blocked = await world.join('alice', { fresh: true, linksFail: 2 })
    const other = await world.join('bob')
    const isTold = (): boolean => blocked.view.notices.some(({ message }) => message.code === 'noWayThrough')
    await world.until(isTold, 'alice is told')
    await world.linked(blocked, other)
    expect(isTold()).toBe(false)
    world.close()
  })
})
