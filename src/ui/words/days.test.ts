import { describe, expect, it } from 'vitest'
import { daysFor } from './days.ts'

const inBerlin = daysFor('en-GB', 'Europe/Berlin')
const at = (text: string): number => Date.parse(text)
/** A Thursday. */
const now = at('2026-11-26T09:00:00+01:00')

describe('days, as people name them', () => {
  it.each([
    ['2026-11-26T00:30:00+01:00', { unit: 'today' }],
    ['2026-11-26T09:00:00+01:00', { unit: 'today' }],
    ['2026-11-27T09:00:00+01:00', { unit: 'today' }],
    ['2026-11-25T23:59:00+01:00', { unit: 'yesterday' }],
    ['2026-11-25T00:01:00+01:00', { unit: 'yesterday' }],
    ['2026-11-24T23:59:00+01:00', { unit: 'weekday', said: 'Tuesday' }],
    ['2026-11-20T00:01:00+01:00', { unit: 'weekday', said: 'Friday' }],
    ['2026-11-19T23:59:00+01:00', { unit: 'date', said: '19 November' }],
    ['2026-03-03T12:00:00+01:00', { unit: 'date', said: '3 March' }],
    ['2025-12-31T23:59:00+01:00', { unit: 'date', said: '31 December 2025' }],
  ])('%s is %o', (moment, day) => {
    expect(inBerlin(at(moment), now)).toEqual(day)
  })

  it('are those of the place where one is', () => {
    const moment = at('2026-11-25T23:30:00+01:00')
    expect(daysFor('en-GB', 'Asia/Tokyo')(moment, now)).toEqual({ unit: 'today' })
    expect(daysFor('en-GB', 'America/New_York')(moment, now)).toEqual({ unit: 'yesterday' })
  })

  it.each([
    ['summer ends', '2026-10-25T23:30:00+01:00', '2026-10-26T00:10:00+01:00', '2026-10-24T23:30:00+02:00'],
    ['summer begins', '2026-03-29T23:30:00+02:00', '2026-03-30T00:10:00+02:00', '2026-03-28T23:30:00+01:00'],
  ])('are told apart where %s', (_, yesterday, today, before) => {
    expect(inBerlin(at(yesterday), at(today))).toEqual({ unit: 'yesterday' })
    expect(inBerlin(at(before), at(today)).unit).toBe('weekday')
  })
})
