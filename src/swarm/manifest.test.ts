import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textFromUtf8 } from '../shared/bytes.ts'
import { pieceCount, pieceSizeFor } from '../shared/geometry.ts'
import { limits } from '../shared/limits.ts'
import {
  certified,
  encodeManifest,
  geometryOf,
  parseManifest,
  payloadLength,
  shortenName,
} from './manifest.ts'
import { fakeSha256 } from './testing/fakeCrypto.ts'
import { newManifest, range } from './testing/swarmWorld.ts'

describe('manifest', () => {
  const good = newManifest(3)

  it('W4 takes what a machine says of its own share', () => {
    expect(parseManifest(JSON.parse(JSON.stringify(good)), fakeSha256)).toEqual(good)
    expect(parseManifest({ ...good, more: 'ignored' }, fakeSha256)).toEqual(good)
  })

  it.each<[string, unknown]>([
    ['not an object', 'film.mkv'],
    ['null', null],
    ['another version', { ...good, version: 1 }],
    ['a short key', { ...good, key: good.salt }],
    ['a long salt', { ...good, salt: good.key }],
    ['a device that is no key', { ...good, by: good.salt }],
    ['a short signature', { ...good, bySignature: good.key }],
    ['a key in another spelling', { ...good, key: `${good.key.slice(0, -1)}=` }],
    ['no key', { ...good, key: undefined }],
    ['another kind', { ...good, kind: 'link' }],
    ['a name that is no text', { ...good, name: 5 }],
    ['a long name', { ...good, name: 'x'.repeat(limits.nameLengthMax + 1) }],
    ['a negative size', { ...good, sizeBytes: -1 }],
    ['a size of -0, which people would be shown', { ...good, sizeBytes: -0 }],
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
    expect(parseManifest(value, fakeSha256)).toBeNull()
  })

  it('W4 nothing makes the parser throw', () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom(...Object.keys(good)), (value, key) => {
        expect(() => [
          parseManifest(value, fakeSha256),
          parseManifest({ ...good, [key]: value }, fakeSha256),
        ]).not.toThrow()
      }),
    )
  })

  it('W4 any size within the limit can be offered in pieces of the size we choose', () => {
    fc.assert(
      fc.property(fc.nat({ max: limits.shareSizeMaxBytes }), (sizeBytes) => {
        const manifest = newManifest(1, { sizeBytes, pieceSizeBytes: pieceSizeFor(sizeBytes) })
        expect(parseManifest(manifest, fakeSha256)).toEqual(manifest)
        expect(pieceCount(geometryOf(manifest))).toBeLessThanOrEqual(limits.piecesPerShareMax)
      }),
    )
  })

  it.each<[keyof typeof good, unknown]>([
    ['key', newManifest(3).key],
    ['salt', newManifest(3).salt],
    ['by', newManifest(3).key],
    ['bySignature', 'B'.repeat(85) + 'A'],
    ['kind', 'folder'],
    ['name', 'else'],
    ['sizeBytes', good.sizeBytes - 1],
    ['fileCount', 2],
    ['pieceSizeBytes', 2 * good.pieceSizeBytes],
    ['modifiedMs', 1],
  ])('S1 with another %s has another id', (field, value) => {
    const other = certified({ ...good, [field]: value }, fakeSha256)
    expect(other.share).not.toBe(good.share)
  })

  it('S1 has the id of its fields, whatever id was sent with them, in whatever order, and whatever else', () => {
    const fields = Object.entries(JSON.parse(textFromUtf8(encodeManifest(good)) ?? ''))
    const shuffled: unknown = Object.fromEntries([
      ['share', newManifest(1).share],
      ['more', 1],
      ...fields.toReversed(),
    ])
    expect(parseManifest(shuffled, fakeSha256)).toEqual(good)
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
