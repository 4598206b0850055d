/* What `--record` keeps: figures.json for the bench itself, docs/PERFORMANCE.md for people, and the picture in it. */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { rootFolder } from '../scripts/setup.mjs'
import { holds, median, worst, written, writtenMust, type FigureSeries } from './figures.ts'
import { describeMachine } from './machine.ts'
import { drawReceivers, type Line, type Point } from './plot.ts'
import { allRows, rowGroups } from './rows/all.ts'
import { boundSeconds, swarmBytes, swarmUpMbps } from './rows/swarm.ts'

/** One row as last measured. */
interface KeptRow {
  readonly date: string
  readonly machine: string
  readonly series: readonly FigureSeries[]
}

/** By the row's name. A row that is not measured this time stays as it was; those that a name describes are not kept. */
type KeptRows = Readonly<Record<string, KeptRow>>

const figuresFile = join(rootFolder, 'bench', 'figures.json')
const page = join(rootFolder, 'docs', 'PERFORMANCE.md')
const picture = join(rootFolder, 'docs', 'pictures', 'receivers.svg')
/** What people write above it stays; what is below is ours. */
const marker = '<!-- From here on written by `npm run bench -- --record`. -->'

export async function record(series: readonly FigureSeries[]): Promise<void> {
  const [date, machine] = [new Date().toISOString().slice(0, 10), await describeMachine()]
  const names = allRows.map(({ name }) => name).filter((name) => series.some(({ row }) => row === name))
  const ofRow = (name: string): KeptRow => ({
    date,
    machine,
    series: series.filter(({ row }) => row === name),
  })
  const rows = Object.fromEntries(names.map((name) => [name, ofRow(name)]))
  const kept: KeptRows = { ...(await keptRows()), ...rows }
  await writePretty(figuresFile, JSON.stringify(kept), 'json')
  await writeFile(picture, drawReceivers(linesOf(kept)))
  const [before] = (await readFile(page, 'utf8')).split(marker)
  await writePretty(page, [before, marker, '', ...tablesOf(kept)].join('\n'), 'markdown')
  console.log(`\nRecorded in ${page} and ${picture}`)
}

async function keptRows(): Promise<KeptRows> {
  return existsSync(figuresFile) ? (JSON.parse(await readFile(figuresFile, 'utf8')) as KeptRows) : {}
}

async function writePretty(path: string, text: string, parser: 'json' | 'markdown'): Promise<void> {
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), parser }))
}

function tablesOf(kept: KeptRows): string[] {
  const machines = [...new Set(Object.values(kept).map(({ machine }) => machine))]
  return [
    `Measured on ${machines.join('; and on ')}.`,
    '',
    'The median and the worst of the runs; what was seen, run by run, is in the last column.',
    ...rowGroups.flatMap(({ title, rows }) => {
      const measured = rows.flatMap(({ name }) => kept[name] ?? [])
      return measured.length === 0 ? [] : ['', `## ${title}`, '', tableOf(measured)]
    }),
    '',
    '![Time of the last against the number of receivers](pictures/receivers.svg)',
  ]
}

function tableOf(rows: readonly KeptRow[]): string {
  const head = ['what', 'limit', 'must', 'median', 'worst', '', 'date', 'seen']
  const lines = rows.flatMap(({ date, series }) => series.map((one) => cellsOf(one, date)))
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function cellsOf(one: FigureSeries, date: string): string[] {
  const { figure, values } = one
  const held = holds(one)
  return [
    figure.what,
    figure.limit,
    writtenMust(figure),
    written(median(values), figure.unit),
    written(worst(one), figure.unit),
    held === null ? '' : held ? 'holds' : '**missed**',
    date,
    values.map((value) => written(value, '')).join(', '),
  ]
}

const receiverCounts = [1, 2, 4, 6, 8]

function linesOf(kept: KeptRows): readonly Line[] {
  const measured = (name: string): Point[] =>
    receiverCounts.flatMap((receivers) => {
      const row = kept[`${name}${receivers}`]
      const last = row?.series.find(({ figure }) => figure.what.endsWith(': last'))
      return last === undefined ? [] : [{ receivers, seconds: median(last.values) }]
    })
  return [
    { name: 'WebTorrent', points: measured('webtorrent') },
    { name: 'one source', points: computed((receivers) => receivers * swarmBoundSeconds(1)), dashed: true },
    { name: 'Swarmdrop', points: measured('swarm') },
    { name: 'bound', points: computed(swarmBoundSeconds), dashed: true },
  ]
}

const computed = (seconds: (receivers: number) => number): Point[] =>
  receiverCounts.map((receivers) => ({ receivers, seconds: seconds(receivers) }))

const swarmBoundSeconds = (receivers: number): number => boundSeconds(swarmBytes, swarmUpMbps(receivers))
