import type { BrowserContext, Page } from '@playwright/test'
import { offerFiles, press, roomLink, shareNamed, waitForPeers, waitForState } from '../e2e/room.ts'
import type { ProbedGlobal, Take } from './probe.ts'
import { openPage } from './scene.ts'

/** Of the slowest step, on the slowest path: hashing, offering, transferring. */
const patienceMs = 900_000

/** A page in each of these browsers, all in one room that the first of them made. */
export async function openRoom(contexts: readonly BrowserContext[], address: string): Promise<Page[]> {
  const pages: Page[] = []
  let link = address
  for (const context of contexts) {
    const page = await openPage(context, link)
    if (pages.length === 0) link = await roomLink(page)
    pages.push(page)
  }
  for (const page of pages) await waitForPeers(page, contexts.length - 1)
  return pages
}

/** Offers a file of the disk and waits until it is hashed, so that what follows measures the transfer alone. */
export async function offerHashed(page: Page, path: string, name: string): Promise<void> {
  await offerFiles(page, path)
  await waitForState(shareNamed(page, name), 'complete', patienceMs)
}

/** Takes a share on all of these pages, begun together, until all hold it. */
export async function takeShare(pages: readonly Page[], name: string): Promise<Take[]> {
  const shares = pages.map((page) => shareNamed(page, name))
  for (const share of shares) await waitForState(share, 'offered', patienceMs)
  for (const page of pages) await watchShare(page, name)
  const taken = Promise.all(pages.map((page) => takenShare(page, name)))
  await Promise.all(shares.map((share) => press(share, 'download')))
  return taken
}

/** The same on one page. */
export async function takeOne(page: Page, name: string): Promise<Take> {
  const [take] = await takeShare([page], name)
  if (take === undefined) throw new Error('Nothing was taken')
  return take
}

async function watchShare(page: Page, name: string): Promise<void> {
  await page.evaluate((share) => (globalThis as unknown as ProbedGlobal).swarmBench.watch(share), name)
}

const takenShare = (page: Page, name: string): Promise<Take> =>
  page.evaluate((share) => (globalThis as unknown as ProbedGlobal).swarmBench.taken(share), name)

/** Seconds from the first click to the last of them that is complete. */
export function lastSeconds(takes: readonly Take[]): number {
  const startedMs = Math.min(...takes.map(({ clickedAtMs }) => clickedAtMs))
  const endedMs = Math.max(...takes.map(({ completeAtMs }) => completeAtMs))
  return (endedMs - startedMs) / 1000
}

/** Milliseconds from the click until a first piece is checked and kept. */
export const firstBytesMs = (take: Take): number => take.firstBytesAtMs - take.clickedAtMs

/** Bytes a second of one download, from its click to its end. */
export const wholeRate = (take: Take, sizeBytes: number): number => sizeBytes / lastSeconds([take])

/** Bytes a second between a tenth and nine tenths of a download: without its beginning and its end. */
export function steadyRate(take: Take, sizeBytes: number): number {
  const reached = (bytes: number) => take.samples.find(({ haveBytes }) => haveBytes >= bytes)
  const [begin, end] = [reached(sizeBytes * 0.1), reached(sizeBytes * 0.9)]
  if (begin === undefined || end === undefined || end.atMs <= begin.atMs) return wholeRate(take, sizeBytes)
  return ((end.haveBytes - begin.haveBytes) * 1000) / (end.atMs - begin.atMs)
}

/** Of the main thread since the last call; 0 if no task took the 50 ms from where on browsers tell. */
export const longestTaskMs = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as ProbedGlobal).swarmBench.longestTaskMs())
