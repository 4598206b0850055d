/** Live memory of one page, minute by minute. */
export interface MemorySeries {
  readonly who: string
  readonly samples: readonly MemorySample[]
}

export interface MemorySample {
  readonly atMs: number
  readonly liveBytes: number
}

export interface Slope {
  readonly bytesPerMinute: number
  /** How far off it may be by chance, as far as the samples tell: its standard error. */
  readonly errorBytesPerMinute: number
}

/**
 * Twice the steepest slope of a page that leaks nothing (374 ± 74 kB a minute in fourteen: shares that came to be known, level from the
 * eighth minute on). A page that was made to keep 3 MB a minute had 3.1 ± 0.1 MB. One that grows by this much is a gigabyte larger after a day.
 */
const leakBytesPerMinute = 750_000
/** Fewer samples have a slope of any size by chance. */
const samplesMin = 5
/** Before, a page has not done everything once: code is compiled, caches fill. */
const warmUpMs = 120_000

/** By least squares; null of a page that did not live long enough. */
export function slopeOf({ samples }: MemorySeries): Slope | null {
  const first = samples[0]?.atMs ?? 0
  const points = samples
    .filter(({ atMs }) => atMs >= first + warmUpMs)
    .map(({ atMs, liveBytes }) => ({ x: atMs / 60_000, y: liveBytes }))
  if (points.length < samplesMin) return null
  const [meanX, meanY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))]
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0)
  const bytesPerMinute = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread
  const left = points.reduce((sum, { x, y }) => sum + (y - meanY - bytesPerMinute * (x - meanX)) ** 2, 0)
  return { bytesPerMinute, errorBytesPerMinute: Math.sqrt(left / (points.length - 2) / spread) }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Only what cannot be scatter: the slope is above the limit even if it is two standard errors less. */
export function isLeak({ bytesPerMinute, errorBytesPerMinute }: Slope): boolean {
  return bytesPerMinute - 2 * errorBytesPerMinute > leakBytesPerMinute
}
