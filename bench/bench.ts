/* npm run bench: what the app reaches in real browsers, beside what is possible in the same run. */
import { parseArgs } from 'node:util'
import { build, buildIsStale } from '../scripts/setup.mjs'
import { addRun, type Figure, type FigureSeries } from './figures.ts'
import { whyNoNetlab } from './netlab/netlab.ts'
import { record } from './record.ts'
import { printTable } from './report.ts'
import { installRivals } from './rivals/install.ts'
import { allRows, rowNamed } from './rows/all.ts'
import type { Row } from './rows/row.ts'
import { Teardown } from './teardown.ts'

/** As shells know it. */
const interruptedCode = 130
/** A row that takes longer has hung: the longest takes about five minutes, a big one half an hour. */
const rowMaxMs = 10 * 60_000
const bigRowMaxMs = 60 * 60_000

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    runs: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
})

const teardown = new Teardown()
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    interrupted = true
    // What the row waits for is then gone, so it fails at once.
    void teardown.close()
  })
}
process.exit(await bench())

async function bench(): Promise<number> {
  if (values.list) {
    console.log(
      [
        ...allRows.map(({ name }) => name),
        'path:UP_MBPS:RTT_MS:LOSS_PERCENT[:MB]',
        'swarm:N[:UP_MBPS[:MB]]',
        'huge:GB',
      ].join('\n'),
    )
    return 0
  }
  const rows = chosenRows()
  const runs = Number(values.runs)
  if (rows === null) return 1
  if (!Number.isInteger(runs) || runs < 1) {
    console.error('--runs takes a number from 1 on.')
    return 1
  }
  if (buildIsStale() && !(await build())) return 1
  if (rows.some(({ withRivals }) => withRivals)) await installRivals()
  let series: FigureSeries[] = []
  const failed: string[] = []
  // Runs outside, rows inside: what disturbs the machine for a minute then spoils one run of a row, not all of them.
  for (let run = 1; run <= runs; run++) {
    for (const row of rows) {
      console.log(`\n${row.name}, run ${run} of ${runs}`)
      try {
        const figures = await withinTime(row)
        series = addRun(series, row.name, figures)
        printTable(addRun([], row.name, figures))
      } catch (error) {
        failed.push(row.name)
        if (!interrupted) console.error(`${row.name} failed:`, error)
      } finally {
        await teardown.close()
      }
      if (interrupted) return interruptedCode
    }
  }
  console.log(`\nAll ${runs} runs\n`)
  printTable(series)
  if (values.record) await record(series)
  if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}

/** The rows asked for that this machine can measure; null if one is unknown. */
function chosenRows(): Row[] | null {
  const names = values.rows?.split(',') ?? allRows.filter(({ isBig }) => !isBig).map(({ name }) => name)
  const unknown = names.filter((name) => rowNamed(name) === null)
  if (unknown.length > 0) {
    console.error(`There is no row ${unknown.join(', ')}; --list tells all.`)
    return null
  }
  const rows = names.flatMap((name) => rowNamed(name) ?? [])
  const why = whyNoNetlab()
  if (why === null) return rows
  const left = rows.filter(({ shaped }) => shaped).map(({ name }) => name)
  if (left.length > 0) console.log(`Not measured here, as ${why}: ${left.join(', ')}`)
  return rows.filter(({ shaped }) => !shaped)
}

async function withinTime(row: Row): Promise<Figure[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('It took too long')), row.isBig ? bigRowMaxMs : rowMaxMs)
  })
  try {
    return await Promise.race([row.run(teardown), late])
  } finally {
    clearTimeout(timer)
  }
}
