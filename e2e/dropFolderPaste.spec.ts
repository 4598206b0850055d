import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator } from '@playwright/test'
import { sampleBytes, writeTree } from './files.ts'
import {
  downloadWhole,
  dropPaths,
  expect,
  openRoom,
  savedBytes,
  shareNamed,
  test,
  transferFile,
} from './room.ts'
import { unzip } from './zip.ts'

/** More than one call of readEntries gives (at most 100). */
const manyFiles = 150

const tree = new Map([
  ['read me.txt', Buffer.from('hello')],
  ['empty.bin', Buffer.alloc(0)],
  ['photos/写真 📷.jpg', sampleBytes(70_000, 1)],
  ['photos/été/Zoë.png', sampleBytes(65_536, 2)],
  ['a/b/c/d/deep.txt', Buffer.from('deep')],
  ...Array.from({ length: manyFiles }, (_, at) => [`many/${at}.txt`, Buffer.from(`number ${at}`)] as const),
])

test('files dragged in from the desktop are shared, one by one', async ({ openPage }, testInfo) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const files = new Map([...tree].filter(([path]) => !path.includes('/')))
  const folder = await writeTree(testInfo.outputPath('loose'), files)
  await dropPaths(alice, ...[...files.keys()].map((name) => join(folder, name)))
  for (const [name, bytes] of files) {
    await downloadWhole(shareNamed(bob, name))
    expect((await savedBytes(shareNamed(bob, name))).equals(bytes)).toBe(true)
  }
})

test('a folder dragged in is one share and saves as a zip, paths and times kept', async ({
  openPage,
}, testInfo) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const folder = await writeTree(testInfo.outputPath('dragged'), tree)
  const modified = new Date(2021, 4, 6, 7, 8, 10)
  await utimes(join(folder, 'read me.txt'), modified, modified)
  await dropPaths(alice, folder)
  await downloadWhole(shareNamed(bob, 'dragged'))
  const entries = await expectWholeTree(shareNamed(bob, 'dragged'), 'dragged')
  expect(entries.get('dragged/read me.txt')?.modified).toEqual(modified)
})

test('a picked folder arrives whole', async ({ openPage }, testInfo) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const folder = await writeTree(testInfo.outputPath('picked'), tree)
  await alice.getByTestId('folder-input').setInputFiles(folder)
  await downloadWhole(shareNamed(bob, 'picked'))
  await expectWholeTree(shareNamed(bob, 'picked'), 'picked')
})

test('a folder and a file dragged in together are two shares', async ({ openPage }, testInfo) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const folder = await writeTree(testInfo.outputPath('mixed'), new Map([['inner/one.txt', Buffer.from('1')]]))
  const loose = await writeTree(testInfo.outputPath('desk'), new Map([['two.txt', Buffer.from('2')]]))
  await dropPaths(alice, folder, join(loose, 'two.txt'))
  await expect(shareNamed(bob, 'mixed')).toHaveCount(1)
  await expect(shareNamed(bob, 'two.txt')).toHaveCount(1)
  await expect(bob.getByTestId('share')).toHaveCount(2)
})

for (const how of ['drop', 'paste'] as const) {
  test(`a ${how} of a file that a script made is shared`, async ({ openPage }) => {
    const [alice, bob] = await openRoom(openPage, 2)
    const file = { name: `by ${how}.png`, bytes: sampleBytes(100_000) }
    await transferFile(alice, how, file)
    await downloadWhole(shareNamed(bob, file.name))
    expect((await savedBytes(shareNamed(bob, file.name))).equals(file.bytes)).toBe(true)
  })
}

/** The saved zip holds the tree under the folder's name, and nothing else. */
async function expectWholeTree(share: Locator, name: string): Promise<ReturnType<typeof unzip>> {
  const entries = unzip(await savedBytes(share))
  expect([...entries.keys()].toSorted()).toEqual([...tree.keys()].map((path) => `${name}/${path}`).toSorted())
  for (const [path, bytes] of tree) expect(entries.get(`${name}/${path}`)?.bytes.equals(bytes)).toBe(true)
  return entries
}
