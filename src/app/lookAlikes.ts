import { limits } from '../shared/limits.ts'

/**
 * Letters by what they look like: those of Latin, Cyrillic, Greek and Armenian that Unicode's security data (UTS 39, confusables.txt)
 * gives one plain letter for, and strokes that do not come off as marks do.
 */
const table: Readonly<Record<string, string>> = {
  '3': 'ȜƷЗ', '6': 'б', A: 'ΑА', a: 'αа', B: 'ΒВ', b: 'ƄЬ', C: 'ϹС', c: 'ϲс', d: 'đ', E: 'ΕЕ', e: 'еҽ', F: 'Ϝ', f: 'ք', g: 'ƍց',
  H: 'ΗН', h: 'һհħ', J: 'ͿЈ', j: 'ϳј', K: 'ΚК', L: 'Ł', l: '1|ƖǀΙІӀiıιіӏł', M: 'ΜϺМ', N: 'Ν', n: 'ոռ', O: '0ΟОՕØ', o: 'οσоօø',
  P: 'ΡР', p: 'ρр', q: 'գզ', r: 'г', S: 'ЅՏ', s: 'ƽѕ', T: 'ΤТ', t: 'ŧ', U: 'Ս', u: 'υս', V: 'Ѵ', v: 'νѵ', w: 'ѡա', X: 'ΧХ', x: '×х',
  Y: 'ΥЎУҮ', y: 'γуү', Z: 'Ζ',
} // prettier-ignore

const looksLike = new Map(
  Object.entries(table).flatMap(([plain, letters]) => [...letters].map((letter) => [letter, plain] as const)),
)
const plainOf = (text: string): string => [...text].map((letter) => looksLike.get(letter) ?? letter).join('')

/** Marks, spaces, punctuation, and what is not seen at all. */
const unseen = /[\p{M}\p{Z}\p{P}\p{C}\p{Default_Ignorable_Code_Point}]/gu

const symbols = /\p{S}/gu

/** Made once a name: it is asked for with every view. */
const made = new Map<string, string>()

/** What is left of a name when only its looks count: two names of one skeleton are easily taken for each other. Empty when nothing is. */
export function skeletonOf(name: string): string {
  const known = made.get(name)
  if (known !== undefined) return known
  if (made.size > 4 * limits.contactsMax) made.clear()
  const skeleton = makeSkeleton(name)
  made.set(name, skeleton)
  return skeleton
}

/** Capitals before and after they are made small: some look like a letter only as one of the two. */
function makeSkeleton(name: string): string {
  const bare = plainOf(name.normalize('NFKD')).replace(unseen, '')
  const small = plainOf(bare.toUpperCase().toLowerCase().normalize('NFKD')).replace(unseen, '')
  const letters = small.replaceAll('rn', 'm').replaceAll('vv', 'w')
  // A check mark or a heart behind a name makes no other name of it; names that are made of nothing else differ by them.
  return letters.replace(symbols, '') || letters
}
