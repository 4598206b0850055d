import { writeFile } from 'node:fs/promises'
import { MiB, sampleBytes, sha256 } from './files.ts'
import { openFirefox } from './firefoxTab.ts'
import {
  bytesOf,
  downloadWhole,
  expect,
  offerFiles,
  roomLink,
  shareNamed,
  test,
  waitForPeers,
} from './room.ts'

test('Chromium to Firefox and back', async ({ openPage }, testInfo) => {
  const chromium = await openPage()
  const firefox = await openFirefox(await roomLink(chromium), testInfo.outputPath('downloads'))
  try {
    await waitForPeers(chromium, 1)
    await firefox.waitForPeers(1)

    const there = { name: 'to Firefox.bin', bytes: sampleBytes(5 * MiB + 1, 1) }
    await offerFiles(chromium, there)
    await firefox.download(there.name)
    await firefox.waitForState(there.name, 'complete')
    expect(sha256(await firefox.downloadedBytes(there.name))).toBe(sha256(there.bytes))

    const back = { name: 'to Chromium.bin', bytes: sampleBytes(5 * MiB - 1, 2) }
    const path = testInfo.outputPath(back.name)
    await writeFile(path, back.bytes)
    await firefox.offer(path)
    const download = await downloadWhole(shareNamed(chromium, back.name))
    expect(sha256(await bytesOf(download))).toBe(sha256(back.bytes))
  } finally {
    await firefox.close()
  }
})
