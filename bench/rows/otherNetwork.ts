import type { Page } from '@playwright/test'
import { secondsUntil } from '../../e2e/processes.ts'
import {
  attributesOf,
  expect,
  press,
  shareNamed,
  waitForBytes,
  waitForPeers,
  waitForState,
} from '../../e2e/room.ts'
import { offerHashed, openRoom } from '../app.ts'
import { told, type Figure } from '../figures.ts'
import { sampleName, Scene } from '../scene.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'

const sizeBytes = 60e6
const access = { upKbps: 8_000, downKbps: 0, delayMs: 10, lossRatio: 0 }
/** More than was on its way. */
const anyMoreBytes = 4e6
const unpluggedMs = 20_000
const patienceMs = 300_000

/** One of three changes its network in the middle of a download, then loses it for a while; seconds until all is as before, without a reload. */
export const otherNetwork: Row = { name: 'otherNetwork', shaped: true, run: measure }

async function measure(teardown: Teardown): Promise<Figure[]> {
  const scene = await Scene.onNetlab(teardown, [access, access, access])
  const pages = await openRoom(await scene.openBrowsers(3), scene.site.app)
  const [from, to] = pages
  if (!from || !to || !scene.lab) throw new Error('three browsers on an emulated internet')
  await offerHashed(from, await scene.sampleFile(sizeBytes), sampleName)
  const share = shareNamed(to, sampleName)
  await press(share, 'download')
  await waitForBytes(share, 1e6)

  const { haveBytes } = await attributesOf(share)
  scene.lab.moveHost(2)
  const goesOn = await secondsUntil(waitForBytes(share, haveBytes + anyMoreBytes))
  await linkedAgain(pages)
  const lost = await from.getByTestId('notice').filter({ hasText: 'Lost touch' }).count()

  scene.lab.setPlugged(2, false)
  const unpluggedMissed = await secondsUntil(missedBy(from))
  await from.waitForTimeout(Math.max(0, unpluggedMs - unpluggedMissed * 1000))
  scene.lab.setPlugged(2, true)
  const pluggedWhole = await secondsUntil(linkedAgain(pages))
  await waitForState(share, 'complete', patienceMs)
  return [
    told('another network: until the download went on', goesOn, 's'),
    told('another network: times it was called lost', lost, ''),
    told('no network: until it was missed', unpluggedMissed, 's'),
    told('no network for 20 s: from its return until all were linked', pluggedWhole, 's'),
  ]
}

const linked = '[data-testid=peer]:is([data-state=direct], [data-state=relayed])'

/** Until the page holds one of the two others for linked no more. */
const missedBy = (page: Page): Promise<void> =>
  expect(page.locator(linked)).toHaveCount(1, { timeout: 60_000 })

async function linkedAgain(pages: readonly Page[]): Promise<void> {
  await Promise.all(pages.map((page) => waitForPeers(page, pages.length - 1)))
}
