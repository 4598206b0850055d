import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { NoticeBoard } from './noticeBoard.ts'
import type { Notice } from './view.ts'

function openBoard() {
  let changes = 0
  let shown: readonly Notice[] = []
  const board = new NoticeBoard((notices) => {
    shown = notices
    changes++
  })
  const names = () => shown.map(({ message }) => ('name' in message ? message.name : message.code))
  return { board, names, notices: () => shown, changes: () => changes }
}

describe('the notices', () => {
  it('stand in the order said, each with an id of its own', () => {
    const { board, names, notices, changes } = openBoard()
    board.add('info', { code: 'memberJoined', name: 'bob' })
    board.add('error', { code: 'memberLeft', name: 'carol' })
    expect(names()).toEqual(['bob', 'carol'])
    expect(notices().map(({ level }) => level)).toEqual(['info', 'error'])
    expect(new Set(notices().map(({ id }) => id)).size).toBe(2)
    expect(changes()).toBe(2)
  })

  it('do not say the same twice: the newer stands for both', () => {
    const { board, names } = openBoard()
    board.add('info', { code: 'memberJoined', name: 'bob' })
    board.add('info', { code: 'memberJoined', name: 'carol' })
    board.add('info', { code: 'memberJoined', name: 'bob' })
    expect(names()).toEqual(['carol', 'bob'])
  })

  it('crowd out the oldest', () => {
    const { board, names } = openBoard()
    for (let at = 0; at <= limits.noticesMax; at++) board.add('info', { code: 'memberJoined', name: `${at}` })
    expect(names()).toHaveLength(limits.noticesMax)
    expect(names()[0]).toBe('1')
  })

  it('go when they are dismissed, once', () => {
    const { board, names, notices, changes } = openBoard()
    board.add('info', { code: 'memberJoined', name: 'bob' })
    const id = notices()[0]?.id ?? 0
    board.dismiss(id)
    expect(names()).toEqual([])
    board.dismiss(id)
    expect(changes()).toBe(2)
  })

  it('are taken back when they are no longer true', () => {
    const { board, names, changes } = openBoard()
    board.add('warning', { code: 'brokerUnreachable' })
    board.add('info', { code: 'memberJoined', name: 'bob' })
    board.retract('brokerUnreachable')
    board.retract('brokerUnreachable')
    expect(names()).toEqual(['bob'])
    expect(changes()).toBe(3)
  })
})
