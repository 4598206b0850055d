import type { Page } from '@playwright/test'

interface ProcessTime {
  readonly type: string
  readonly id: number
  readonly cpuTime: number
}

/** A page works so long, alone, so that the time on the CPU tells which process is its own. */
const workMs = 400

/** To be run in a page. */
export function keepBusy(forMs: number): void {
  const end = performance.now() + forMs
  while (performance.now() < end);
}

/** The process that runs a page: the one that works when the page is told to. */
export async function rendererBy(
  processes: () => Promise<readonly ProcessTime[]>,
  work: (forMs: number) => Promise<void>,
): Promise<number> {
  const times = async (): Promise<Map<number, number>> =>
    new Map(
      (await processes()).flatMap(({ type, id, cpuTime }) => (type === 'renderer' ? [[id, cpuTime]] : [])),
    )
  const before = await times()
  await work(workMs)
  const worked = [...(await times())].map(([id, time]) => ({ id, time: time - (before.get(id) ?? 0) }))
  const [busiest] = worked.toSorted((a, b) => b.time - a.time)
  if (busiest === undefined) throw new Error('No renderer runs')
  return busiest.id
}

/** The process that runs a page of Playwright's. */
export async function rendererOf(page: Page): Promise<number> {
  const browser = page.context().browser()
  if (browser === null) throw new Error('The page has no browser of its own')
  const devtools = await browser.newBrowserCDPSession()
  const pid = await rendererBy(
    async () => (await devtools.send('SystemInfo.getProcessInfo')).processInfo,
    (forMs) => page.evaluate(keepBusy, forMs),
  )
  await devtools.detach()
  return pid
}

/** The seconds until it is done. */
export async function secondsUntil(done: Promise<unknown>): Promise<number> {
  const from = performance.now()
  await done
  return Math.round((performance.now() - from) / 100) / 10
}
