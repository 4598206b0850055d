import type { Page } from '@playwright/test'
import type { ConnectionCounters, ProbedGlobal } from './probe.ts'

/** What every connection of one page has carried, those that are closed too. */
export interface PageCounters {
  readonly who: string
  readonly connections: readonly ConnectionCounters[]
}

export async function readCounters(page: Page, who: string): Promise<PageCounters> {
  const connections = await page.evaluate(() => (globalThis as unknown as ProbedGlobal).swarmBench.counters())
  return { who, connections }
}

type Counter = 'channelSentBytes' | 'channelReceivedBytes' | 'transportSentBytes' | 'transportReceivedBytes'

export function sumOf(pages: readonly PageCounters[], counter: Counter): number {
  return pages
    .flatMap(({ connections }) => connections.map((connection) => connection[counter]))
    .reduce((sum, bytes) => sum + bytes, 0)
}

/** Prints what was handed to the channels beside what the transports sent, a line for each connection. */
export function printCounters(pages: readonly PageCounters[]): void {
  console.log(
    '    connection      channel MB out    in   transport MB out    in  over  packets  RTT ms  state',
  )
  for (const { who, connections } of pages) {
    for (const [at, one] of connections.entries()) {
      const cells = [
        megabytes(one.channelSentBytes).padStart(17),
        megabytes(one.channelReceivedBytes).padStart(6),
        megabytes(one.transportSentBytes).padStart(18),
        megabytes(one.transportReceivedBytes).padStart(6),
        overhead(one).padStart(6),
        String(one.transportPacketsSent).padStart(9),
        one.roundTripMs.toFixed(0).padStart(8),
        `  ${one.state}`,
      ]
      console.log(`    ${`${who} ${at + 1}`.padEnd(13)}${cells.join('')}`)
    }
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2)

/** Sent by the transport over what the channels were handed; acknowledgements of what came in are in it too. */
const overhead = ({ channelSentBytes, transportSentBytes }: ConnectionCounters): string =>
  channelSentBytes === 0 ? '–' : (transportSentBytes / channelSentBytes).toFixed(2)
