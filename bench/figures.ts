export type Unit = '' | 'MB/s' | 'MiB' | 's' | 'ms' | '%' | 'CPU s a GB'

/** One figure of one run, beside what it could be and what it must be. */
export interface Figure {
  /** The same in every run: figures of several runs are put together by it. */
  readonly what: string
  readonly value: number
  readonly unit: Unit
  /** Which values are good; what is only told to explain others has none. */
  readonly better: 'more' | 'less' | null
  /** What bounds it. */
  readonly limit: string
  /** At least or at most, as `better` says. */
  readonly must: number | null
}

interface Measures {
  readonly limit?: string
  readonly must?: number | undefined
}

/** A figure that is the better the greater it is. */
export function more(what: string, value: number, unit: Unit, { limit = '', must }: Measures = {}): Figure {
  return { what, value, unit, better: 'more', limit, must: must ?? null }
}

/** A figure that is the better the smaller it is. */
export function less(what: string, value: number, unit: Unit, { limit = '', must }: Measures = {}): Figure {
  return { what, value, unit, better: 'less', limit, must: must ?? null }
}

/** A figure that explains others. */
export function told(what: string, value: number, unit: Unit): Figure {
  return { what, value, unit, better: null, limit: '', must: null }
}

/** The same figure of all runs. */
export interface FigureSeries {
  readonly row: string
  readonly figure: Figure
  readonly values: readonly number[]
}

/** Adds the figures of a run to those of the runs before. */
export function addRun(series: readonly FigureSeries[], row: string, run: readonly Figure[]): FigureSeries[] {
  const grown = [...series]
  for (const figure of run) {
    const at = grown.findIndex((one) => one.row === row && one.figure.what === figure.what)
    const before = grown[at]
    if (before === undefined) grown.push({ row, figure, values: [figure.value] })
    else grown[at] = { row, figure, values: [...before.values, figure.value] }
  }
  return grown
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** The worst of all runs; where no direction is good, the one farthest from the median. */
export function worst({ figure, values }: FigureSeries): number {
  if (figure.better === 'more') return Math.min(...values)
  if (figure.better === 'less') return Math.max(...values)
  const middle = median(values)
  return values.toSorted((one, other) => Math.abs(other - middle) - Math.abs(one - middle))[0] ?? middle
}

/** Whether the median is as good as it must be; null where nothing is asked. */
export function holds({ figure, values }: FigureSeries): boolean | null {
  if (figure.must === null) return null
  return figure.better === 'more' ? median(values) >= figure.must : median(values) <= figure.must
}

export function written(value: number, unit: Unit): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : unit === 'MB/s' && value < 1 ? 3 : 2
  return `${value.toFixed(unit === 'ms' ? 0 : digits)}${unit === '' ? '' : ` ${unit}`}`
}

export function writtenMust({ must, better, unit }: Figure): string {
  if (must === null) return ''
  return `${better === 'more' ? '≥' : '≤'} ${written(must, unit)}`
}
