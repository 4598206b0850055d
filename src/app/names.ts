import type { PeerId } from '../shared/ids.ts'
import { randomBelow, type Random } from '../shared/random.ts'

const colours = [
  'Amber', 'Azure', 'Coral', 'Crimson', 'Emerald', 'Golden', 'Indigo', 'Ivory', 'Jade', 'Lilac', 'Maroon', 'Mint',
  'Ochre', 'Olive', 'Pearl', 'Plum', 'Rose', 'Ruby', 'Saffron', 'Scarlet', 'Silver', 'Teal', 'Violet', 'Copper',
] // prettier-ignore
const animals = [
  'Badger', 'Bear', 'Crane', 'Deer', 'Dolphin', 'Falcon', 'Finch', 'Fox', 'Gecko', 'Hare', 'Heron', 'Ibis', 'Jay',
  'Kestrel', 'Lark', 'Lynx', 'Marten', 'Newt', 'Otter', 'Owl', 'Panda', 'Puffin', 'Raven', 'Robin', 'Seal', 'Stork',
  'Swan', 'Tern', 'Turtle', 'Whale', 'Wolf', 'Wren',
] // prettier-ignore

/** A name such as "Amber Heron": 768 of them, for people to tell each other apart. */
export const randomName = (random: Random): string =>
  `${colours[randomBelow(random, colours.length)]} ${animals[randomBelow(random, animals.length)]}`

/** A colour, 0 to 359, that is the same for everyone who looks at this member. */
export function hueOf(peer: PeerId): number {
  let sum = 0
  for (const letter of peer) sum = (sum * 31 + letter.charCodeAt(0)) % 360
  return sum
}

/** What kind of device this seems to be; only for its picture. */
export function deviceOf(userAgent: string): 'phone' | 'tablet' | 'desktop' {
  if (/iPad|Tablet|Android(?!.*Mobile)/i.test(userAgent)) return 'tablet'
  return /Mobi|iPhone|Android/i.test(userAgent) ? 'phone' : 'desktop'
}

/** The first that fits: others name those before them too. */
const browsers = [
  ['Edge', /Edg\/(\d+)/],
  ['Firefox', /Firefox\/(\d+)/],
  ['Chrome', /Chrome\/(\d+)/],
  ['Safari', /Version\/(\d+)/],
] as const

/** Such as "Chrome 156", for whoever looks into a failure. */
export function browserOf(userAgent: string): string {
  for (const [name, pattern] of browsers) {
    const version = pattern.exec(userAgent)?.[1]
    if (version !== undefined) return `${name} ${version}`
  }
  return 'unknown'
}
