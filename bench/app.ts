import type { Page } from '@playwright/test'
import { offerFiles, press, roomLink, shareNamed, waitForPeers, waitForState } from '../e2e/room.ts'
import type { Browsers } from './browsers.ts'

const patienceMs = 600_000

/** So many pages in one room, the first of which made it. */
export async function openRoomOf(count: number, browsers: Browsers, address: string): Promise<Page[]> {
  const first = await browsers.open(address)
  const link = await roomLink(first)
  const pages = [first]
  for (let at = 1; at < count; at++) pages.push(await browsers.open(link))
  for (const page of pages) await waitForPeers(page, count - 1)
  return pages
}

/** Offers a file of the disk and waits until it is hashed, so that what follows measures the transfer alone. */
export async function offerHashed(page: Page, path: string, name: string): Promise<void> {
  await offerFiles(page, path)
  await waitForState(shareNamed(page, name), 'complete', patienceMs)
}

/** Seconds until all of these pages, beginning together, hold it all. */
export async function takeSeconds(pages: readonly Page[], name: string): Promise<number> {
  const shares = pages.map((page) => shareNamed(page, name))
  for (const share of shares) await waitForState(share, 'offered', patienceMs)
  const startedMs = performance.now()
  await Promise.all(shares.map((share) => press(share, 'download')))
  await Promise.all(shares.map((share) => waitForState(share, 'complete', patienceMs)))
  return (performance.now() - startedMs) / 1000
}

/** Milliseconds from opening a room's link to seeing its member. */
export async function introductionMs(link: string, browsers: Browsers): Promise<number> {
  const page = await browsers.open('about:blank')
  const startedMs = performance.now()
  await page.goto(link)
  await waitForPeers(page, 1)
  return performance.now() - startedMs
}
