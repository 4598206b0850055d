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

// Hundreds of thousands of paths: a machine busy with other tests takes its time.
describe('cleanPaths', { timeout: 120_000 }, () => {
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
      ['ΟΔΟΣ.txt', 'οδος.txt', 'οδοσ.txt'],
      ['ΟΔΟΣ.txt', 'οδος (2).txt', 'οδοσ (3).txt'],
    ],
    [
      ['\u212a', 'k'],
      ['\u212a', 'k (2)'],
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
        const keys = new Set(cleaned?.map((one) => one.normalize('NFC').toLowerCase()))
        expect(keys.size).toBe(paths.length)
        for (const key of keys) {
          for (const other of keys) expect(other.startsWith(`${key}/`)).toBe(false)
          for (const one of key.split('/')) expect(one.length).toBeLessThanOrEqual(limits.nameLengthMax)
          expect(key.split('/')).not.toContain('..')
        }
      }),
    )
  })

  it('brings up what lies too deep, and keeps its name', () => {
    const deep = 'd/'.repeat(limits.pathDepthMax + 10)
    const cleaned = cleanPaths([
      `${deep}a.txt`,
      `d/${deep}a.txt`,
      `${'d/'.repeat(limits.pathDepthMax - 1)}b.txt`,
    ])
    const folders = 'd/'.repeat(limits.pathDepthMax - 1)
    expect(cleaned).toEqual([`${folders}a.txt`, `${folders}a (2).txt`, `${folders}b.txt`])
  })

  it('gives up on paths that name more folders than any real tree', () => {
    const pathCount = Math.ceil(limits.foldersMax / (limits.pathDepthMax - 1))
    expect(cleanPaths(Array.from({ length: pathCount - 1 }, (_, at) => `${chain(at)}/f`))).not.toBeNull()
    expect(cleanPaths(Array.from({ length: pathCount + 1 }, (_, at) => `${chain(at)}/f`))).toBeNull()
  })
})

describe('a folder whose paths were made to cost time', () => {
  const count = limits.entriesMax
  const paths = (path: (at: number) => string): string[] => Array.from({ length: count }, (_, at) => path(at))
  const long = 'x'.repeat(limits.nameLengthMax - tail(0).length)

  it.each<[string, string[]]>([
    ['one name', paths(() => 'same.txt')],
    ['one name, whose numbered forms are there already', paths((at) => (at % 2 ? `a (${at}).txt` : 'a.txt'))],
    [
      'long names, each twice, whose numbered forms are cut to one',
      paths((at) => (at % 2 ? long : long.toUpperCase()) + tail(at >> 1)),
    ],
    ['folders of the names of files', paths((at) => (at % 2 ? `${at}/x` : `${at + 1}`))],
    ['names cut to one', paths((at) => `${'y'.repeat(300)}${at}`)],
  ])('is cleaned in one go: %s', (_what, hostile) => {
    const { result: cleaned, lookUps } = countingLookUps(() => cleanPaths(hostile))
    expect(cleaned).toHaveLength(count)
    expect(new Set(cleaned?.map((one) => one.toLowerCase())).size).toBe(count)
    expect(cleaned?.every((one) => one.length <= 2 * limits.nameLengthMax)).toBe(true)
    // Each entry looks up its folders and its name; each name that is taken costs one vain try at most, and two for its number.
    expect(lookUps).toBeLessThanOrEqual(8 * count)
  })

  it('is cleaned part by part, not path by path, where it is deep', () => {
    const folders = 'd/'.repeat(limits.pathDepthMax - 1)
    const hostile = Array.from({ length: 1000 }, (_, at) => `${folders}${at}`)
    const { lookUps } = countingLookUps(() => cleanPaths(hostile))
    expect(lookUps).toBeLessThanOrEqual(2 * limits.pathDepthMax * hostile.length)
  })
})

/** Digits of one length, so that only they differ. */
const tail = (at: number): string => String(at).padStart(15, '0')

/** As many folders in one another as a path may have, none of them those of another chain. */
const chain = (at: number): string =>
  Array.from({ length: limits.pathDepthMax - 1 }, (_, level) => `${at}.${level}`).join('/')

/** What `run` answers, and how often it asked or told a map anything. */
function countingLookUps<Value>(run: () => Value): { result: Value; lookUps: number } {
  let lookUps = 0
  const { get, has, set } = Map.prototype
  const { add, has: hasInSet } = Set.prototype
  const counted = <This, Args extends unknown[], Out>(real: (this: This, ...args: Args) => Out) =>
    function (this: This, ...args: Args): Out {
      lookUps++
      return real.apply(this, args)
    }
  Object.assign(Map.prototype, { get: counted(get), has: counted(has), set: counted(set) })
  Object.assign(Set.prototype, { add: counted(add), has: counted(hasInSet) })
  try {
    const result = run()
    return { result, lookUps }
  } finally {
    Object.assign(Map.prototype, { get, has, set })
    Object.assign(Set.prototype, { add, has: hasInSet })
  }
}
