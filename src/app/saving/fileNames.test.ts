import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../../shared/limits.ts'
import { cleanName, cleanPaths } from './fileNames.ts'

describe('cleanName', () => {
  it.each([
    ['holiday.jpg', 'holiday.jpg'],
    ['Größe 日本語 👩‍👩‍👧 (1).txt', 'Größe 日本語 👩‍👩‍👧 (1).txt'],
    ['می‌خواهم.txt', 'می‌خواهم.txt'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['C:\\Windows\\x.exe', 'C__Windows_x.exe'],
    ['.hidden', 'hidden'],
    ['\u200b.hidden', 'hidden'],
    ['..', 'unnamed'],
    ['', 'unnamed'],
    ['   ', 'unnamed'],
    ['\u0000\u202e', 'unnamed'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['two\nlines\r\u2028.txt', 'twolines.txt'],
    ['half \ud83d.txt', 'half .txt'],
    ['ends in dots... ', 'ends in dots'],
    ['CON', '_CON'],
    ['nul.tar.gz', '_nul.tar.gz'],
    ['com¹.txt', '_com¹.txt'],
    ['console.log', 'console.log'],
    ['<b>"what?"|*</b>', '_b__what______b_'],
  ])('makes %j %j', (name, cleaned) => {
    expect(cleanName(name)).toBe(cleaned)
  })

  it('cuts a name of 10,000 characters before its extension, and no character in two', () => {
    const cleaned = cleanName('👍'.repeat(5000) + '.jpeg')
    expect(cleaned).toBe('👍'.repeat((limits.nameLengthMax - '.jpeg'.length) / 2) + '.jpeg')
    expect(cleanName('x'.repeat(10_000))).toHaveLength(limits.nameLengthMax)
    expect(cleanName('x.' + 'y'.repeat(10_000))).toHaveLength(limits.nameLengthMax)
  })

  it('is safe, and at rest after one pass, whatever a peer calls a file', () => {
    const nasty = fc.constantFrom(
      '.',
      '/',
      '\\',
      ' ',
      '\u202e',
      '\ud800',
      '\0',
      'con',
      'NUL',
      '.txt',
      ':',
      '\u200b',
      'é',
    )
    const part = fc.oneof(nasty, fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 40 }).map((parts) => parts.join('')),
        (name) => {
          const cleaned = cleanName(name)
          expect(cleaned).toMatch(/^[^.\s][^/\\]*$/u)
          expect(cleaned).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069<>:"|?*]|[\s.]$/u)
          expect(cleaned.length).toBeLessThanOrEqual(limits.nameLengthMax)
          expect(cleanName(cleaned)).toBe(cleaned)
          expect(() => encodeURIComponent(cleaned)).not.toThrow()
        },
      ),
    )
  })
})

describe('cleanPaths', () => {
  it.each([
    [['a/b/c.txt'], ['a/b/c.txt']],
    [
      ['.gitignore', '.git/config'],
      ['.gitignore', '.git/config'],
    ],
    [
      ['../../up.txt', '/root.txt', './here.txt', 'a//b'],
      ['up.txt', 'root.txt', 'here.txt', 'a/b'],
    ],
    [['a\\..\\b.txt'], ['a_.._b.txt']],
    [
      ['..', '', '/'],
      ['unnamed', 'unnamed (2)', 'unnamed (3)'],
    ],
    [['\u200b../x'], ['x']],
    [
      ['x.txt', 'x.txt', 'x.txt'],
      ['x.txt', 'x (2).txt', 'x (3).txt'],
    ],
    [
      ['x.txt', 'x (2).txt', 'x.txt'],
      ['x.txt', 'x (2).txt', 'x (3).txt'],
    ],
    [
      ['Read.me', 'README', 'readme'],
      ['Read.me', 'README', 'readme (2)'],
    ],
    [
      ['\u00e9.txt', 'e\u0301.txt'],
      ['\u00e9.txt', 'e\u0301 (2).txt'],
    ],
    [
      ['a:b', 'a?b'],
      ['a_b', 'a_b (2)'],
    ],
    [
      ['a', 'a/b'],
      ['a (2)', 'a/b'],
    ],
    [
      ['dir/aux.h', 'lpt1/x'],
      ['dir/_aux.h', '_lpt1/x'],
    ],
  ])('makes %j %j', (paths, cleaned) => {
    expect(cleanPaths(paths)).toEqual(cleaned)
  })

  it('gives as many paths that differ on every file system, and keeps every part within bounds', () => {
    const part = fc.constantFrom(
      'a',
      'A',
      'b.txt',
      '..',
      '.',
      '',
      'con',
      'x'.repeat(300),
      'x'.repeat(300) + 'y',
      'é',
      'é',
    )
    const path = fc.array(part, { maxLength: 4 }).map((parts) => parts.join('/'))
    fc.assert(
      fc.property(fc.array(path, { maxLength: 30 }), (paths) => {
        const cleaned = cleanPaths(paths)
        expect(cleaned).toHaveLength(paths.length)
        const keys = new Set(cleaned.map((one) => one.normalize('NFC').toLowerCase()))
        expect(keys.size).toBe(paths.length)
        for (const key of keys) {
          for (const other of keys) expect(other.startsWith(`${key}/`)).toBe(false)
          for (const one of key.split('/')) expect(one.length).toBeLessThanOrEqual(limits.nameLengthMax)
          expect(key.split('/')).not.toContain('..')
        }
      }),
    )
  })

  it('numbers 50,000 equal paths without trying every number for each', () => {
    const cleaned = cleanPaths(Array<string>(50_000).fill('same.txt'))
    expect(cleaned.at(-1)).toBe('same (50000).txt')
    expect(new Set(cleaned).size).toBe(50_000)
  })
})
