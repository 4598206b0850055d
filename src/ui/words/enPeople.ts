import type { LikenessView, MetView, OriginView } from '../../app/view.ts'
import { daysFor } from './days.ts'
import { cleanName, nameInSentence, shortName } from './names.ts'

// Most of those who read English put the day before the month.
const dayOf = daysFor('en-GB')

const named = (name: string): string => nameInSentence(shortName(name))

/** "earlier today", "yesterday", "on Tuesday", "on 3 March". */
export function day(atMs: number, nowMs: number): string {
  const rough = dayOf(atMs, nowMs)
  switch (rough.unit) {
    case 'today':
      return 'earlier today'
    case 'yesterday':
      return 'yesterday'
    case 'weekday':
    case 'date':
      return `on ${rough.said}`
  }
}

const hadAnotherName = (name: string, { name: then }: MetView): boolean =>
  cleanName(then) !== '' && cleanName(then) !== cleanName(name)

/** Beside the name of somebody who was met before. */
export function met(name: string, before: MetView, nowMs = Date.now()): string {
  const when = day(before.metMs, nowMs)
  return hadAnotherName(name, before) ? `Was ${named(before.name)} when you met ${when}` : `You met ${when}`
}

/** "Amber, whom you met on Tuesday,". */
export function whomYouMet(name: string, before: MetView, nowMs = Date.now()): string {
  const when = day(before.metMs, nowMs)
  return hadAnotherName(name, before)
    ? `${named(name)}, who was ${named(before.name)} when you met ${when},`
    : `${named(name)}, whom you met ${when},`
}

/** No accusation: of the names that the page makes up, two may be the same by chance. */
export function likeness(like: LikenessView, nowMs = Date.now()): string {
  switch (like.kind) {
    case 'contact':
      return `Not the ${named(like.name)} you met ${day(like.metMs, nowMs)}`
    case 'member':
      return `Another here is called ${named(like.name)} too`
    case 'you':
      return 'Has the same name as you'
  }
}

/** Who shared something first, as far as a key says so. */
export function origin(of: OriginView): string {
  switch (of.kind) {
    case 'you':
      return 'you'
    case 'known':
      return of.isHere ? cleanName(of.name) || 'somebody here' : `${cleanName(of.name)}, who is not here now`
    case 'stranger':
      return 'somebody who is not here now'
    case 'unsigned':
      return 'somebody who did not sign it'
  }
}
