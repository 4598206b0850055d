import { describe, expect, it } from 'vitest'
import { cleanName, nameInSentence, shortName } from './names.ts'

describe("a stranger's name", () => {
  it('loses controls and whatever reorders text', () => {
    expect(cleanName('a\u0000b\u001bc\u0085d\u202egpj.exe\u2066\u200f\u061c\n')).toBe('abcdgpj.exe')
  })

  it('keeps letters of every script, accents and joined emoji', () => {
    const name = 'Żółw مرحبا 日本語 👩‍👧.txt'
    expect(cleanName(name)).toBe(name)
  })

  it('loses half a surrogate pair', () => {
    expect(cleanName('a\ud83d')).toBe('a')
  })

  it('is cut when it is endless', () => {
    expect(cleanName('x'.repeat(10_000))).toHaveLength(255)
  })

  it('stands isolated in a sentence', () => {
    expect(nameInSentence('\u2069bob')).toBe('\u2068bob\u2069')
  })
})

describe('a name made short', () => {
  it('stays whole when it fits', () => {
    expect(shortName('holiday.mp4')).toBe('holiday.mp4')
  })

  it('keeps its start and its end', () => {
    const short = shortName(`start${'x'.repeat(200)}end.mp4`)
    expect(short).toMatch(/^startx+…x+end\.mp4$/)
    expect([...short]).toHaveLength(60)
  })

  it('never cuts a letter outside the basic plane in two', () => {
    expect(shortName('😀'.repeat(100))).toMatch(/^😀+…😀+$/u)
  })
})

it('a short name in a sentence is not broken over two lines, a long one may be', () => {
  expect(nameInSentence('Amber Heron')).toBe('\u2068Amber\u00a0Heron\u2069')
  const long = 'a name that would not fit on the line of a phone'
  expect(nameInSentence(long)).toBe(`\u2068${long}\u2069`)
})
