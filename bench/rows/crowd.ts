import { lastSeconds, offerHashed, openRoom, takeShare } from '../app.ts'
import { more, told, type Figure } from '../figures.ts'
import { pairOf, rawRate } from '../pair.ts'
import { sampleName, Scene } from '../scene.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'

const receivers = 4
const sizeBytes = 60e6

/** One gives to four on this machine: all share its cores, so the sum of what they get is what counts. */
export const crowd: Row = { name: 'crowd', shaped: false, run: measure }

async function measure(teardown: Teardown): Promise<Figure[]> {
  const scene = await Scene.onThisMachine(teardown)
  const contexts = await scene.openBrowsers(receivers + 1)
  const rawOptions = { lanes: 1, totalBytes: 2 * sizeBytes, atMostSeconds: 300 }
  const rawBefore = await rawRate(scene, pairOf(contexts), rawOptions)
  const [origin, ...others] = await openRoom(contexts, scene.site.app)
  if (origin === undefined) throw new Error('Nobody is in the room')
  await offerHashed(origin, await scene.sampleFile(sizeBytes), sampleName)
  const together = (receivers * sizeBytes) / lastSeconds(await takeShare(others, sampleName))
  const raw = (rawBefore + (await rawRate(scene, pairOf(contexts), rawOptions))) / 2
  const what = `one to ${receivers} on this machine, 60 MB each`
  return [
    more(`${what}: sum of rates over a raw channel`, together / raw, '', { limit: '1.00', must: 0.9 }),
    more(`${what}: sum of rates`, together / 1e6, 'MB/s', { limit: `${(raw / 1e6).toFixed(1)} raw` }),
    told(`${what}: raw channel, mean of before and after`, raw / 1e6, 'MB/s'),
  ]
}
