import { describe, expect, it } from 'vitest'
import { limits } from '../shared/limits.ts'
import { takeDataTransfer, takeFileList, type IntakeReport } from './intake.ts'

/** A file's text, a folder's children, or null for what the browser cannot read. */
type Tree = string | null | { readonly [name: string]: Tree }

const gone = new DOMException('gone', 'NotFoundError')

/** As Chromium hands it out: callbacks in a later task, at most 100 entries a call, an empty list at the end. */
function fakeEntry(name: string, tree: Tree, fileMax = { atOnce: 0, now: 0 }): FileSystemEntry {
  if (tree !== null && typeof tree === 'object') {
    const children = Object.entries(tree)
    let at = 0
    const readEntries = (found: FileSystemEntriesCallback, failed: ErrorCallback): void => {
      const some = children.slice(at, (at += 100))
      queueMicrotask(() => {
        if ('unreadable' in tree) failed(gone)
        else found(some.map(([child, inner]) => fakeEntry(child, inner, fileMax)))
      })
    }
    return { name, isDirectory: true, createReader: () => ({ readEntries }) } as unknown as FileSystemEntry
  }
  const file = (found: FileCallback, failed: ErrorCallback): void => {
    fileMax.now++
    fileMax.atOnce = Math.max(fileMax.atOnce, fileMax.now)
    queueMicrotask(() => {
      fileMax.now--
      if (tree === null) failed(gone)
      else found(new File([tree], name))
    })
  }
  return { name, isDirectory: false, file } as unknown as FileSystemEntry
}

/** One of very many: cheap to read. */
function endlessFile(name: string): FileSystemEntry {
  const read = new File([], name)
  return {
    name,
    isDirectory: false,
    file: (found: FileCallback) => found(read),
  } as unknown as FileSystemEntry
}

interface FakeItem {
  readonly entry?: FileSystemEntry
  readonly file?: File
}

/** A DataTransfer that is empty after the event, as a real one is. */
function transferOf(...items: (FakeItem | 'text')[]): DataTransfer {
  let isOver = false
  queueMicrotask(() => (isOver = true))
  const fakes = items.map((item) => ({
    kind: item === 'text' ? 'string' : 'file',
    webkitGetAsEntry: () => (isOver || item === 'text' ? null : (item.entry ?? null)),
    getAsFile: () => (isOver || item === 'text' ? null : (item.file ?? null)),
  }))
  return { items: fakes } as unknown as DataTransfer
}

const ignore = (): void => undefined
const drop = (...items: (FakeItem | 'text')[]): Promise<IntakeReport> =>
  takeDataTransfer(transferOf(...items), ignore)

const pathsOf = (report: IntakeReport) =>
  report.intakes.map((intake) =>
    intake.kind === 'file' ? intake.file.name : [intake.name, ...intake.entries.map((entry) => entry.path)],
  )

const fileItem = (name: string, type = ''): FakeItem => ({
  entry: fakeEntry(name, 'x'),
  file: new File(['x'], name, { type }),
})

describe('a drop', () => {
  it('makes each plain file a share of its own, in order', async () => {
    expect(pathsOf(await drop(fileItem('b.txt'), fileItem('a.txt')))).toEqual(['b.txt', 'a.txt'])
  })

  it('makes a folder one share, with nested, empty and oddly named files', async () => {
    const tree = {
      'z.txt': 'zz',
      sub: { 'ü 日本.txt': '1', deep: { 'e\u0301': '', '.hidden': '' } },
      none: {},
    }
    const report = await drop({ entry: fakeEntry('Fotos', tree) }, fileItem('a.txt'))
    expect(pathsOf(report)).toEqual([
      ['Fotos', 'sub/deep/.hidden', 'sub/deep/e\u0301', 'sub/ü 日本.txt', 'z.txt'],
      'a.txt',
    ])
    expect(report).toMatchObject({ unreadable: [], empty: [], tooMany: [] })
  })

  it('reads 10,000 files of one folder, all of them, a bounded number at a time, and tells how far it is', async () => {
    const names = Array.from({ length: 10_000 }, (_, at) => String(at))
    const fileMax = { atOnce: 0, now: 0 }
    const entry = fakeEntry('many', Object.fromEntries(names.map((name) => [name, ''])), fileMax)
    const seen: number[] = []
    const report = await takeDataTransfer(transferOf({ entry }), (fileCount) => seen.push(fileCount))
    expect(report.intakes[0]).toMatchObject({ kind: 'folder', entries: { length: 10_000 } })
    expect(seen).toEqual(Array.from({ length: 100 }, (_, at) => (at + 1) * 100))
    expect(fileMax.atOnce).toBeLessThanOrEqual(100)
  })

  it('reads a thousand folders inside one another', async () => {
    let tree: Tree = { bottom: '' }
    for (let depth = 0; depth < 1000; depth++) tree = { d: tree }
    const report = await drop({ entry: fakeEntry('deep', tree) })
    expect(report.intakes[0]).toMatchObject({ entries: [{ path: `${'d/'.repeat(1000)}bottom` }] })
  })

  it('reports what cannot be read and takes the rest', async () => {
    const tree = { good: '1', lost: null, locked: { unreadable: null, inside: '' } }
    const report = await drop({ entry: fakeEntry('f', tree) })
    expect(pathsOf(report)).toEqual([['f', 'good']])
    expect(report.unreadable.toSorted()).toEqual(['f/locked', 'f/lost'])
  })

  it('says when a folder has nothing in it', async () => {
    const report = await drop(
      { entry: fakeEntry('hollow', { inner: {} }) },
      { entry: fakeEntry('f', { x: null }) },
    )
    expect(report).toEqual({ intakes: [], unreadable: ['f/x'], empty: ['hollow'], tooMany: [] })
  })

  it('gives up on a folder with more files than a share may have, even one without end', async () => {
    const some = Array.from({ length: 100 }, (_, at) => endlessFile(String(at)))
    const readEntries = (found: FileSystemEntriesCallback): void => queueMicrotask(() => found(some))
    const entry = { name: 'huge', isDirectory: true, createReader: () => ({ readEntries }) }
    let seen = 0
    const transfer = transferOf({ entry: entry as unknown as FileSystemEntry })
    const report = await takeDataTransfer(transfer, (fileCount) => (seen = fileCount))
    expect(report).toEqual({ intakes: [], unreadable: [], empty: [], tooMany: ['huge'] })
    expect(seen).toBe(limits.entriesMax + some.length)
  })

  it('of text alone gives nothing', async () => {
    expect(await drop('text')).toEqual({ intakes: [], unreadable: [], empty: [], tooMany: [] })
  })
})

describe('a paste', () => {
  const lastModified = new Date(2026, 10, 21, 22, 30).getTime()

  it.each([
    ['image.png', 'image/png', 'Pasted image 2026-11-21 22.30.png'],
    ['', 'image/jpeg', 'Pasted image 2026-11-21 22.30.jpg'],
    ['cat.png', 'image/png', 'cat.png'],
    ['notes.txt', 'text/plain', 'notes.txt'],
  ])('of %j (%s) is called %j', async (name, type, expected) => {
    const report = await drop({ file: new File(['x'], name, { type, lastModified }) })
    expect(pathsOf(report)).toEqual([expected])
    const [intake] = report.intakes
    expect(intake).toMatchObject({ kind: 'file', file: { type, lastModified, size: 1 } })
  })

  it('does not rename a dropped file that happens to be called image.png', async () => {
    expect(pathsOf(await drop(fileItem('image.png', 'image/png')))).toEqual(['image.png'])
  })
})

/** As from an input: every such file has a relative path, empty unless a folder was picked. */
function picked(path: string): File {
  const file = new File(['x'], path.split('/').at(-1) ?? '')
  Object.defineProperty(file, 'webkitRelativePath', { value: path.includes('/') ? path : '' })
  return file
}

describe('picked files', () => {
  it('become one folder for each top folder, and shares of their own without one', () => {
    const report = takeFileList(['b/2', 'a/x/1', 'b/1', 'loose.txt'].map(picked))
    expect(pathsOf(report)).toEqual(['loose.txt', ['b', '1', '2'], ['a', 'x/1']])
  })
})
