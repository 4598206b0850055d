import type { Missed } from '../../app/missed.ts'
import { minutes, nameList, percent, plural } from './enCounts.ts'
import { roughSpan } from './format.ts'
import { nameInSentence as named } from './names.ts'

function awayFor(spanMs: number): string {
  const span = roughSpan(spanMs)
  switch (span.unit) {
    case 'moments':
    case 'seconds':
    case 'minutes':
      return minutes(spanMs)
    case 'hours':
      return plural(span.count, { one: 'an hour', other: '# hours' })
    case 'days':
      return plural(span.count, { one: 'a day', other: '# days' })
  }
}

/** Nothing where there are none. */
const many = (names: readonly string[], one: string, several: string): string[] =>
  names.length === 0 ? [] : [`${nameList(names)} ${names.length === 1 ? one : several}.`]

/** "While you were away, for 12 minutes: Amber Heron came. holiday.zip is here, every piece checked." */
export function whileAway({ awayMs, came, left, finished, offered, underWay }: Missed): string {
  const news = [
    ...many(came, 'came', 'came'),
    ...many(left, 'left', 'left'),
    ...many(finished, 'is here, every piece checked', 'are here, every piece checked'),
    ...many(offered, 'is new', 'are new'),
  ]
  if (underWay !== null) {
    const { name, fromFraction, toFraction } = underWay
    news.push(`${named(name)} got from ${percent(fromFraction)} to ${percent(toFraction)}, and goes on.`)
  }
  return `While you were away, for ${awayFor(awayMs)}: ${news.join(' ')}`
}
