import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeCompressedCopies } from './compressedCopies.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swarmdrop-copies-'))
  await mkdir(join(folder, 'assets'))
})
afterEach(() => rm(folder, { recursive: true }))

test('text has a copy of each kind, of the same content', async () => {
  const script = 'const swarm = 1\n'.repeat(100)
  await writeFile(join(folder, 'assets', 'main.js'), script)
  await writeCompressedCopies(folder)
  const copy = (ending: string) => readFile(join(folder, 'assets', `main.js.${ending}`))
  expect(brotliDecompressSync(await copy('br')).toString()).toBe(script)
  expect(gunzipSync(await copy('gz')).toString()).toBe(script)
})

test('what is edited, is no text, or would grow has none', async () => {
  await writeFile(join(folder, 'config.json'), JSON.stringify(Array.from({ length: 500 }, () => 0)))
  await writeFile(join(folder, 'picture.png'), Buffer.alloc(5000))
  await writeFile(join(folder, 'tiny.svg'), '<')
  await writeCompressedCopies(folder)
  expect((await readdir(folder)).toSorted()).toEqual(['assets', 'config.json', 'picture.png', 'tiny.svg'])
})
