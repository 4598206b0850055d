import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lineOf, type Journal } from './journal.ts'
import { isLeak, slopeOf } from './leak.ts'
import type { Member } from './member.ts'
import type { Watcher } from './watcher.ts'

export interface Run {
  readonly seed: number
  readonly minutes: number
  readonly folder: string
  readonly journal: Journal
  readonly members: readonly Member[]
  readonly watcher: Watcher
  /** From the end of the faults until all was as it must be; null where it never was. */
  readonly settledSeconds: number | null
}

/** Of what came before each fault, so much is printed; the journal has all. */
const entriesBefore = 25
const MB = 1_000_000

/** Prints what a run came to, writes down all of it, and answers whether it failed. */
export async function report(run: Run): Promise<boolean> {
  tellLeaks(run)
  const faults = run.journal.faults()
  const figures = [
    ...tally(run),
    ...recoveryLines(run),
    ...memoryLines(run),
    run.settledSeconds === null
      ? 'Never settled.'
      : `Settled ${run.settledSeconds.toFixed(1)} s after the last of it.`,
  ].join('\n')
  console.log(`\n${figures}`)
  await writeDown(run, figures)
  for (const fault of faults) {
    const before = run.journal.before(fault.atMs, entriesBefore)
    console.log(`\nIn minute ${Math.floor(fault.atMs / 60_000)}:\n${before.join('\n')}`)
  }
  console.log(
    `\n${faults.length === 0 ? 'Held' : `FAILED: ${faults.map(lineOf).join('; ')}`}. ` +
      `Again: npm run soak -- --minutes ${run.minutes} --seed ${run.seed}. Journal and pages' logs: ${run.folder}`,
  )
  return faults.length > 0
}

function tellLeaks({ watcher, journal }: Run): void {
  for (const series of watcher.series()) {
    const slope = slopeOf(series)
    if (slope !== null && isLeak(slope))
      journal.fault(series.who, `leaks ${(slope.bytesPerMinute / MB).toFixed(2)} MB a minute`)
  }
}

function tally({ journal, watcher }: Run): string[] {
  const whole = journal.text().match(/ has .* whole$/gm)?.length ?? 0
  return [
    `${whole} files and folders saved and compared by SHA-256.`,
    `At most ${watcher.connectionsMax} connections and ${watcher.timersMax} timers open on a page.`,
  ]
}

function recoveryLines({ watcher }: Run): string[] {
  const kinds = [...new Set(watcher.recoveries.map(({ after }) => after))].toSorted()
  const lines = kinds.map((kind) => {
    const seconds = watcher.recoveries
      .filter(({ after }) => after === kind)
      .map((recovery) => recovery.seconds)
      .toSorted((a, b) => a - b)
    const median = seconds[Math.floor(seconds.length / 2)] ?? 0
    const cells = [String(seconds.length), median.toFixed(1), (seconds.at(-1) ?? 0).toFixed(1)]
    return `  ${kind.padEnd(12)}${cells.map((cell) => cell.padStart(8)).join('')}`
  })
  return [
    'Until all who were awake were linked again, whatever else happened meanwhile: times, median s, longest s',
    ...lines,
  ]
}

function memoryLines({ watcher }: Run): string[] {
  return watcher.series().flatMap((series) => {
    const slope = slopeOf(series)
    if (slope === null) return []
    const { bytesPerMinute, errorBytesPerMinute } = slope
    const last = series.samples.at(-1)?.liveBytes ?? 0
    const sizes = `${((series.samples[0]?.liveBytes ?? 0) / MB).toFixed(1)} to ${(last / MB).toFixed(1)} MB live`
    return `Memory of ${series.who}: ${sizes} in ${series.samples.length} samples, ${inKb(bytesPerMinute)} ± ${inKb(errorBytesPerMinute)} a minute`
  })
}

const inKb = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`

async function writeDown({ folder, journal, members, watcher }: Run, figures: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'journal.txt'), `${journal.text()}\n\n${figures}\n`)
  await writeFile(join(folder, 'memory.json'), JSON.stringify(watcher.series(), null, 1))
  for (const { name, browser } of members)
    await writeFile(join(folder, `${name}.log`), `${browser.log.join('\n')}\n`)
}
