import { describe, expect, it } from 'vitest'
import type { ShareId } from '../shared/ids.ts'
import type { StoredSource } from '../store/shareIndex.ts'
import { EarlierFiles } from './earlierFiles.ts'
import type { Intake } from './intake.ts'

const share = 'AAAAAAAAAAAAAAAAAAAAAA' as ShareId
const source = { kind: 'file', name: 'a.txt' } as StoredSource
const taken: Intake = { kind: 'file', file: new File(['a'], 'a.txt'), source: Promise.resolve(source) }
const earlier = { share, wish: 'offer', completed: true, source } as const

/** The browser lets the page read or not, before and after the user is asked; what became of the share. */
async function givenAgain(may: {
  before: boolean
  after: boolean
  there?: boolean
  joins?: boolean
  changed?: boolean
  copied?: boolean
}) {
  const done: string[] = []
  const files = new EarlierFiles({
    mayRead: async () => may.before,
    askToRead: async () => {
      done.push('asked')
      return may.after
    },
    take: async () => (may.there === false ? null : taken),
    share: async () => void done.push('shared'),
    isAway: () => may.joins === false,
    isChanged: () => may.changed === true,
    notFound: () => void done.push('not found'),
    replaced: () => void done.push('replaced'),
    bugFound: (error) => void done.push(String(error)),
  })
  files.restored([{ ...earlier, isCopied: may.copied === true }])
  await new Promise((resolve) => setTimeout(resolve, 0))
  if (!may.before && files.canAsk(share)) await files.giveAgain(share)
  return { done, files }
}

const nothing = async (): Promise<never> => {
  throw new Error('nobody asks')
}

describe('files of an earlier page', () => {
  it('are given again without a question where the browser lets the page read them still', async () => {
    expect((await givenAgain({ before: true, after: false })).done).toEqual(['shared'])
  })

  it('are given again when the user says yes', async () => {
    expect((await givenAgain({ before: false, after: true })).done).toEqual(['asked', 'shared'])
  })

  it('are left alone when the user says no', async () => {
    expect((await givenAgain({ before: false, after: false })).done).toEqual(['asked'])
  })

  it('are not given again where the page has copies of them', async () => {
    expect((await givenAgain({ before: true, after: true, copied: true })).done).toEqual([])
  })

  it('that are not where they were are said to be missing', async () => {
    expect((await givenAgain({ before: true, after: true, there: false })).done).toEqual(['not found'])
  })

  it('that are not where they were can be asked for again: a stick may be put in', async () => {
    const { files } = await givenAgain({ before: false, after: true, there: false })
    expect(files.canAsk(share)).toBe(true)
  })

  it('that are shared again need not be asked for any more', async () => {
    const { files } = await givenAgain({ before: true, after: true })
    expect(files.canAsk(share)).toBe(false)
  })

  it('that could just now not be read stay what they were', async () => {
    expect((await givenAgain({ before: true, after: true, joins: false })).done).toEqual(['shared'])
  })

  it('that were changed are another share in place of the old one', async () => {
    expect((await givenAgain({ before: true, after: true, joins: false, changed: true })).done).toEqual([
      'shared',
      'replaced',
    ])
  })

  it('whose place the browser did not tell cannot be asked for', async () => {
    const files = new EarlierFiles({
      mayRead: nothing,
      askToRead: nothing,
      take: nothing,
      share: nothing,
      isAway: () => true,
      isChanged: () => true,
      bugFound: nothing,
      notFound: () => undefined,
      replaced: () => undefined,
    })
    files.restored([{ ...earlier, source: null, isCopied: false }])
    expect(files.canAsk(share)).toBe(false)
  })
})
