import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { MiB, writeSampleFile } from '../../e2e/files.ts'
import { watchMemory } from '../../e2e/memory.ts'
import { roomLink } from '../../e2e/room.ts'
import { offerHashed, openRoom, takeOne, wholeRate } from '../app.ts'
import { less, more, told, type Figure } from '../figures.ts'
import { floodLinks, type FloodGlobal } from '../../e2e/flooder.ts'
import { pairOf } from '../pair.ts'
import { sampleName, Scene } from '../scene.ts'
import type { Teardown } from '../teardown.ts'
import type { Row } from './row.ts'

const sizeBytes = 30e6
const anotherName = 'another.bin'
const uplink = { upKbps: 16_000, downKbps: 0, delayMs: 20, lossRatio: 0 }
const flooders = { upKbps: 8_000, downKbps: 0, delayMs: 20, lossRatio: 0 }
/** Once it is thrown out it comes back as somebody else. */
const comesBackMs = 5000

/** An honest transfer over 16 Mbit/s, alone and beside one that floods both members on all channels, and comes back when it is thrown out. */
export const flooder: Row = { name: 'flooder', shaped: true, run: measure }

async function measure(teardown: Teardown): Promise<Figure[]> {
  const scene = await Scene.onNetlab(teardown, [uplink, uplink, flooders])
  const [fromContext, toContext, floodContext] = await scene.openBrowsers(3)
  if (!fromContext || !toContext || !floodContext) throw new Error('three browsers')
  const [from, to] = pairOf(await openRoom([fromContext, toContext], scene.site.app))
  await offerHashed(from, await scene.sampleFile(sizeBytes), sampleName)
  const alone = wholeRate(await takeOne(to, sampleName), sizeBytes)
  const another = join(await scene.folder(), anotherName)
  await writeSampleFile(another, sizeBytes)
  await offerHashed(from, another, anotherName)
  await floodContext.addInitScript(floodLinks, { perTick: 20, afterMs: 500 })
  const flood = await keepFlooding(await floodContext.newPage(), await roomLink(from))
  const watched = await watchMemory(to)
  const beside = wholeRate(await takeOne(to, anotherName), sizeBytes)
  const { heapAndBuffersBytes } = await watched.stop()
  const { messages, bytes, loads } = await flood.stop()
  return [
    more('beside a member that floods, 16 Mbit/s up, over the same alone', beside / alone, '', {
      limit: '1.00',
      must: 0.8,
    }),
    told('flooder: alone', alone / 1e6, 'MB/s'),
    told('flooder: beside it', beside / 1e6, 'MB/s'),
    told('flooder: thousand messages it sent', messages / 1000, ''),
    told('flooder: sent by it', bytes / MiB, 'MiB'),
    told('flooder: times it came in', loads, ''),
    less('flooder: heap and buffers of the receiver', heapAndBuffersBytes / MiB, 'MiB', { must: 100 }),
  ]
}

async function keepFlooding(page: Page, link: string) {
  const sum = { messages: 0, bytes: 0, loads: 0 }
  const over = new AbortController()
  const flooding = (async () => {
    while (!over.signal.aborted) {
      await page.goto(link)
      await page.reload()
      sum.loads++
      await new Promise((resolve) => setTimeout(resolve, comesBackMs))
      const sent = await page.evaluate(() => (globalThis as unknown as FloodGlobal).flood)
      sum.messages += sent?.messages ?? 0
      sum.bytes += sent?.bytes ?? 0
    }
  })()
  return {
    stop: async () => {
      over.abort()
      await flooding
      return sum
    },
  }
}
