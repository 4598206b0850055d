import type { Download, Page } from '@playwright/test'
import { sampleBytes, writeTree } from './files.ts'
import { bytesOf, expect, offerFiles, openRoom, press, save, shareNamed, test, waitForState } from './room.ts'
import { unzip } from './zip.ts'

/** Every download of the tab from now on, asked for or not. */
function watchDownloads(page: Page): readonly Download[] {
  const downloads: Download[] = []
  page.on('download', (download) => downloads.push(download))
  return downloads
}

const downloadNamed = (downloads: readonly Download[], name: string): Download | undefined =>
  downloads.find((download) => download.suggestedFilename() === name)

test('one press gets the file: it is in the downloads once, by itself, and can be saved again', async ({
  openPage,
}) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const file = { name: 'by one press.bin', bytes: sampleBytes(3_000_000) }
  await offerFiles(alice, file)
  const share = shareNamed(bob, file.name)
  const downloads = watchDownloads(bob)
  await press(share, 'download')
  await expect(share.getByTestId('save')).toHaveText('Save again')
  await expect.poll(() => downloads.length).toBe(1)
  expect(downloads[0]?.suggestedFilename()).toBe(file.name)
  expect((await bytesOf(await save(share))).equals(file.bytes)).toBe(true)
  expect(downloads).toHaveLength(2)
  for (const download of downloads) expect((await bytesOf(download)).equals(file.bytes)).toBe(true)
})

test('a folder by one press is a zip of it', async ({ openPage }, testInfo) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const files = new Map([
    ['one.txt', Buffer.from('1')],
    ['inner/two.bin', sampleBytes(200_000)],
  ])
  await alice.getByTestId('folder-input').setInputFiles(await writeTree(testInfo.outputPath('folder'), files))
  const downloads = watchDownloads(bob)
  await press(shareNamed(bob, 'folder'), 'download')
  await expect.poll(() => downloads.length).toBe(1)
  const entries = unzip(await bytesOf(downloads[0] as Download))
  expect(entries.size).toBe(files.size)
  for (const [path, bytes] of files) expect(entries.get(`folder/${path}`)?.bytes.equals(bytes)).toBe(true)
})

test('one press gets all that others offer, and nothing twice', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const files = [1, 2, 3].map((at) => ({ name: `${at}.bin`, bytes: sampleBytes(at * 100_000, at) }))
  await offerFiles(alice, ...files)
  await offerFiles(bob, { name: 'his own.bin', bytes: sampleBytes(1000) })
  const all = bob.getByTestId('download-all')
  await expect(all).toHaveText('Download all 3 (600\u00a0kB)')
  await expect(alice.getByTestId('download-all')).toHaveCount(0)
  const downloads = watchDownloads(bob)
  await all.click()
  await expect(all).toHaveCount(0)
  for (const { name } of files)
    await expect(shareNamed(bob, name).getByTestId('save')).toHaveText('Save again')
  await expect.poll(() => downloads.length).toBe(files.length)
  for (const { name, bytes } of files) {
    const download = downloadNamed(downloads, name)
    expect(download && (await bytesOf(download)).equals(bytes)).toBe(true)
  }
})

test('a download that is cancelled puts nothing into the downloads', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const large = { name: 'cancelled.bin', bytes: sampleBytes(30_000_000, 1) }
  const small = { name: 'wanted.bin', bytes: sampleBytes(1000, 2) }
  await offerFiles(alice, large, small)
  const downloads = watchDownloads(bob)
  await press(shareNamed(bob, large.name), 'download')
  await press(shareNamed(bob, large.name), 'cancel')
  await waitForState(shareNamed(bob, large.name), 'offered')
  await press(shareNamed(bob, small.name), 'download')
  await expect(shareNamed(bob, small.name).getByTestId('save')).toHaveText('Save again')
  await expect.poll(() => downloads.map((download) => download.suggestedFilename())).toEqual([small.name])
})

test('unfolded details show the pieces of a share at rest', async ({ openPage }) => {
  const [alice, bob] = await openRoom(openPage, 2)
  const file = { name: 'at rest.bin', bytes: sampleBytes(1_000_000) }
  await offerFiles(alice, file)
  await waitForState(shareNamed(alice, file.name), 'complete')
  const share = shareNamed(bob, file.name)
  const details = share.getByRole('button', { name: 'Details' })
  const pieces = share.getByRole('progressbar')
  await expect(pieces).toHaveCount(0)
  await details.click()
  await expect(pieces).toHaveAttribute('aria-valuetext', '0\u00a0% is here')
  await expect(share).toContainText('few have it')
  await details.click()
  await expect(pieces).toHaveCount(0)
})
