import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sampleBytes } from '../../e2e/files.ts'
import { shareNamed, waitForState } from '../../e2e/room.ts'
import { longestTaskMs, offerHashed, openRoom, takeOne, wholeRate } from '../app.ts'
import { less, more, told, type Figure } from '../figures.ts'
import { pairOf } from '../pair.ts'
import { sampleName, Scene } from '../scene.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'

const files = 10_000
const fileBytes = 8000
const totalBytes = files * fileBytes
const folderName = 'small'
const patienceMs = 600_000

/** A folder of small files beside one file of the same size, between the same two browsers. */
export const folder: Row = { name: 'folder', shaped: false, run: measure }

async function measure(teardown: Teardown): Promise<Figure[]> {
  const scene = await Scene.onThisMachine(teardown)
  const [from, to] = pairOf(await openRoom(await scene.openBrowsers(2), scene.site.app))
  await offerHashed(from, await scene.sampleFile(totalBytes), sampleName)
  const bigRate = wholeRate(await takeOne(to, sampleName), totalBytes)
  const path = join(await scene.folder(), folderName)
  await writeSmallFiles(path)
  const offeredMs = performance.now()
  await from.getByTestId('folder-input').setInputFiles(path)
  await waitForState(shareNamed(from, folderName), 'complete', patienceMs)
  const hashedSeconds = (performance.now() - offeredMs) / 1000
  for (const page of [from, to]) await longestTaskMs(page)
  const smallRate = wholeRate(await takeOne(to, folderName), totalBytes)
  const what = `${files.toLocaleString('en')} files of 8 kB`
  const taskLimits = { limit: '50 (what is shorter reads 0)', must: 50 }
  return [
    more(`${what}, over one file of the same size`, smallRate / bigRate, '', { limit: '1.00', must: 0.8 }),
    more(what, smallRate / 1e6, 'MB/s', { limit: `${(bigRate / 1e6).toFixed(1)} one file` }),
    told(`${what}: picked to all hashed`, hashedSeconds, 's'),
    less(`${what}: longest task of the sender's page`, await longestTaskMs(from), 'ms', taskLimits),
    less(`${what}: longest task of the receiver's page`, await longestTaskMs(to), 'ms', taskLimits),
  ]
}

async function writeSmallFiles(path: string): Promise<void> {
  const bytes = sampleBytes(fileBytes + files)
  for (let at = 0; at < files; at++) {
    const inside = join(path, `part${Math.floor(at / 500)}`)
    if (at % 500 === 0) await mkdir(inside, { recursive: true })
    await writeFile(join(inside, `${at}.bin`), bytes.subarray(at, at + fileBytes))
  }
}
