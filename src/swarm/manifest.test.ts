import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pieceCount, pieceSizeFor } from '../shared/geometry.ts'
import { limits } from '../shared/limits.ts'
import { geometryOf, parseManifest, payloadLength, sameManifest, shortenName } from './manifest.ts'
import { newManifest, range } from './testing/swarmWorld.ts'

describe('manifest', () => {
  const good = newManifest(3)

  it('W4 takes what a machine says of its own share', () => {
    expect(parseManifest(JSON.parse(JSON.stringify(good)))).toEqual(good)
    expect(parseManifest({ ...good, more: 'ignored' })).toEqual(good)
  })

  it.each<[string, unknown]>([
    ['not an object', 'film.mkv'],
    ['null', null],
    ['another version', { ...good, version: 2 }],
    ['a bad share id', { ...good, share: 'short' }],
    ['another kind', { ...good, kind: 'link' }],
    ['a name that is no text', { ...good, name: 5 }],
    ['a long name', { ...good, name: 'x'.repeat(limits.nameLengthMax + 1) }],
    ['a negative size', { ...good, sizeBytes: -1 }],
    ['a size that is no whole number', { ...good, sizeBytes: 1.5 }],
    ['a size in words', { ...good, sizeBytes: '100' }],
    ['too large a size', { ...good, sizeBytes: limits.shareSizeMaxBytes + 1 }],
    ['too many pieces', { ...good, sizeBytes: limits.piecesPerShareMax * limits.blockSizeBytes + 1 }],
    ['too large a tree', { ...good, kind: 'folder', treeSizeBytes: limits.treeSizeMaxBytes + 1 }],
    ['a file with a tree', { ...good, treeSizeBytes: 10 }],
    ['a file of two files', { ...good, fileCount: 2 }],
    ['too many files', { ...good, kind: 'folder', fileCount: limits.entriesMax + 1 }],
    ['pieces of an odd size', { ...good, pieceSizeBytes: limits.pieceSizeMinBytes + 1 }],
    ['pieces too small', { ...good, pieceSizeBytes: limits.pieceSizeMinBytes / 2 }],
    ['pieces too large', { ...good, pieceSizeBytes: limits.pieceSizeMaxBytes * 2 }],
    ['pieces of no size', { ...good, pieceSizeBytes: Number.NaN }],
    ['no time', { ...good, modifiedMs: null }],
  ])('W4 refuses %s', (_, value) => {
    expect(parseManifest(value)).toBeNull()
  })

  it('W4 nothing makes the parser throw', () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom(...Object.keys(good)), (value, key) => {
        expect(() => [parseManifest(value), parseManifest({ ...good, [key]: value })]).not.toThrow()
      }),
    )
  })

  it('W4 any size within the limit can be offered in pieces of the size we choose', () => {
    fc.assert(
      fc.property(fc.nat({ max: limits.shareSizeMaxBytes }), (sizeBytes) => {
        const manifest = newManifest(1, { sizeBytes, pieceSizeBytes: pieceSizeFor(sizeBytes) })
        expect(parseManifest(manifest)).toEqual(manifest)
        expect(pieceCount(geometryOf(manifest))).toBeLessThanOrEqual(limits.piecesPerShareMax)
      }),
    )
  })

  it('is the same when every field is', () => {
    expect(sameManifest(good, { ...good })).toBe(true)
    expect(sameManifest(good, { ...good, modifiedMs: 1 })).toBe(false)
  })

  it('counts the bytes of the files in each piece, the tree before them left out', () => {
    const treeSizeBytes = limits.blockSizeBytes + 100
    const folder = newManifest(3, { kind: 'folder', treeSizeBytes, sizeBytes: 2 * limits.blockSizeBytes })
    expect(range(4).map((piece) => payloadLength(folder, piece))).toEqual([
      0,
      limits.blockSizeBytes - 100,
      limits.blockSizeBytes,
      100,
    ])
  })

  it('shortens a name and keeps its ending, without half a letter', () => {
    expect(shortenName('photo.jpeg')).toBe('photo.jpeg')
    const short = shortenName(`${'x'.repeat(10_000)}.jpeg`)
    expect(short).toHaveLength(limits.nameLengthMax)
    expect(short.endsWith('….jpeg')).toBe(true)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), (name) => {
        const shortened = shortenName(name)
        expect(shortened.length).toBeLessThanOrEqual(limits.nameLengthMax)
        expect(() => encodeURIComponent(shortened)).not.toThrow()
      }),
    )
  })
})
