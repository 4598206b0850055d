import { describe, expect, it } from 'vitest'
import { leavingLoses, reloadCost } from './leaving.ts'
import { holder, share } from './testing/fakeSession.ts'

const own = { mine: true, state: 'complete', haveBytes: 1_000_000 } as const

describe('closing the tab loses something', () => {
  it.each([
    ['a file being written out', share('a', { state: 'complete', savingBytes: 0 })],
    [
      'pieces only we have, while bob takes them',
      share('a', { ...own, roomFraction: 0.6, holders: [holder('bob', { fraction: 0.6 })] }),
    ],
  ])('with %s', (_, held) => {
    expect(leavingLoses(held, 'disk')).toBe(true)
  })

  it.each(['downloading', 'paused'] as const)('with what is %s into memory', (state) => {
    expect(leavingLoses(share('a', { state }), 'memory')).toBe(true)
  })
})

describe('closing the tab loses nothing', () => {
  it.each([
    ['an offer nobody took', share('a', { ...own, roomFraction: 0, holders: [] })],
    [
      'a share the room holds without us',
      share('a', { ...own, roomFraction: 1, holders: [holder('bob', { fraction: 0.6 })] }),
    ],
    [
      'a taker who is gone',
      share('a', { ...own, roomFraction: 0, holders: [holder('bob', { state: 'lost', fraction: 0.1 })] }),
    ],
    ["somebody else's offer", share('a')],
    ['a download under way, which a later page goes on with', share('a', { state: 'downloading' })],
  ])('with %s', (_, held) => {
    expect(leavingLoses(held, 'disk')).toBe(false)
  })
})

describe('a reload', () => {
  it.each([
    ['moving', 'a download under way', share('a', { state: 'downloading' })],
    ['onlyHere', 'an offer nobody took', share('a', { ...own, roomFraction: 0, holders: [] })],
    ['onlyHere', 'what was fetched and not saved', share('a', { state: 'complete', haveBytes: 1_000_000 })],
    ['nothing', 'what was saved', share('a', { state: 'complete', haveBytes: 1_000_000, saved: true })],
    [
      'onlyHere',
      'what was saved, and others cannot have any more',
      share('a', { state: 'complete', haveBytes: 1_000_000, saved: true, roomFraction: 0.5, holders: [] }),
    ],
    ['nothing', 'our own, which others have whole', share('a', { ...own, roomFraction: 1 })],
    ['nothing', 'an offer of somebody', share('a')],
  ] as const)('costs %s with %s', (cost, _what, held) => {
    expect(reloadCost([share('another'), held])).toBe(cost)
  })
})
