import { roomLink } from '../../e2e/room.ts'
import { firstBytesMs, offerHashed, openRoom, takeOne } from '../app.ts'
import { less, median, type Figure } from '../figures.ts'
import { pairOf } from '../pair.ts'
import { sampleName, Scene } from '../scene.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'

const newcomers = 5
const sizeBytes = 10e6

/** What people wait for before anything moves: from a link to a peer, from a click to the first piece. */
export const moments: Row = { name: 'moments', shaped: false, run: measure }

async function measure(teardown: Teardown): Promise<Figure[]> {
  const scene = await Scene.onThisMachine(teardown)
  const contexts = await scene.openBrowsers(2)
  const [from, to] = pairOf(await openRoom(contexts, scene.site.app))
  await offerHashed(from, await scene.sampleFile(sizeBytes), sampleName)
  const firstMs = firstBytesMs(await takeOne(to, sampleName))
  await to.close()
  const link = await roomLink(from)
  const seenMs: number[] = []
  for (let newcomer = 0; newcomer < newcomers; newcomer++) seenMs.push(await untilPeerSeenMs(scene, link))
  return [
    less('click to first piece kept, local', firstMs, 'ms'),
    less('link opened to peer seen, local broker', median(seenMs), 'ms', { limit: '800', must: 1500 }),
    less('the slowest of five', Math.max(...seenMs), 'ms'),
  ]
}

/** In a browser that has never seen the page. */
async function untilPeerSeenMs(scene: Scene, link: string): Promise<number> {
  const context = await scene.openBrowser(1)
  const page = await context.newPage()
  const startedMs = performance.now()
  await page.goto(link, { waitUntil: 'commit' })
  await page.waitForSelector('[data-testid=peer]:is([data-state=direct], [data-state=relayed])', {
    state: 'attached',
  })
  const ms = performance.now() - startedMs
  await context.close()
  return ms
}
