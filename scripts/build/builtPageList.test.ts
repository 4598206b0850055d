import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BuiltPage } from '../../src/serviceWorker/builtPage.ts'
import { writeBuiltPageList } from './builtPageList.ts'

const code = 'self.ran = self.builtPage.id'
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swarmdrop-list-'))
  await mkdir(join(folder, 'assets'))
  await write('sw.js', code)
  for (const name of ['index.html', 'icon.svg', 'assets/main.js', 'assets/main.js.br', 'assets/main.js.gz'])
    await write(name, name)
  for (const name of ['config.json', '_headers', 'index.html.br']) await write(name, name)
})
afterEach(() => rm(folder, { recursive: true }))

const write = (name: string, text: string) => writeFile(join(folder, ...name.split('/')), text)

/** Runs the service worker as it was written. */
async function listed(): Promise<BuiltPage> {
  const self: { builtPage?: BuiltPage; ran?: string } = {}
  await writeBuiltPageList(folder)
  runInNewContext(await readFile(join(folder, 'sw.js'), 'utf8'), { self })
  if (self.builtPage === undefined) throw new Error('there is no list')
  expect(self.ran).toBe(self.builtPage.id)
  return self.builtPage
}

const integrity = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`

test('the list has each file of the page once, and nothing that is not the page’s', async () => {
  expect((await listed()).files).toEqual({
    './': integrity('index.html'),
    'assets/main.js': integrity('assets/main.js'),
    'icon.svg': integrity('icon.svg'),
  })
})

test('another byte anywhere, in the worker too, is another build', async () => {
  const ids = [(await listed()).id]
  for (const [name, text] of [
    ['icon.svg', 'another'],
    ['sw.js', `${code};`],
  ] as const) {
    await write('sw.js', code)
    await write(name, text)
    ids.push((await listed()).id)
  }
  expect(new Set(ids).size).toBe(3)
})
