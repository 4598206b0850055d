import { chromium, type LaunchOptions } from '@playwright/test'
import { MiB, sha256OfFile, writeSampleFile } from './files.ts'
import { inMiB, watchMemory } from './memory.ts'
import {
  downloadWhole,
  expect,
  offerFiles,
  roomLink,
  shareNamed,
  test,
  waitForPeers,
  watchFaults,
} from './room.ts'

const sizeBytes = 300 * MiB
/** What DESIGN.md allows a receiving tab, whatever the file size. */
const heapAndBuffersMaxBytes = 100 * MiB
const wholeTestMs = 300_000

test('300 MB come in through bounded memory', async ({ openPage, launchOptions }, testInfo) => {
  test.setTimeout(wholeTestMs)
  const path = testInfo.outputPath('big.bin')
  const hash = await writeSampleFile(path, sizeBytes)
  const alice = await openPage()
  const bob = await openOnDisk(launchOptions, testInfo.outputPath('profile'), await roomLink(alice))
  await waitForPeers(bob.page, 1)
  await offerFiles(alice, path)

  const share = shareNamed(bob.page, 'big.bin')
  const memory = await watchMemory(bob.page)
  const startedMs = performance.now()
  const download = await downloadWhole(share, wholeTestMs)
  const seconds = (performance.now() - startedMs) / 1000
  const peaks = await memory.stop()
  console.log(
    `300 MB on the receiver's disk in ${seconds.toFixed(1)} s; peak of the receiver: ${inMiB(peaks.heapAndBuffersBytes)} of heap and ` +
      `buffers (limit ${inMiB(heapAndBuffersMaxBytes)}), ${inMiB(peaks.residentBytes)} resident`,
  )
  expect(await sha256OfFile(await download.path())).toBe(hash)
  expect(peaks.heapAndBuffersBytes).toBeLessThanOrEqual(heapAndBuffersMaxBytes)
  await bob.close()
})

/** A browser with a profile on disk: in the contexts that tests use otherwise, Chromium keeps the page's files in memory. */
async function openOnDisk(launchOptions: LaunchOptions, profile: string, link: string) {
  const context = await chromium.launchPersistentContext(profile, launchOptions)
  const page = context.pages()[0] ?? (await context.newPage())
  const faults: string[] = []
  watchFaults(page, faults)
  await page.goto(link)
  const close = async () => {
    await context.close()
    expect(faults).toEqual([])
  }
  return { page, close }
}
