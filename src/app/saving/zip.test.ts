import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ok } from '../../shared/result.ts'
import { cleanPaths } from './fileNames.ts'
import type { Saveable } from './saveable.ts'
import { zipStream } from './zip.ts'

interface ZipEntry {
  readonly path: string
  readonly text: string
  readonly modified: Date
}

/** Reads a stored zip from its central directory (APPNOTE 4.3.12), and checks every file's CRC-32. */
function unzip(zip: Buffer): ZipEntry[] {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  const entries: ZipEntry[] = []
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [sizeBytes, pathBytes, extraBytes] = [
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
    ]
    const local = zip.readUInt32LE(at + 42)
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const bytes = zip.subarray(start, start + sizeBytes)
    expect(crc32(bytes)).toBe(zip.readUInt32LE(at + 16))
    entries.push({
      path: zip.toString('utf8', at + 46, at + 46 + pathBytes),
      text: bytes.toString('utf8'),
      modified: dosTime(zip.readUInt16LE(at + 14), zip.readUInt16LE(at + 12)),
    })
    at += 46 + pathBytes + extraBytes
  }
  return entries
}

const dosTime = (date: number, time: number): Date =>
  new Date(
    1980 + (date >> 9),
    ((date >> 5) & 15) - 1,
    date & 31,
    time >> 11,
    (time >> 5) & 63,
    (time & 31) * 2,
  )

function folderOf(name: string, files: Record<string, string>, modifiedMs = 0): Saveable {
  const parts = Object.values(files).map((text) => new Blob([text]))
  const whole = new Blob(parts)
  const paths = cleanPaths(Object.keys(files)) ?? []
  return {
    name,
    kind: 'folder',
    entries: paths.map((path, at) => ({ path, sizeBytes: parts[at]?.size ?? 0, modifiedMs })),
    blob: async (from, to) => ok(whole.slice(from, to)),
  }
}

const zipped = async (folder: Saveable): Promise<Buffer> =>
  Buffer.from(await new Response(zipStream(folder).stream).arrayBuffer())

describe('zip of a folder', () => {
  it('keeps paths, bytes and times, empty files included, under the folder’s name', async () => {
    const modified = new Date(2024, 6, 1, 12, 30, 42)
    const folder = folderOf(
      'Fotos',
      { 'a.txt': 'hello', 'b/leer': '', 'b/日本/ü.txt': 'grüß' },
      modified.getTime(),
    )
    expect(unzip(await zipped(folder))).toEqual([
      { path: 'Fotos/a.txt', text: 'hello', modified },
      { path: 'Fotos/b/leer', text: '', modified },
      { path: 'Fotos/b/日本/ü.txt', text: 'grüß', modified },
    ])
  })

  it('knows its length before it is made', async () => {
    const folder = folderOf('f', { one: 'x'.repeat(1000), 'ü/two': '' })
    expect((await zipped(folder)).length).toBe(zipStream(folder).sizeBytes)
  })

  it('lets no path out of the folder, and none over another', async () => {
    const folder = folderOf('../up', { '../../x': '1', x: '2', '/etc/passwd': '3' })
    const paths = unzip(await zipped(folder)).map((entry) => entry.path)
    expect(paths).toEqual(['_up/x', '_up/x (2)', '_up/etc/passwd'])
  })

  it.each([-1e15, 0, 1e15, Number.NaN])('takes the time %d from a peer', async (modifiedMs) => {
    const [entry] = unzip(await zipped(folderOf('f', { x: '' }, modifiedMs)))
    expect(entry?.modified.getFullYear()).toBeGreaterThanOrEqual(1980)
  })

  it('breaks off when the bytes cannot be read', async () => {
    const folder = folderOf('f', { x: 'abc' })
    const unreadable: Saveable = { ...folder, blob: async () => ({ ok: false, fault: { code: 'gone' } }) }
    await expect(zipped(unreadable)).rejects.toThrow('unreadable: gone')
  })
})
