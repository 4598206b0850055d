import { longestTaskMs, offerHashed, openRoom, takeOne, wholeRate } from '../app.ts'
import { less, more, told, type Figure } from '../figures.ts'
import { cpuMeter, pairOf, rawRate, type Pair } from '../pair.ts'
import { sampleName, Scene } from '../scene.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'

/** Two tabs of one browser, as when somebody tries it alone. */
export const tabs: Row = { name: 'tabs', shaped: false, run: measureTabs }

/** Two browsers of one machine: no network between them, so what is measured is what a byte costs. */
export const browsers: Row = { name: 'browsers', shaped: false, run: measureBrowsers }

const onThisMachine = { lanes: 1, atMostSeconds: 300 }

async function measureTabs(teardown: Teardown): Promise<Figure[]> {
  const sizeBytes = 80e6
  const scene = await Scene.onThisMachine(teardown)
  const context = await scene.openBrowser(1)
  const raw = () => rawRate(scene, [context, context], { ...onThisMachine, totalBytes: sizeBytes })
  const rawBefore = await raw()
  const [from, to] = pairOf(await openRoom([context, context], scene.site.app))
  await offerHashed(from, await scene.sampleFile(sizeBytes), sampleName)
  const rate = wholeRate(await takeOne(to, sampleName), sizeBytes)
  return rateFigures('one browser, two tabs, 80 MB', rate, [rawBefore, await raw()], 0.95)
}

async function measureBrowsers(teardown: Teardown): Promise<Figure[]> {
  const sizeBytes = 200e6
  const what = 'two browsers, 200 MB'
  const scene = await Scene.onThisMachine(teardown)
  const contexts = pairOf(await scene.openBrowsers(2))
  const raw = () => rawRate(scene, contexts, { ...onThisMachine, totalBytes: sizeBytes })
  const rawCpu = await cpuMeter(contexts, sizeBytes)
  const rawBefore = await raw()
  const rawCosts = await rawCpu()
  const [from, to] = pairOf(await openRoom(contexts, scene.site.app))
  await offerHashed(from, await scene.sampleFile(sizeBytes), sampleName)
  for (const page of [from, to]) await longestTaskMs(page)
  const appCpu = await cpuMeter(contexts, sizeBytes)
  const rate = wholeRate(await takeOne(to, sampleName), sizeBytes)
  const appCosts = await appCpu()
  const taskLimits = { limit: '50 (what is shorter reads 0)', must: 50 }
  const longest = [await longestTaskMs(from), await longestTaskMs(to)] as const
  return [
    ...rateFigures(what, rate, [rawBefore, await raw()], 0.9),
    ...costFigures(what, appCosts, rawCosts),
    less(`${what}: longest task of the sender's page`, longest[0], 'ms', taskLimits),
    less(`${what}: longest task of the receiver's page`, longest[1], 'ms', taskLimits),
  ]
}

/** The raw channel runs before and after, as a machine's speed drifts. */
function rateFigures(what: string, rate: number, raws: Pair<number>, must: number): Figure[] {
  const raw = (raws[0] + raws[1]) / 2
  return [
    more(`${what}, over a raw channel`, rate / raw, '', { limit: '1.00', must }),
    more(what, rate / 1e6, 'MB/s', { limit: `${(raw / 1e6).toFixed(1)} MB/s raw` }),
    told(`${what}: raw channel before`, raws[0] / 1e6, 'MB/s'),
    told(`${what}: raw channel after`, raws[1] / 1e6, 'MB/s'),
  ]
}

function costFigures(what: string, app: Pair<number> | null, raw: Pair<number> | null): Figure[] {
  if (app === null || raw === null) return []
  const limits = raw.map((cost) => ({ limit: `${cost.toFixed(0)} of a raw channel` }))
  return [
    less(`${what}: the sender's browser`, app[0], 'CPU s a GB', limits[0]),
    less(`${what}: the receiver's browser`, app[1], 'CPU s a GB', limits[1]),
  ]
}
