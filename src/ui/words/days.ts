/** A day as people name it, as seen from another; the catalogue has the words. */
export type RoughDay =
  | { readonly unit: 'today' }
  | { readonly unit: 'yesterday' }
  /** `said`: "Tuesday", "3 March", "3 March 2025". */
  | { readonly unit: 'weekday' | 'date'; readonly said: string }

const dayMs = 24 * 3600 * 1000
const weekDays = 7

/** Days in one language and one time zone, by default that of the device. Moments are in ms since 1970. */
export function daysFor(locale: string, timeZone?: string): (atMs: number, nowMs: number) => RoughDay {
  const formatted = (language: string, options: Intl.DateTimeFormatOptions) => {
    // Made when it is first needed, as it costs far more than using it.
    let formatter: Intl.DateTimeFormat | null = null
    const zone = timeZone === undefined ? {} : { timeZone }
    return (atMs: number): string => {
      formatter ??= new Intl.DateTimeFormat(language, { ...options, ...zone })
      return formatter.format(atMs)
    }
  }
  const weekday = formatted(locale, { weekday: 'long' })
  const date = formatted(locale, { day: 'numeric', month: 'long' })
  const dateAndYear = formatted(locale, { day: 'numeric', month: 'long', year: 'numeric' })
  // Always as 11/26/2026, which gives the day on the calendar of that place: days of 23 and of 25 hours count as one.
  const numbers = formatted('en-US', { day: 'numeric', month: 'numeric', year: 'numeric' })
  const calendarDay = (atMs: number): { readonly year: number; readonly number: number } => {
    const [month = 1, day = 1, year = 1970] = numbers(atMs).split('/').map(Number)
    return { year, number: Date.UTC(year, month - 1, day) / dayMs }
  }

  return (atMs, nowMs) => {
    const [then, now] = [calendarDay(atMs), calendarDay(nowMs)]
    const daysAgo = now.number - then.number
    if (daysAgo <= 0) return { unit: 'today' }
    if (daysAgo === 1) return { unit: 'yesterday' }
    if (daysAgo < weekDays) return { unit: 'weekday', said: weekday(atMs) }
    return { unit: 'date', said: then.year === now.year ? date(atMs) : dateAndYear(atMs) }
  }
}
