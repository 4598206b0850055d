import { describe, expect, it } from 'vitest'
import { formatsFor, roughSpan } from './format.ts'

const { count, size, speed, percent } = formatsFor('en')
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ')

describe('sizes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [812, '812 bytes'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1450, '1.5 kB'],
    [640_000, '640 kB'],
    [999_400, '999 kB'],
    [999_600, '1 MB'],
    [9_960_000, '10 MB'],
    [1_430_000_000, '1.4 GB'],
    [2_000_000_000, '2 GB'],
    [2 ** 41, '2.2 TB'],
    [5e15, '5,000 TB'],
  ])('says %d bytes as %s', (bytes, said) => {
    expect(plain(size(bytes))).toBe(said)
  })

  it('speaks the language it is made for', () => {
    expect(plain(formatsFor('fr').size(1_430_000_000))).toBe('1,4 Go')
  })

  it('never breaks between a number and its unit', () => {
    expect(size(640_000)).not.toContain(' ')
    expect(speed(640_000)).not.toContain(' ')
  })
})

describe('speeds', () => {
  it.each([
    [12_300_000, '12 MB/s'],
    [1_840_000, '1.8 MB/s'],
    [640_000, '640 kB/s'],
    [3, '1 kB/s'],
  ])('says %d bytes a second as %s', (bytesPerSecond, said) => {
    expect(plain(speed(bytesPerSecond))).toBe(said)
  })
})

describe('percentages', () => {
  it.each([
    [0, '0 %'],
    [0.639, '63 %'],
    [0.9999, '99 %'],
    [1, '100 %'],
    [1.2, '100 %'],
    [-1, '0 %'],
  ])('says %d as %s', (fraction, said) => {
    expect(plain(percent(fraction))).toBe(said)
  })
})

it('groups large counts', () => {
  expect(count(3200)).toBe('3,200')
})

describe('rough spans', () => {
  const second = 1000
  const minute = 60 * second
  const hour = 60 * minute
  it.each([
    [0, { unit: 'moments' }],
    [9.9 * second, { unit: 'moments' }],
    [10 * second, { unit: 'seconds', count: 10 }],
    [34 * second, { unit: 'seconds', count: 30 }],
    [55 * second, { unit: 'minutes', count: 1 }],
    [100 * second, { unit: 'minutes', count: 2 }],
    [170 * second, { unit: 'minutes', count: 3 }],
    [55 * minute, { unit: 'hours', count: 1 }],
    [22 * hour, { unit: 'hours', count: 22 }],
    [23 * hour, { unit: 'days', count: 1 }],
    [80 * hour, { unit: 'days', count: 3 }],
  ])('takes %d ms for %o', (spanMs, span) => {
    expect(roughSpan(spanMs)).toEqual(span)
  })
})
