import { holds, median, worst, written, writtenMust, type FigureSeries } from './figures.ts'

const header = ['what', 'median', 'worst', 'limit', 'must', '']

/** A line for each figure, beside its limit. */
export function printTable(series: readonly FigureSeries[]): void {
  const lines = [header, ...series.map(cellsOf)]
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)))
  for (const cells of lines) {
    console.log(`  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
  }
}

function cellsOf(one: FigureSeries): string[] {
  const { figure, values } = one
  const held = holds(one)
  return [
    figure.what,
    written(median(values), figure.unit),
    written(worst(one), figure.unit),
    figure.limit,
    writtenMust(figure),
    held === null ? '' : held ? 'holds' : 'missed',
  ]
}
