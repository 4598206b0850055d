import type { Page } from '@playwright/test'
import { attributesOf, roomLink, shareNamed, waitForBytes } from '../../e2e/room.ts'
import { firstBytesMs, offerHashed, openRoom, takeOne, takeShare } from '../app.ts'
import { less, type Figure } from '../figures.ts'
import { openPage, sampleName, Scene } from '../scene.ts'
import { readCounters, sumOf } from '../stats.ts'
import type { Teardown } from '../teardown.ts'
import { netOfHeaders, type Row } from './row.ts'
import { accessLink } from './swarm.ts'

const sizeBytes = 12e6
const earlyReceivers = 4
const upMbps = 4
const uplinkBytesPerSecond = (upMbps * 1e6) / 8

/** Four begin together; a fifth opens the link when the first of them holds half, and takes all of it at once. */
export const lateJoiner: Row = { name: 'late', shaped: true, run: measure }

async function measure(teardown: Teardown): Promise<Figure[]> {
  const links = Array.from({ length: earlyReceivers + 2 }, () => accessLink(upMbps))
  const scene = await Scene.onNetlab(teardown, links)
  const contexts = await scene.openBrowsers(links.length)
  const [origin, ...early] = await openRoom(contexts.slice(0, -1), scene.site.app)
  const lateContext = contexts.at(-1)
  if (origin === undefined || lateContext === undefined) throw new Error('Nobody is in the room')
  await offerHashed(origin, await scene.sampleFile(sizeBytes), sampleName)
  const earlyTakes = takeShare(early, sampleName)
  await Promise.race(early.map((page) => waitForBytes(shareNamed(page, sampleName), sizeBytes / 2)))
  const boundSeconds = await boundFromNow(origin, early)
  const late = await openPage(lateContext, await roomLink(origin))
  const take = await takeOne(late, sampleName)
  const endMs = Math.max(...[...(await earlyTakes), take].map(({ completeAtMs }) => completeAtMs))
  const seconds = (endMs - take.clickedAtMs) / 1000
  const what = `a fifth joins four half way, ${upMbps} Mbit/s up each, 12 MB`
  const limit = (1 / netOfHeaders).toFixed(2)
  return [
    less(`${what}: last over the bound from its click`, seconds / boundSeconds, '', { limit }),
    less('late: last', seconds, 's', { limit: `${boundSeconds.toFixed(1)} s` }),
    less('late: click to first piece kept', firstBytesMs(take), 'ms'),
  ]
}

/** As in `boundSeconds` of a swarm, for what is missing yet: what the origin alone has, and what all lack together. */
async function boundFromNow(origin: Page, early: readonly Page[]): Promise<number> {
  const have = await Promise.all(
    early.map(async (page) => (await attributesOf(shareNamed(page, sampleName))).haveBytes),
  )
  const givenBytes = sumOf([await readCounters(origin, 'origin')], 'channelSentBytes')
  const missingBytes = have.reduce((sum, bytes) => sum + sizeBytes - bytes, sizeBytes)
  const ofOrigin = (sizeBytes - givenBytes) / uplinkBytesPerSecond
  return Math.max(ofOrigin, missingBytes / (uplinkBytesPerSecond * (earlyReceivers + 2)))
}
