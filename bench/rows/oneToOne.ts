import type { BrowserContext } from '@playwright/test'
import { longestTaskMs, offerHashed, openRoom, takeShare, wholeRate } from '../app.ts'
import { browserCpuSeconds } from '../cpu.ts'
import type { Figure } from '../figures.ts'
import { rawBytesPerSecond } from '../rawChannel.ts'
import { openPage, pairOf, sampleName, Scene } from '../scene.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'

const patienceSeconds = 300

/** Two tabs of one browser, as when somebody tries it alone. */
export const tabs: Row = { name: 'tabs', shaped: false, run: measureTabs }

/** Two browsers of one machine: no network between them, so what is measured is what a byte costs. */
export const browsers: Row = { name: 'browsers', shaped: false, run: measureBrowsers }

async function measureTabs(teardown: Teardown): Promise<Figure[]> {
  const sizeBytes = 80e6
  const scene = await Scene.onThisMachine(teardown)
  const context = await scene.openBrowser(1)
  const raw = await rawRate([context, context], scene, sizeBytes)
  const pages = await openRoom([context, context], scene.site.app)
  const [from, to] = pairOf(pages)
  await offerHashed(from, await scene.sampleFile(sizeBytes), sampleName)
  const [take] = pairOf([...(await takeShare([to], sampleName)), null])
  const rate = take === null ? 0 : wholeRate(take, sizeBytes)
  return ratioFigures('one browser, two tabs, 80 MB', rate, raw, 0.95)
}

async function measureBrowsers(teardown: Teardown): Promise<Figure[]> {
  const sizeBytes = 200e6
  const scene = await Scene.onThisMachine(teardown)
  const contexts = pairOf(await scene.openBrowsers(2))
  const rawCpu = await cpuMeter(contexts, sizeBytes)
  const raw = await rawRate(contexts, scene, sizeBytes)
  const rawCosts = await rawCpu()
  const [from, to] = pairOf(await openRoom(contexts, scene.site.app))
  await offerHashed(from, await scene.sampleFile(sizeBytes), sampleName)
  for (const page of [from, to]) await longestTaskMs(page)
  const appCpu = await cpuMeter(contexts, sizeBytes)
  const [take] = await takeShare([to], sampleName)
  const appCosts = await appCpu()
  const what = 'two browsers, 200 MB'
  const rate = take === undefined ? 0 : wholeRate(take, sizeBytes)
  return [
    ...ratioFigures(what, rate, raw, 0.9),
    ...costFigures(`${what}: the sender's browser`, appCosts[0], rawCosts[0], 52),
    ...costFigures(`${what}: the receiver's browser`, appCosts[1], rawCosts[1], 55),
    longestTask(`${what}: longest task, sender`, await longestTaskMs(from)),
    longestTask(`${what}: longest task, receiver`, await longestTaskMs(to)),
  ]
}

/** Of a bare channel, on pages of their own that are gone when it is done. */
async function rawRate(
  contexts: readonly [BrowserContext, BrowserContext],
  scene: Scene,
  totalBytes: number,
): Promise<number> {
  const [from, to] = [
    await openPage(contexts[0], scene.site.empty),
    await openPage(contexts[1], scene.site.empty),
  ]
  const rate = await rawBytesPerSecond(from, to, { lanes: 1, totalBytes, atMostSeconds: patienceSeconds })
  for (const page of [from, to]) await page.close()
  return rate
}

/** What the first and the second browser use from now until it is read, in CPU seconds for each 10⁹ bytes. */
async function cpuMeter(
  contexts: readonly [BrowserContext, BrowserContext],
  sizeBytes: number,
): Promise<() => Promise<readonly [number | null, number | null]>> {
  const read = async () =>
    [await browserCpuSeconds(contexts[0]), await browserCpuSeconds(contexts[1])] as const
  const before = await read()
  const perGigabyte = (from: number | null, to: number | null) =>
    from === null || to === null ? null : ((to - from) * 1e9) / sizeBytes
  return async () => {
    const after = await read()
    return [perGigabyte(before[0], after[0]), perGigabyte(before[1], after[1])]
  }
}

function ratioFigures(what: string, rate: number, raw: number, must: number): Figure[] {
  return [
    { what: `${what}, over a raw channel`, value: rate / raw, unit: '', better: 'more', limit: '1.00', must },
    { what, value: rate / 1e6, unit: 'MB/s', better: 'more', limit: `${(raw / 1e6).toFixed(1)} MB/s raw` },
    { what: `${what}: the raw channel`, value: raw / 1e6, unit: 'MB/s' },
  ]
}

function costFigures(what: string, app: number | null, raw: number | null, must: number): Figure[] {
  if (app === null || raw === null) return []
  return [
    {
      what,
      value: app,
      unit: 'CPU s a GB',
      better: 'less',
      limit: `${raw.toFixed(0)} of a raw channel`,
      must,
    },
  ]
}

const longestTask = (what: string, value: number): Figure => ({
  what,
  value,
  unit: 'ms',
  better: 'less',
  limit: '50 (shorter ones read 0)',
  must: 50,
})
