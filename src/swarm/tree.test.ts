import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8FromText } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import { decodeTree, encodeTree, type Entry } from './tree.ts'

const entry: fc.Arbitrary<Entry> = fc.record({
  path: fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }),
  sizeBytes: fc.nat({ max: 2 ** 31 }),
  modifiedMs: fc.nat(),
})
const sumOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
const manifestOf = (sizeBytes: number, fileCount: number) => ({ sizeBytes, fileCount })
/** A path of so many parts. */
const nested = (depth: number): string => Array.from({ length: depth }, () => 'p').join('/')
const treeOf = (rows: readonly unknown[]): Uint8Array => utf8FromText(JSON.stringify([1, ...rows]))
const tree = (...rows: readonly unknown[]): Uint8Array => treeOf(rows)

describe('tree', () => {
  it('W5 what is encoded decodes to the same', () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        expect(decodeTree(encodeTree(entries), manifestOf(sumOf(entries), entries.length))).toEqual(entries)
      }),
    )
  })

  it('W5 no bytes make the parser throw', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.json(), (bytes, json) => {
        expect(() => [
          decodeTree(bytes, manifestOf(1, 1)),
          decodeTree(utf8FromText(json), manifestOf(0, 1)),
        ]).not.toThrow()
        expect(() => decodeTree(utf8FromText(`[1,${json}]`), manifestOf(0, 1))).not.toThrow()
      }),
    )
  })

  it.each<[string, Uint8Array, number?]>([
    ['another version', utf8FromText('[2]')],
    ['not a list', utf8FromText('{"0":1}')],
    ['sizes that do not add up', tree(['a', 99, 0])],
    ['an empty path', tree(['', 100, 0])],
    ['a long path', tree(['x'.repeat(limits.pathLengthMax + 1), 100, 0])],
    ['a size below nothing', tree(['a', -1, 0], ['b', 101, 0]), 2],
    ['a size of -0', utf8FromText('[1,["a",-0,0],["b",100,0]]'), 2],
    ['fewer entries than the manifest says', tree(['a', 100, 0]), 2],
    ['more entries than the manifest says', tree(['a', 100, 0], ['b', 0, 0])],
    ['too deep a path', tree([nested(limits.pathDepthMax + 1), 100, 0])],
    ['a size that is no number', tree(['a', '100', 0])],
    ['a time that is no number', tree(['a', 100, null])],
    ['a row too long', tree(['a', 100, 0, 0])],
    [
      'too many entries',
      treeOf([['a', 100, 0], ...Array.from({ length: limits.entriesMax }, () => ['b', 0, 0])]),
      limits.entriesMax + 1,
    ],
  ])('W5 refuses %s', (_, bytes, fileCount = 1) => {
    expect(decodeTree(bytes, manifestOf(100, fileCount))).toBeNull()
  })

  it('W5 takes the deepest path', () => {
    const path = nested(limits.pathDepthMax)
    expect(decodeTree(tree([path, 100, 0]), manifestOf(100, 1))).toEqual([
      { path, sizeBytes: 100, modifiedMs: 0 },
    ])
  })
})
