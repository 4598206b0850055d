import { describe, expect, it } from 'vitest'
import { ok } from '../../shared/result.ts'
import { cleanName } from './fileNames.ts'
import type { Saveable } from './saveable.ts'
import { zipStream } from './zip.ts'
import { needsZip64End, withZip64End, zip64EndBytes } from './zip64End.ts'

const manyFiles = (count: number, size: number) => Array.from({ length: count }, () => ({ name: 'x', size }))

const folder: Saveable = {
  name: 'f',
  kind: 'folder',
  entries: [{ path: cleanName('a'), sizeBytes: 3, modifiedMs: 0 }],
  blob: async () => ok(new Blob(['abc'])),
}

describe('the Zip64 end of a zip with many files', () => {
  it.each([
    ['few files', manyFiles(65_534, 0), false],
    ['many files', manyFiles(65_535, 0), true],
    ['many files that are long together', manyFiles(65_535, 65_535), false],
    ['many files and a large one', [...manyFiles(65_535, 0), { name: 'y', size: 2 ** 32 }], false],
  ])('is added for %s: %#', (_what, files, needed) => {
    expect(needsZip64End(files)).toBe(needed)
  })

  it('stands between the directory and the ordinary end, and points to both', async () => {
    const plain = zipStream(folder)
    const ended = withZip64End(plain.stream, 70_000)
    const zip = Buffer.from(await new Response(ended).arrayBuffer())
    expect(zip.length).toBe(plain.sizeBytes + zip64EndBytes)

    const ordinary = zip.length - 22
    const locator = ordinary - 20
    expect(zip.readUInt32LE(ordinary)).toBe(0x06054b50)
    expect(zip.readUInt32LE(locator)).toBe(0x07064b50)
    const record = Number(zip.readBigUInt64LE(locator + 8))
    expect(zip.readUInt32LE(record)).toBe(0x06064b50)
    expect(zip.readBigUInt64LE(record + 24)).toBe(70_000n)
    expect(zip.readBigUInt64LE(record + 32)).toBe(70_000n)
    const directory = Number(zip.readBigUInt64LE(record + 48))
    expect(zip.readUInt32LE(directory)).toBe(0x02014b50)
    expect(directory + Number(zip.readBigUInt64LE(record + 40))).toBe(record)
  })
})
