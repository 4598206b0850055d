import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { geometryOf, parseManifest, type Description } from '../swarm/manifest.ts'
import { fakeSha256 } from '../swarm/testing/fakeCrypto.ts'
import { newManifest } from '../swarm/testing/swarmWorld.ts'
import { decodeTree } from '../swarm/tree.ts'
import { describeShare, looks, type Described } from './describe.ts'
import type { FolderEntry, Taken } from './intake.ts'

const isTaken = (description: Description): boolean =>
  parseManifest({ ...newManifest(1), ...description }, fakeSha256) !== null

/** A file of any size without the bytes. */
function fileOf(name: string, sizeBytes: number, lastModified = 5): File {
  const file = new File([], name, { lastModified })
  return Object.defineProperty(file, 'size', { value: sizeBytes })
}

function described(intake: Taken): Described {
  const result = describeShare(intake)
  if (!result.ok) throw new Error(result.fault.code)
  return result.value
}

const entry = (path: string, sizeBytes = 1, lastModified = 5): FolderEntry => ({
  path,
  file: fileOf(path, sizeBytes, lastModified),
})
const folder = (...entries: readonly FolderEntry[]): Taken => ({ kind: 'folder', name: 'folder', entries })
const file = (name: string, sizeBytes: number, lastModified?: number): Taken => ({
  kind: 'file',
  file: fileOf(name, sizeBytes, lastModified),
})

describe('a file as a share', () => {
  it.each([0, 1, 65_536, 10 * 2 ** 30, limits.shareSizeMaxBytes])(
    'of %i bytes is one that peers take',
    (size) => {
      const { description: manifest } = described(file('a.bin', size))
      expect(manifest).toMatchObject({
        kind: 'file',
        name: 'a.bin',
        sizeBytes: size,
        fileCount: 1,
        modifiedMs: 5,
      })
      expect(isTaken(manifest)).toBe(true)
    },
  )

  it('of more bytes than a share can have is refused', () => {
    expect(describeShare(file('a.bin', limits.shareSizeMaxBytes + 1))).toEqual({
      ok: false,
      fault: { code: 'tooLarge' },
    })
  })

  it('has a name and a time that peers take, whatever the disk says', () => {
    const { description: manifest } = described(file(`${'n'.repeat(10_000)}.txt`, 1, -1))
    expect(manifest.name.length).toBeLessThanOrEqual(limits.nameLengthMax)
    expect(manifest.name).toMatch(/…\.txt$/)
    expect(manifest.modifiedMs).toBe(0)
    expect(isTaken(manifest)).toBe(true)
  })
})

describe('a folder as a share', () => {
  it('begins with its tree, and its files follow in the order of their paths', async () => {
    const { description: manifest, files } = described(
      folder(entry('b/2', 20, 9), entry('a', 10), entry('b/1', 0)),
    )
    expect(manifest).toMatchObject({ kind: 'folder', sizeBytes: 30, fileCount: 3, modifiedMs: 9 })
    expect(isTaken(manifest)).toBe(true)
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
    const one = described(folder(...entries)).description
    expect(looks(one)).toBe(looks(described(folder(...entries.toReversed())).description))
  })

  it('with more files, longer or deeper paths or more bytes than a share can have is refused', () => {
    const one = entry('a')
    const many = Array.from({ length: limits.entriesMax + 1 }, () => one)
    const faults = [
      { kind: 'folder', name: 'folder', entries: many } as const,
      folder(entry('p'.repeat(limits.pathLengthMax + 1))),
      folder(entry('p/'.repeat(limits.pathDepthMax) + 'p')),
      folder(entry('a', limits.shareSizeMaxBytes)),
    ].map((intake) => describeShare(intake))
    expect(faults.map((result) => (result.ok ? null : result.fault.code))).toEqual([
      'tooManyFiles',
      'pathTooLong',
      'pathTooDeep',
      'tooLarge',
    ])
  })
})

describe('two shares look alike', () => {
  const one = described(file('a.bin', 100)).description
  it('when name and sizes are the same, whatever the time', () => {
    expect(looks(described(file('a.bin', 100, 77)).description)).toBe(looks(one))
  })
  it.each([file('b.bin', 100), file('a.bin', 101), folder(entry('a.bin', 100))])(
    'and not when anything of it differs',
    (other) => {
      expect(looks(described(other).description)).not.toBe(looks(one))
    },
  )
})
