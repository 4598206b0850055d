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

const fetched = { state: 'complete', haveBytes: 1_000_000 } as const

describe('a reload', () => {
  it.each([
    ['moving', 'a download under way', share('a', { state: 'downloading' }), 'disk'],
    ['moving', 'a file being written out', share('a', { ...fetched, savingBytes: 0 }), 'disk'],
    ['onlyHere', 'an offer nobody took', share('a', { ...own, roomFraction: 0, holders: [] }), 'disk'],
    ['onlyHere', 'what is in memory and not saved', share('a', fetched), 'memory'],
    [
      'onlyHere',
      'what is in our memory alone',
      share('a', { ...fetched, saved: true, roomFraction: 0.5, holders: [] }),
      'memory',
    ],
    [
      'nothing',
      'what is in memory, saved, and with others',
      share('a', { ...fetched, saved: true }),
      'memory',
    ],
    ['nothing', 'what is on disk', share('a', { ...fetched, roomFraction: 0, holders: [] }), 'disk'],
    ['nothing', 'a download at rest on disk', share('a', { state: 'paused', haveBytes: 5 }), 'disk'],
    ['nothing', 'our own, which others have whole', share('a', { ...own, roomFraction: 1 }), 'disk'],
    ['nothing', 'an offer of somebody', share('a'), 'disk'],
  ] as const)('costs %s with %s', (cost, _what, held, kept) => {
    expect(reloadCost([share('another'), held], kept)).toBe(cost)
  })
})
