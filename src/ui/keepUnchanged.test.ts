import { expect, it } from 'vitest'
import { keepUnchanged } from './keepUnchanged.ts'

it('gives back the previous value when the next one equals it', () => {
  const previous = { shares: [{ name: 'a', have: 1 }], none: null }
  expect(keepUnchanged(previous, { shares: [{ name: 'a', have: 1 }], none: null })).toBe(previous)
})

it('keeps the parts that stayed the same and takes the ones that did not', () => {
  const previous = [
    { name: 'a', have: 1 },
    { name: 'b', have: 1 },
  ]
  const next = keepUnchanged(previous, [
    { name: 'a', have: 1 },
    { name: 'b', have: 2 },
  ])
  expect(next).toEqual([
    { name: 'a', have: 1 },
    { name: 'b', have: 2 },
  ])
  expect(next[0]).toBe(previous[0])
  expect(next[1]).not.toBe(previous[1])
})

it.each([
  [
    [1, 2, 3],
    [1, 2],
  ],
  [{ a: 1, b: 2 }, { a: 1 }],
  [{ a: undefined }, { b: undefined }],
  [[], {}],
  [null, { a: 1 }],
  [{ a: 1 }, null],
  [undefined, 0],
])('takes the next of %j and %j', (previous, next) => {
  expect(keepUnchanged<unknown>(previous, next)).toEqual(next)
})
