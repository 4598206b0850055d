import { offerHashed, openRoom, takeOne, wholeRate } from '../app.ts'
import { less, more, told, type Figure } from '../figures.ts'
import { pairOf, rawRate, withEmptyPages } from '../pair.ts'
import { peerJsRate } from '../rivals/peerjs.ts'
import { webTorrentSeconds } from '../rivals/webtorrent.ts'
import { openPage, sampleName, Scene } from '../scene.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'
import { accessLink, boundSeconds, swarmBytes, swarmUpMbps } from './swarm.ts'

const sizeBytes = 80e6

/** Others on the same machine in the same run. */
export const oneToOneRivals: Row = { name: 'rivals', shaped: false, withRivals: true, run: measureOneToOne }

/** WebTorrent among so many receivers who begin together, on the same links as ours. */
export const webTorrentSwarms: readonly Row[] = [1, 2, 4, 6, 8].map((receivers) => ({
  name: `webtorrent${receivers}`,
  shaped: true,
  withRivals: true,
  run: (teardown) => measureSwarm(receivers, teardown),
}))

async function measureOneToOne(teardown: Teardown): Promise<Figure[]> {
  const scene = await Scene.onThisMachine(teardown, { withTracker: true })
  const contexts = pairOf(await scene.openBrowsers(2))
  const raw = await rawRate(scene, contexts, { lanes: 1, totalBytes: sizeBytes, atMostSeconds: 300 })
  const path = await scene.sampleFile(sizeBytes)
  const [from, to] = pairOf(await openRoom(contexts, scene.site.app))
  await offerHashed(from, path, sampleName)
  const ours = wholeRate(await takeOne(to, sampleName), sizeBytes)
  for (const page of [from, to]) await page.close()
  const peerJs = await withEmptyPages(scene, contexts, ([sender, receiver]) =>
    peerJsRate(sender, receiver, scene.site.app, sizeBytes),
  )
  const webTorrent = await withEmptyPages(scene, contexts, ([seeder, leecher]) =>
    webTorrentSeconds(seeder, [leecher], scene.site.tracker ?? '', path),
  )
  const what = 'two browsers, 80 MB, over a raw channel'
  return [
    more(`${what}: ours`, ours / raw, '', { limit: '1.00' }),
    told(`${what}: PeerJS`, peerJs / raw, ''),
    told(`${what}: WebTorrent`, sizeBytes / webTorrent / raw, ''),
  ]
}

async function measureSwarm(receivers: number, teardown: Teardown): Promise<Figure[]> {
  const upMbps = swarmUpMbps(receivers)
  const scene = await Scene.onNetlab(teardown, upMbps.map(accessLink), { withTracker: true })
  const contexts = await scene.openBrowsers(upMbps.length)
  const [origin, ...others] = await Promise.all(
    contexts.map((context) => openPage(context, scene.site.empty)),
  )
  if (origin === undefined) throw new Error('Nobody seeds')
  const path = await scene.sampleFile(swarmBytes)
  const seconds = await webTorrentSeconds(origin, others, scene.site.tracker ?? '', path)
  const bound = boundSeconds(swarmBytes, upMbps)
  const name = `webtorrent${receivers}`
  return [
    less(`${name}: last over the bound of ${bound.toFixed(1)} s`, seconds / bound, ''),
    less(`${name}: last`, seconds, 's', { limit: `${bound.toFixed(1)} s` }),
  ]
}
