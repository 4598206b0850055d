import type { Page } from '@playwright/test'
import { offerHashed, openRoom, takeShare } from '../app.ts'
import { less, told, type Figure } from '../figures.ts'
import { sampleName, Scene } from '../scene.ts'
import { readCounters, sumOf } from '../stats.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'

const limitKBps = 1000
const sizeBytes = 20e6
const beginningMs = 4000
const measuredMs = 10_000

/** What config.json limits, while two take at once. */
export const uploadLimit: Row = { name: 'uploadLimit', shaped: false, run: measure }

async function measure(teardown: Teardown): Promise<Figure[]> {
  const scene = await Scene.onThisMachine(teardown, { uploadLimitKBps: limitKBps })
  const [origin, ...receivers] = await openRoom(await scene.openBrowsers(3), scene.site.app)
  if (origin === undefined) throw new Error('Nobody is in the room')
  await offerHashed(origin, await scene.sampleFile(sizeBytes), sampleName)
  const taken = takeShare(receivers, sampleName)
  const reachedKBps = await sentKBps(origin)
  await taken
  const deviation = 100 * Math.abs(reachedKBps / limitKBps - 1)
  const what = `upload limit of ${limitKBps} kB/s`
  return [
    less(`${what}: off by`, deviation, '%', { limit: '0', must: 5 }),
    told(`${what}: handed to channels`, reachedKBps / 1000, 'MB/s'),
  ]
}

/** Over some seconds from the middle of a transfer. */
async function sentKBps(origin: Page): Promise<number> {
  const look = async () => ({
    atMs: performance.now(),
    bytes: sumOf([await readCounters(origin, 'origin')], 'channelSentBytes'),
  })
  await origin.waitForTimeout(beginningMs)
  const before = await look()
  await origin.waitForTimeout(measuredMs)
  const after = await look()
  return (after.bytes - before.bytes) / (after.atMs - before.atMs)
}
