import { describe, expect, it } from 'vitest'
import { inOrder } from './inOrder.ts'

describe('inOrder', () => {
  it('takes an input of its own making after the one that made it', () => {
    const taken: number[] = []
    const handle = inOrder<number>(
      (input) => {
        if (input < 3) handle(input + 1)
        taken.push(input)
      },
      () => taken.push(0),
      () => undefined,
    )
    handle(1)
    expect(taken).toEqual([1, 2, 3, 0])
  })

  it('goes on with the next input after a bug, and tells of the bug once', () => {
    const taken: number[] = []
    const bugs: unknown[] = []
    const handle = inOrder<number>(
      (input) => {
        if (input === 1) throw new Error('Bug: one')
        taken.push(input)
      },
      () => undefined,
      (error) => bugs.push(error),
    )
    handle(1)
    handle(2)
    expect(taken).toEqual([2])
    expect(bugs).toEqual([new Error('Bug: one')])
  })
})
