import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator } from '@playwright/test'
import { MiB } from '../../e2e/files.ts'
import { watchMemory, type MemoryPeaks } from '../../e2e/memory.ts'
import { attributesOf, offerFiles, press, shareNamed, waitForState } from '../../e2e/room.ts'
import { openRoom } from '../app.ts'
import { less, more, told, type Figure } from '../figures.ts'
import { pairOf } from '../pair.ts'
import { Scene } from '../scene.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'

const GB = 1e9
const name = 'huge.bin'
/** Memory is watched in so many equal parts of the file, one after the other. */
const parts = 8
/** A part of the largest file on the slowest machine. */
const partMaxMs = 30 * 60_000
/** Between two looks at how much is there. */
const lookEveryMs = 500

/** A file larger than most memories, onto the receiver's disk while its sender still hashes it. */
export const hugeFile: Row = hugeRow('huge', 8)

/** `huge:GB`; null for any other name. */
export function hugeNamed(named: string): Row | null {
  const size = /^huge:(\d+(?:\.\d+)?)$/.exec(named)?.[1]
  return size === undefined ? null : hugeRow(named, Number(size))
}

function hugeRow(rowName: string, sizeGB: number): Row {
  return { name: rowName, shaped: false, isBig: true, run: (teardown) => measure(teardown, sizeGB) }
}

async function measure(teardown: Teardown, sizeGB: number): Promise<Figure[]> {
  const scene = await Scene.onThisMachine(teardown)
  const [from, to] = pairOf(await openRoom(await scene.openBrowsers(2), scene.site.app))
  const sizeBytes = sizeGB * GB
  await offerFiles(from, await sparseFile(await scene.folder(), sizeBytes))
  const share = shareNamed(to, name)
  await waitForState(share, 'offered')
  const startedMs = performance.now()
  await press(share, 'download')
  const peaks: MemoryPeaks[] = []
  for (let part = 1; part <= parts; part++) {
    const watched = await watchMemory(to)
    await untilHave(share, (part / parts) * sizeBytes)
    peaks.push(await watched.stop())
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0)
    console.log(`    ${part} of ${parts} after ${seconds} s: ${inMiB(peaks.slice(-1)).join(', ')} MiB`)
  }
  await waitForState(share, 'complete')
  const seconds = (performance.now() - startedMs) / 1000
  const what = `one file of ${sizeGB} GB`
  const [first, last] = [peaks.slice(1, 2), peaks.slice(-1)]
  const [heap = 0] = inMiB(last)
  return [
    more(what, sizeBytes / 1e6 / seconds, 'MB/s'),
    told(`${what}: clicked to complete`, seconds, 's'),
    less(`${what}: heap and buffers in its last eighth`, heap, 'MiB', { must: 100, limit: '100' }),
    told(`${what}: heap and buffers in its second eighth`, inMiB(first)[0] ?? 0, 'MiB'),
    told(`${what}: resident in its last eighth`, inMiB(last)[1] ?? 0, 'MiB'),
    told(`${what}: resident in its second eighth`, inMiB(first)[1] ?? 0, 'MiB'),
  ]
}

const inMiB = (peaks: readonly MemoryPeaks[]): number[] =>
  peaks
    .flatMap(({ heapAndBuffersBytes, residentBytes }) => [heapAndBuffersBytes, residentBytes ?? 0])
    .map((bytes) => Math.round(bytes / MiB))

/** It takes no space on the sender's disk, and all of it on the receiver's. Each mebibyte begins with its number, so that no two pieces are the same. */
async function sparseFile(folder: string, sizeBytes: number): Promise<string> {
  const path = join(folder, name)
  const file = await open(path, 'w')
  const number = Buffer.alloc(8)
  for (let at = 0; at < sizeBytes; at += MiB) {
    number.writeDoubleLE(at + 1)
    await file.write(number, 0, Math.min(8, sizeBytes - at), at)
  }
  await file.truncate(sizeBytes)
  await file.close()
  return path
}

async function untilHave(share: Locator, bytes: number): Promise<void> {
  const endMs = performance.now() + partMaxMs
  for (;;) {
    const { haveBytes, state } = await attributesOf(share)
    if (haveBytes >= bytes) return
    if (state === 'failed' || performance.now() > endMs)
      throw new Error(`${state} with ${haveBytes} of ${bytes} bytes`)
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}
