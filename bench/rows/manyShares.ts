import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { sampleBytes, writeTree, MiB } from '../../e2e/files.ts'
import { openHeap } from '../../e2e/memory.ts'
import { expect } from '../../e2e/room.ts'
import { longestTaskMs, openRoom } from '../app.ts'
import { less, median, told, type Figure } from '../figures.ts'
import { pairOf } from '../pair.ts'
import { Scene } from '../scene.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'

const shares = 500
const shareBytes = 10_000
const clicks = 9
const patienceMs = 300_000

/** A room in which hundreds of files are offered: how its pages bear it. */
export const manyShares: Row = { name: 'shares', shaped: false, isBig: true, run: measure }

async function measure(teardown: Teardown): Promise<Figure[]> {
  const scene = await Scene.onThisMachine(teardown)
  const [from, to] = pairOf(await openRoom(await scene.openBrowsers(2), scene.site.app))
  const heap = await openHeap(to)
  const bareBytes = await heap.liveBytes()
  const paths = await writeFiles(await scene.folder())
  for (const page of [from, to]) await longestTaskMs(page)
  const pickedMs = performance.now()
  await from.getByTestId('file-input').setInputFiles(paths)
  await expect(to.getByTestId('share')).toHaveCount(shares, { timeout: patienceMs })
  const seenSeconds = (performance.now() - pickedMs) / 1000
  const hashed = from.locator('[data-testid=share][data-state=complete]')
  await expect(hashed).toHaveCount(shares, { timeout: patienceMs })
  const hashedSeconds = (performance.now() - pickedMs) / 1000
  const [senderTaskMs, receiverTaskMs] = [await longestTaskMs(from), await longestTaskMs(to)]
  const clickedMs = await clickLatenciesMs(to)
  const longestMs = await longestTaskMs(to)
  const heapBytes = await heap.liveBytes()
  const { takenSeconds, anewSeconds } = await takenAndLoadedAnew(to)
  const what = `${shares} shares in a room`
  return [
    told(`${what}: picked to the last seen by the other`, seenSeconds, 's'),
    told(`${what}: picked to all hashed`, hashedSeconds, 's'),
    less(`${what}: longest task of the sender's page`, senderTaskMs, 'ms'),
    less(`${what}: longest task of the other's page`, receiverTaskMs, 'ms'),
    less(`${what}: click on one to its details drawn`, median(clickedMs), 'ms', { limit: '200', must: 200 }),
    less(`${what}: the slowest of ${clicks} such clicks`, Math.max(...clickedMs), 'ms'),
    less(`${what}: longest task meanwhile`, longestMs, 'ms'),
    told(`${what}: live heap of the other's page`, heapBytes / MiB, 'MiB'),
    told(`${what}: before, without any`, bareBytes / MiB, 'MiB'),
    told(`${what}: all taken by the other`, takenSeconds, 's'),
    told(`${what}: its page loaded anew to all hashed again`, anewSeconds, 's'),
  ]
}

async function takenAndLoadedAnew(to: Page): Promise<{ takenSeconds: number; anewSeconds: number }> {
  const whole = to.locator('[data-testid=share][data-state=complete]')
  const untilWhole = async (): Promise<number> => {
    const fromMs = performance.now()
    await expect(whole).toHaveCount(shares, { timeout: patienceMs })
    return (performance.now() - fromMs) / 1000
  }
  await to.getByTestId('download-all').click()
  const takenSeconds = await untilWhole()
  await to.reload()
  return { takenSeconds, anewSeconds: await untilWhole() }
}

async function writeFiles(folder: string): Promise<string[]> {
  const bytes = sampleBytes(shareBytes + shares)
  const names = Array.from({ length: shares }, (_, at) => `${at}.bin`)
  await writeTree(
    folder,
    new Map(names.map((name, at) => [name, bytes.subarray(at, at + shareBytes)] as const)),
  )
  return names.map((name) => join(folder, name))
}

/** From the browser's event until what came of it is drawn. */
async function clickLatenciesMs(page: Page): Promise<number[]> {
  await page.evaluate(() => {
    const latencies: number[] = []
    Object.assign(globalThis, { latencies })
    addEventListener(
      'click',
      ({ timeStamp }) =>
        requestAnimationFrame(() => setTimeout(() => latencies.push(performance.now() - timeStamp))),
      { capture: true },
    )
  })
  for (let click = 0; click < clicks; click++) {
    await page
      .locator('.share-unfold')
      .nth(Math.floor((click * shares) / clicks))
      .click()
    await expect(page.locator('.share-unfold[aria-expanded=true]')).toHaveCount(click + 1)
  }
  return page.evaluate(() => (globalThis as unknown as { latencies: number[] }).latencies)
}
