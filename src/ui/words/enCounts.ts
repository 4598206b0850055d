import { formatsFor } from './format.ts'
import { nameInSentence as named } from './names.ts'
import { pluralFor } from './plural.ts'

/** What English sentences are put together from: numbers, and names one after the other. */
export const locale = 'en'
export const { count, size, speed, percent } = formatsFor(locale)
export const plural = pluralFor(locale, count)

const others = (number: number): string => plural(number, { one: '1 other', other: '# others' })
export const people = (number: number): string => plural(number, { one: '1 person', other: '# people' })

export const minutes = (spanMs: number): string =>
  plural(Math.ceil(spanMs / 60_000), { one: 'a minute', other: '# minutes' })

/** "Amber Heron", "Amber Heron and Blue Fox", "Amber Heron and 3 others". */
export function nameList(names: readonly string[]): string {
  const [first, second] = names
  if (first === undefined) return ''
  if (second === undefined) return named(first)
  if (names.length === 2) return `${named(first)} and ${named(second)}`
  return `${named(first)} and ${others(names.length - 1)}`
}
