import { expect, test } from 'vitest'
import { SpanBudget } from './spanBudget.ts'

const budget = () => new SpanBudget({ spanMs: 100, perSpender: 10, total: 15 })

test('each spends up to its share, all up to the total', () => {
  const b = budget()
  expect(b.spend('a', 10, 0)).toBe(true)
  expect(b.spend('a', 1, 1)).toBe(false)
  expect(b.spend('b', 6, 2)).toBe(false)
  expect(b.spend('b', 5, 3)).toBe(true)
  expect(b.spend('c', 1, 4)).toBe(false)
})

test('in no span is more spent, wherever it begins', () => {
  const b = budget()
  expect(b.spend('a', 10, 99)).toBe(true)
  expect(b.spend('a', 1, 100)).toBe(false)
  expect(b.spend('a', 1, 198)).toBe(false)
})

test('what was spent long ago counts no more', () => {
  const b = budget()
  expect(b.spend('a', 10, 99)).toBe(true)
  expect(b.spend('a', 10, 200)).toBe(true)
  expect(b.spend('a', 1, 299)).toBe(false)
  expect(b.spend('a', 10, 5000)).toBe(true)
})
