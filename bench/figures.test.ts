import { describe, expect, test } from 'vitest'
import { addRun, holds, less, median, more, told, worst, written, writtenMust } from './figures.ts'

const runs = (...values: number[]) =>
  values.reduce<ReturnType<typeof addRun>>(
    (series, value) => addRun(series, 'row', [more('rate', value, 'MB/s', { must: 2 })]),
    [],
  )

describe('figures of several runs', () => {
  test('are put together by row and name', () => {
    const series = addRun(runs(3, 1), 'other row', [more('rate', 5, 'MB/s')])
    expect(series.map(({ row, values }) => [row, values])).toEqual([
      ['row', [3, 1]],
      ['other row', [5]],
    ])
  })

  test('the median of an even number lies between the middle two', () => {
    expect(median([9, 1, 4])).toBe(4)
    expect(median([9, 1, 4, 2])).toBe(3)
  })

  test('the worst is the least of what should be more, and the greatest of what should be less', () => {
    const values = [3, 1, 9]
    expect(worst({ row: 'row', figure: more('rate', 0, 'MB/s'), values })).toBe(1)
    expect(worst({ row: 'row', figure: less('time', 0, 's'), values })).toBe(9)
    expect(worst({ row: 'row', figure: told('raw', 0, 'MB/s'), values })).toBe(9)
  })

  test('hold when the median is as good as it must be', () => {
    expect(runs(3, 1, 2).map(holds)).toEqual([true])
    expect(runs(3, 1, 1.9).map(holds)).toEqual([false])
    const time = less('time', 0, 's', { must: 2 })
    expect(holds({ row: 'row', figure: time, values: [1, 2, 9] })).toBe(true)
    expect(holds({ row: 'row', figure: time, values: [2.1] })).toBe(false)
    expect(holds({ row: 'row', figure: told('raw', 0, 'MB/s'), values: [1] })).toBeNull()
  })
})

test('figures are written with three digits and their unit', () => {
  expect([written(1.234, ''), written(12.34, 's'), written(123.4, 'ms'), written(0.2081, 'MB/s')]).toEqual([
    '1.23',
    '12.3 s',
    '123 ms',
    '0.208 MB/s',
  ])
  expect([
    writtenMust(more('rate', 0, 'MB/s', { must: 0.22 })),
    writtenMust(less('time', 0, '', { must: 1.2 })),
  ]).toEqual(['≥ 0.220 MB/s', '≤ 1.20'])
})
