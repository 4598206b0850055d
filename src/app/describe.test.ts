import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { randomShareId, seededRandom } from '../shared/random.ts'
import { geometryOf, parseManifest } from '../swarm/manifest.ts'
import { decodeTree } from '../swarm/tree.ts'
import { describeShare, looks, type Described } from './describe.ts'
import type { FolderEntry, Intake } from './intake.ts'

const share = randomShareId(seededRandom(1))

/** A file of any size without the bytes. */
function fileOf(name: string, sizeBytes: number, lastModified = 5): File {
  const file = new File([], name, { lastModified })
  return Object.defineProperty(file, 'size', { value: sizeBytes })
}

function described(intake: Intake): Described {
  const result = describeShare(intake, share)
  if (!result.ok) throw new Error(result.fault.code)
  return result.value
}

const entry = (path: string, sizeBytes = 1, lastModified = 5): FolderEntry => ({
  path,
  file: fileOf(path, sizeBytes, lastModified),
})
const folder = (...entries: readonly FolderEntry[]): Intake => ({ kind: 'folder', name: 'folder', entries })
const file = (name: string, sizeBytes: number, lastModified?: number): Intake => ({
  kind: 'file',
  file: fileOf(name, sizeBytes, lastModified),
})

describe('a file as a share', () => {
  it.each([0, 1, 65_536, 10 * 2 ** 30, limits.shareSizeMaxBytes])(
    'of %i bytes is one that peers take',
    (size) => {
      const { manifest } = described(file('a.bin', size))
      expect(manifest).toMatchObject({
        kind: 'file',
        name: 'a.bin',
        sizeBytes: size,
        fileCount: 1,
        modifiedMs: 5,
      })
      expect(parseManifest({ ...manifest })).toEqual(manifest)
    },
  )

  it('of more bytes than a share can have is refused', () => {
    expect(describeShare(file('a.bin', limits.shareSizeMaxBytes + 1), share)).toEqual({
      ok: false,
      fault: { code: 'tooLarge' },
    })
  })

  it('has a name and a time that peers take, whatever the disk says', () => {
    const { manifest } = described(file(`${'n'.repeat(10_000)}.txt`, 1, -1))
    expect(manifest.name.length).toBeLessThanOrEqual(limits.nameLengthMax)
    expect(manifest.name).toMatch(/…\.txt$/)
    expect(manifest.modifiedMs).toBe(0)
    expect(parseManifest({ ...manifest })).toEqual(manifest)
  })
})

describe('a folder as a share', () => {
  it('begins with its tree, and its files follow in the order of their paths', async () => {
    const { manifest, files } = described(folder(entry('b/2', 20, 9), entry('a', 10), entry('b/1', 0)))
    expect(manifest).toMatchObject({ kind: 'folder', sizeBytes: 30, fileCount: 3, modifiedMs: 9 })
    expect(parseManifest({ ...manifest })).toEqual(manifest)
    const [tree, ...inside] = files
    expect(inside.map(({ name }) => name)).toEqual(['a', 'b/1', 'b/2'])
    expect(tree?.size).toBe(manifest.treeSizeBytes)
    expect(decodeTree(new Uint8Array((await tree?.arrayBuffer()) ?? []), manifest)).toEqual([
      { path: 'a', sizeBytes: 10, modifiedMs: 5 },
      { path: 'b/1', sizeBytes: 0, modifiedMs: 5 },
      { path: 'b/2', sizeBytes: 20, modifiedMs: 9 },
    ])
    expect(geometryOf(manifest).sizeBytes).toBe(30 + manifest.treeSizeBytes)
  })

  it('is the same whatever order the browser gave', () => {
    const entries = [entry('a'), entry('b/1'), entry('b/2')]
    const one = described(folder(...entries)).manifest
    expect(looks(one)).toBe(looks(described(folder(...entries.toReversed())).manifest))
  })

  it('with more files, longer or deeper paths or more bytes than a share can have is refused', () => {
    const one = entry('a')
    const many = Array.from({ length: limits.entriesMax + 1 }, () => one)
    const faults = [
      { kind: 'folder', name: 'folder', entries: many } as const,
      folder(entry('p'.repeat(limits.pathLengthMax + 1))),
      folder(entry('p/'.repeat(limits.pathDepthMax) + 'p')),
      folder(entry('a', limits.shareSizeMaxBytes)),
    ].map((intake) => describeShare(intake, share))
    expect(faults.map((result) => (result.ok ? null : result.fault.code))).toEqual([
      'tooManyFiles',
      'pathTooLong',
      'pathTooDeep',
      'tooLarge',
    ])
  })
})

describe('two shares look alike', () => {
  const one = described(file('a.bin', 100)).manifest
  it('when name and sizes are the same, whatever the time', () => {
    expect(looks(described(file('a.bin', 100, 77)).manifest)).toBe(looks(one))
  })
  it.each([file('b.bin', 100), file('a.bin', 101), folder(entry('a.bin', 100))])(
    'and not when anything of it differs',
    (other) => {
      expect(looks(described(other).manifest)).not.toBe(looks(one))
    },
  )
})
