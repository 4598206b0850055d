import type { BrowserContext, Page } from '@playwright/test'
import { browserCpuSeconds } from './cpu.ts'
import { rawBytesPerSecond, type RawOptions } from './rawChannel.ts'
import { openPage, type Scene } from './scene.ts'

/** The sender's and the receiver's. */
export type Pair<Item> = readonly [Item, Item]

export function pairOf<Item>(items: readonly Item[]): Pair<Item> {
  const [first, second] = items
  if (first === undefined || second === undefined) throw new Error('A pair is two')
  return [first, second]
}

/** An empty page in each of two browsers (or twice in one), gone when `use` is done. */
export async function withEmptyPages<Result>(
  scene: Scene,
  contexts: Pair<BrowserContext>,
  use: (pages: Pair<Page>) => Promise<Result>,
): Promise<Result> {
  const pages: Pair<Page> = [
    await openPage(contexts[0], scene.site.empty),
    await openPage(contexts[1], scene.site.empty),
  ]
  const result = await use(pages)
  for (const page of pages) await page.close()
  return result
}

/** Bytes a second of bare channels between two browsers. */
export const rawRate = (scene: Scene, contexts: Pair<BrowserContext>, options: RawOptions): Promise<number> =>
  withEmptyPages(scene, contexts, ([from, to]) => rawBytesPerSecond(from, to, options))

/** What two browsers use from now until it is read, in CPU seconds for each 10⁹ bytes. Null where it cannot be read. */
export async function cpuMeter(
  contexts: Pair<BrowserContext>,
  sizeBytes: number,
): Promise<() => Promise<Pair<number> | null>> {
  const read = async () =>
    [await browserCpuSeconds(contexts[0]), await browserCpuSeconds(contexts[1])] as const
  const before = await read()
  return async () => {
    const after = await read()
    const [first, second] = after.map((seconds, at) => (seconds ?? Number.NaN) - (before[at] ?? Number.NaN))
    if (first === undefined || second === undefined || Number.isNaN(first + second)) return null
    return [(first * 1e9) / sizeBytes, (second * 1e9) / sizeBytes]
  }
}
