import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { Events } from './events.ts'

it('lets things happen by time, and in the order planned at the same time', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 100 }), (times) => {
      const events = new Events()
      const happened: [number, number][] = []
      for (const [order, at] of times.entries())
        events.at(at, () => {
          expect(events.now).toBe(at)
          happened.push([at, order])
        })
      while (events.step(20)) continue
      const expected = times.map((at, order) => [at, order] as const)
      expect(happened).toEqual(expected.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]))
    }),
  )
})

it('takes in what is planned while things happen, and waits for what is to come', () => {
  const events = new Events()
  const seen: number[] = []
  events.after(10, () => {
    seen.push(events.now)
    events.after(5, () => seen.push(events.now))
    events.after(0, () => seen.push(events.now))
  })
  events.at(12, () => seen.push(events.now))
  while (events.step(14)) continue
  expect(seen).toEqual([10, 10, 12])
  expect(events.now).toBe(14)
  while (events.step(100)) continue
  expect(seen).toEqual([10, 10, 12, 15])
  expect(events.now).toBe(100)
})
