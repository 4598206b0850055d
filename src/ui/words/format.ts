/** Numbers the way people say them, in one language. Pure. */
export interface Formats {
  /** "3,200". */
  count(count: number): string
  /** "812 bytes", "640 kB", "1.4 GB": powers of a thousand, as file managers say them. */
  size(sizeBytes: number): string
  /** "12 MB/s". */
  speed(bytesPerSecond: number): string
  /** "63 %" of a fraction from 0 to 1, rounded down so that 100 % means all of it. */
  percent(fraction: number): string
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
const thousand = 1000
/** Below this many units one decimal still says something. */
const decimalBelow = 10
const noBreakSpace = '\u00a0'

export function formatsFor(locale: string): Formats {
  // Making a formatter costs far more than using it: a busy page says hundreds of sizes a second, and a page that opens says none.
  const formatters = new Map<string, Intl.NumberFormat>()
  const kept = (key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const formatter = formatters.get(key) ?? new Intl.NumberFormat(locale, options)
    formatters.set(key, formatter)
    return formatter
  }
  const whole = (amount: number): string => kept('', { maximumFractionDigits: 0 }).format(amount)
  const formatter = (unit: string, maximumFractionDigits: number): Intl.NumberFormat => {
    const unitDisplay = unit === 'byte' ? 'long' : 'short'
    const options = { style: 'unit', unit, unitDisplay, maximumFractionDigits } as const
    return kept(`${unit} ${maximumFractionDigits}`, options)
  }
  const inUnit = (amount: number, unit: string): string =>
    formatter(unit, amount < decimalBelow ? 1 : 0)
      .format(amount)
      .replaceAll(' ', noBreakSpace)

  return {
    count: whole,
    size: (sizeBytes) => {
      const { amount, unit } = scale(sizeBytes)
      return inUnit(amount, unit)
    },
    speed: (bytesPerSecond) => {
      const { amount, unit } = scale(Math.max(bytesPerSecond, thousand))
      return inUnit(amount, `${unit}-per-second`)
    },
    percent: (fraction) => `${whole(Math.floor(Math.min(1, Math.max(0, fraction)) * 100))}${noBreakSpace}%`,
  }
}

/** The largest unit of which there is one or more, after rounding: 999.9 kB is said as 1 MB. */
function scale(bytes: number): { amount: number; unit: (typeof units)[number] } {
  let amount = Math.max(0, bytes)
  let at = 0
  while (at < units.length - 1 && Math.round(amount) >= thousand) {
    amount /= thousand
    at++
  }
  const digits = amount < decimalBelow ? 10 : 1
  return { amount: Math.round(amount * digits) / digits, unit: units[at] ?? 'terabyte' }
}

/** A span as coarse as people would say it; the catalogue has the words. */
export type RoughSpan =
  | { readonly unit: 'moments' }
  | { readonly unit: 'seconds' | 'minutes' | 'hours' | 'days'; readonly count: number }

const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

export function roughSpan(spanMs: number): RoughSpan {
  if (spanMs < 10 * secondMs) return { unit: 'moments' }
  if (spanMs < 55 * secondMs) return { unit: 'seconds', count: Math.round(spanMs / secondMs / 10) * 10 }
  if (spanMs < 55 * minuteMs) return { unit: 'minutes', count: Math.max(1, Math.round(spanMs / minuteMs)) }
  if (spanMs < 23 * hourMs) return { unit: 'hours', count: Math.max(1, Math.round(spanMs / hourMs)) }
  return { unit: 'days', count: Math.max(1, Math.round(spanMs / dayMs)) }
}
