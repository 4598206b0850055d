import { MiB } from '../../e2e/files.ts'
import { watchMemory } from '../../e2e/memory.ts'
import { offerHashed, openRoom, takeOne } from '../app.ts'
import { less, type Figure } from '../figures.ts'
import { pairOf } from '../pair.ts'
import { sampleName, Scene } from '../scene.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'

const sizeBytes = 300e6

/** A receiving tab's peak, in a row of its own: looking costs the page time. */
export const memory: Row = { name: 'memory', shaped: false, run: measure }

async function measure(teardown: Teardown): Promise<Figure[]> {
  const scene = await Scene.onThisMachine(teardown)
  const [from, to] = pairOf(await openRoom(await scene.openBrowsers(2), scene.site.app))
  await offerHashed(from, await scene.sampleFile(sizeBytes), sampleName)
  const watched = await watchMemory(to)
  await takeOne(to, sampleName)
  const { heapAndBuffersBytes, residentBytes } = await watched.stop()
  const what = 'memory of a tab that receives 300 MB'
  const bounds = { limit: '100 whatever the size', must: 100 }
  return [
    less(`${what}: heap and buffers`, heapAndBuffersBytes / MiB, 'MiB', bounds),
    ...(residentBytes === null ? [] : [less(`${what}: resident`, residentBytes / MiB, 'MiB')]),
  ]
}
