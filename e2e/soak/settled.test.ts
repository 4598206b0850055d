import { describe, expect, test } from 'vitest'
import { leftBehind, unsettled, type Present } from './settled.ts'
import type { SeenShare, Sight } from './sight.ts'

const share = (shareId: string, state: string): SeenShare => ({
  shareId,
  name: `name of ${shareId}`,
  state,
  haveBytes: 1,
  sizeBytes: 2,
  buttons: [],
})

const sightOf = (others: readonly string[], changes: Partial<Sight> = {}): Sight => ({
  signaling: 'online',
  peers: others.map((name) => ({ name, state: 'direct', lanes: 1 })),
  shares: [],
  notices: [],
  open: { connections: others.length, connectionsMade: 9, timers: 5 },
  ...changes,
})

const present = (name: string, sight: Sight | null, changes: Partial<Present> = {}): Present => ({
  name,
  asked: new Map(),
  given: new Set(),
  sight,
  ...changes,
})

const ben = present('Ben', sightOf(['Ada']))
const asked = new Map([['s1', 'name of s1']])

describe('what must hold at the end of a soak', () => {
  test('two who see each other and want nothing are well', () => {
    expect(unsettled([present('Ada', sightOf(['Ben'])), ben])).toEqual([])
  })

  test.each<[string, Present, string]>([
    ['a page that hangs', present('Ada', null), 'Ada does not answer'],
    ['a ghost', present('Ada', sightOf(['Ben', 'Cem'])), 'Ada sees Ben, Cem where Ben are'],
    ['a double', present('Ada', sightOf(['Ben', 'Ben'])), 'Ada sees Ben, Ben where Ben are'],
    ['nobody', present('Ada', sightOf([])), 'Ada sees nobody where Ben are'],
    [
      'a member that is lost',
      present('Ada', sightOf(['Ben'], { peers: [{ name: 'Ben', state: 'lost', lanes: 0 }] })),
      'Ada has Ben as lost',
    ],
    [
      'a broker that is away',
      present('Ada', sightOf(['Ben'], { signaling: 'offline' })),
      'Ada has no broker (offline)',
    ],
    [
      'connections of links that are gone',
      present('Ada', sightOf(['Ben'], { open: { connections: 3, connectionsMade: 9, timers: 5 } })),
      'Ada has 3 connections open for 1 lanes to 1 others',
    ],
    [
      'timers that pile up',
      present('Ada', sightOf(['Ben'], { open: { connections: 1, connectionsMade: 9, timers: 500 } })),
      'Ada has 500 timers waiting',
    ],
    [
      'a share that is no longer given',
      present('Ada', sightOf(['Ben']), { given: new Set(['mine.bin']) }),
      'Ada does not give mine.bin any more',
    ],
  ])('%s is told', (_, ada, said) => {
    expect(unsettled([ada, ben])).toEqual([said])
  })

  test('what was asked for must be whole where anybody has it whole, and only there', () => {
    const holder = present('Ben', sightOf(['Ada'], { shares: [share('s1', 'complete')] }))
    const taker = (state: string) =>
      present('Ada', sightOf(['Ben'], { shares: [share('s1', state)] }), { asked })
    expect(unsettled([taker('complete'), holder])).toEqual([])
    expect(unsettled([taker('downloading'), ben])).toEqual([])
    expect(unsettled([taker('downloading'), holder])).toEqual([
      'Ada has 1 of 2 bytes of name of s1 (downloading)',
    ])
    expect(unsettled([present('Ada', sightOf(['Ben']), { asked }), holder])).toEqual([
      'Ada asked for name of s1 and does not list it',
    ])
  })

  test('files, records and hash lists of shares that the page does not have are told', () => {
    const sight = sightOf([], { shares: [share('s1', 'complete')] })
    expect(leftBehind({ files: ['s1'], records: ['s1'], parts: ['s1'] }, sight)).toEqual([])
    expect(leftBehind({ files: ['s1', 's2'], records: ['s2'], parts: ['s2', 's3'] }, sight)).toEqual([
      'keeps 1 files of shares that its page does not have',
      'keeps 1 records of shares that its page does not have',
      'keeps 2 hash lists of shares that its page does not have',
    ])
  })
})
