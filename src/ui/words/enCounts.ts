import { formatsFor } from './format.ts'
import { cleanName, nameInSentence as named } from './names.ts'
import { pluralFor } from './plural.ts'

/** What English sentences are put together from: numbers, and names one after the other. */
export const locale = 'en'
export const { count, size, speed, percent } = formatsFor(locale)
export const plural = pluralFor(locale, count)

const others = (number: number): string => plural(number, { one: '1 other', other: '# others' })
export const people = (number: number): string => plural(number, { one: '1 person', other: '# people' })

export const minutes = (spanMs: number): string =>
  plural(Math.ceil(spanMs / 60_000), { one: 'a minute', other: '# minutes' })

/** Who a sentence is about; some have not said their name. */
export const who = (name: string, unnamed: string): string => (cleanName(name) === '' ? unnamed : named(name))

/** "Amber Heron", "Amber Heron and Blue Fox", "Amber Heron and 3 others". */
export function nameList(names: readonly string[]): string {
  const [first, second] = names
  if (first === undefined) return ''
  const one = who(first, 'someone')
  if (second === undefined) return one
  if (names.length === 2) return `${one} and ${who(second, 'someone')}`
  return `${one} and ${others(names.length - 1)}`
}
