import { describe, expect, test } from 'vitest'
import { isLeak, slopeOf, type MemorySeries } from './leak.ts'

const MB = 1_000_000

/** A page of so many minutes that grows so much in each, and whose memory comes and goes by so much. */
const seriesOf = (minutes: number, growthBytes: number, scatterBytes: number): MemorySeries => ({
  who: 'Ada',
  samples: Array.from({ length: minutes }, (_, at) => ({
    atMs: at * 60_000,
    liveBytes: 20 * MB + at * growthBytes + (at % 2 === 0 ? scatterBytes : -scatterBytes),
  })),
})

const verdict = (series: MemorySeries): boolean | null => {
  const slope = slopeOf(series)
  return slope && isLeak(slope)
}

describe('the slope of memory', () => {
  test('is found by least squares, without the first minutes', () => {
    const series = seriesOf(12, 3 * MB, 0)
    const [early, later] = [series.samples.slice(0, 2), series.samples.slice(2)]
    const wild = [...early.map(({ atMs }) => ({ atMs, liveBytes: 90 * MB })), ...later]
    expect(slopeOf({ who: 'Ada', samples: wild })?.bytesPerMinute).toBeCloseTo(3 * MB)
    expect(slopeOf({ who: 'Ada', samples: wild })?.errorBytesPerMinute).toBeCloseTo(0)
  })

  test('is none for a page that lived shortly', () => {
    expect(slopeOf(seriesOf(6, 3 * MB, 0))).toBeNull()
  })

  test('is a leak where a page grows for sure, not where its memory comes and goes', () => {
    expect(verdict(seriesOf(30, MB, 2 * MB))).toBe(true)
    expect(verdict(seriesOf(30, 0, 5 * MB))).toBe(false)
    expect(verdict(seriesOf(10, MB, 9 * MB))).toBe(false)
    expect(verdict(seriesOf(30, 0.1 * MB, 0))).toBe(false)
  })
})
