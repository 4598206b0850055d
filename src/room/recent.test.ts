import { expect, it } from 'vitest'
import { createRecent } from './recent.ts'

it('[R9] remembers so many ids, and forgets the longest noted first', () => {
  const recent = createRecent<string, number>(2)
  recent.note('alice', 1)
  recent.note('bob', 2)
  recent.note('alice', 3)
  recent.note('carol', 4)
  expect(['alice', 'bob', 'carol'].map((id) => recent.noted(id))).toEqual([3, undefined, 4])
})
